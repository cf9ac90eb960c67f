"""What the monkey's town shows: every update with the replies that it was given, and when each of them was to be seen.

A middleware, which the dispatcher offers to everybody, says how many replies an update has; a chat's replies leave in
their order; so each call at the simulator belongs to one update. A reply's *turn* is the moment from which the limits
let it go: not before its update came, its forerunner in the chat left by the same reckoning, and the chat's and the
bot's allowance (``storage.queries.outbox.claim``) reached it. *Late* is what it took from there to be seen.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiogram.types import TelegramObject, Update

from bot.handlers import dispatcher
from bot.turn import Turn
from storage.queries.outbox import BOT_BURST, Pace
from tests.bot.monkey.shown import Shown
from tests.bot.monkey.words import Words
from tests.bot.town import Town

Json = dict[str, Any]
TICK = 0.01
JITTER = 0.003
"""Seconds by which a clock of the event loop is late on an idle machine."""
BACKLOG = 1.0
"""Seconds before a reply's turn: for what it lacked then, the machine left work that the reply had to wait for."""
BREATHLESS = 0.25
"""Seconds without a processor in the last one: then strangers hold their breath, for they would not try the bot."""
LATEST = 30
"""So many acts of a resident are told with a rule that was broken."""
_EDITS = ("editMessageText", "editMessageReplyMarkup")
_OPEN = (
    "SELECT (SELECT count(*) FROM delivery JOIN contact ON contact.id = delivery.contact_id"
    " WHERE delivery.state IN ('waiting', 'started') AND delivery.bot_id = {bot} AND contact.chat_id = {chat}),"
    " (SELECT count(*) FROM inbox WHERE state = 'new' AND bot_id = {bot} AND update_id IN ({updates}))"
)


@dataclass
class Act:
    """Something that a resident did. ``speaks``: an answer is owed. ``query``: of a tap."""

    what: str
    at: float
    speaks: bool = True
    update: int | None = None
    query: str | None = None
    alone: bool = True
    """Nothing else of hers was under way."""
    turned: bool = False
    ignored: bool = False
    planned: int = 0
    visible: int = 0
    answered: float | None = None
    toast: str = ""

    def __str__(self) -> str:
        answer = f", answered {self.toast!r}" if self.answered else ""
        return f"{self.what} → {self.visible} of {self.planned} replies{answer}{' (ignored)' if self.ignored else ''}"


@dataclass
class Planned:
    """A reply on its way."""

    method: str
    act: Act | None
    language: str
    at: float


@dataclass
class ChatView:
    """A chat as its resident sees it: the bot's messages, what she did, and what is on its way to her."""

    chat: int
    shown: Shown
    messages: dict[int, Json] = field(default_factory=dict)
    gone: deque[tuple[Json, str]] = field(default_factory=lambda: deque(maxlen=80))
    """Buttons that have stood in a message and do so no longer."""
    acts: deque[Act] = field(default_factory=lambda: deque(maxlen=LATEST))
    pending: list[Act] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    queue: deque[Planned] = field(default_factory=deque)
    blocked: bool = False
    was_blocked: bool = False
    """Since all was quiet the last time."""
    ever_blocked: bool = False
    unclear: bool = False
    """Something that waited was dropped: until all is quiet, replies cannot be told apart."""
    language: str = "de"
    due: float = 0.0
    """When the reply before was to leave."""
    next_at: float = 0.0
    """The chat's theoretical arrival time, as in ``contact.next_send_at``."""
    posting: Act | None = None
    """What she is just doing: the bot may be faster than the answer to her request."""

    @property
    def newest(self) -> list[Json]:
        """The bot's messages, the newest first."""
        return [self.messages[number] for number in sorted(self.messages, reverse=True)]


@dataclass(frozen=True)
class Violation:
    """A rule that was broken."""

    rule: str
    detail: str
    history: tuple[str, ...] = ()
    """What its resident did before."""


class Observer:
    """Watches one town until ``stop``. Nothing of the town is changed by that."""

    def __init__(self, town: Town, words: Words, *, pace: Pace, within: float) -> None:
        self.town = town
        self.words = words
        self.within = within
        self.violations: list[Violation] = []
        self.counts: Counter[str] = Counter()
        self.late: list[float] = []
        self.chats: dict[int, ChatView] = {}
        self._pace = pace
        self._by_update: dict[int, Act] = {}
        self._by_query: dict[str, tuple[ChatView, Act]] = {}
        self._calls_seen = 0
        self._bot_next_at = 0.0
        self._closed_until = 0.0
        self.starved = 0.0
        """Seconds for which the machine gave this process no processor, though something was to be done."""
        self.longest_lag = 0.0
        """Seconds by which the event loop was late at the worst."""
        self._starving: deque[tuple[float, float]] = deque([(0.0, 0.0)], maxlen=12_000)
        self._listening = town.telegram.events.listening(town.bot.id, None)
        self._events = self._listening.__enter__()
        self._task = asyncio.create_task(self._watch())

    def enter(self, chat: int) -> ChatView:
        """A resident comes."""
        view = self.chats[chat] = ChatView(chat, Shown())
        return view

    def expect(self, view: ChatView, act: Act) -> None:
        """Something is about to be done: what follows belongs to it."""
        view.acts.append(act)
        view.pending.append(act)
        view.posting = act

    def done(self, view: ChatView, act: Act, update: int | None, query: str | None = None) -> None:
        """It was done: the update, if one came of it, and of a tap the query, have these numbers."""
        view.posting = None
        act.update, act.query = update, query
        if update is not None:
            self._by_update[update] = act
        if query is not None:
            self._by_query[query] = (view, act)

    def impossible(self, view: ChatView, act: Act) -> None:
        """It was something that no phone lets anybody do."""
        view.posting = None
        view.pending.remove(act)
        view.acts.remove(act)

    def complain(self, rule: str, detail: str, view: ChatView | None = None) -> None:
        """A rule is broken."""
        acts = tuple(str(act) for act in list(view.acts)[-LATEST:]) if view else ()
        self.violations.append(Violation(rule, detail, acts))

    async def stop(self) -> None:
        """Look a last time."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self.look()
        self._listening.__exit__(None, None, None)

    # --- quiet ---

    def is_quiet(self, view: ChatView) -> bool:
        """Whether all that a resident has done has had its effect, as far as can be seen from outside."""
        self.look()
        waiting = (act for act in view.pending if act.update is not None)
        if not all(act.turned and (act.query is None or act.answered) for act in waiting):
            return False
        return not view.queue

    def nothing_waits(self, view: ChatView) -> bool:
        """Whether the database holds nothing that is still to be sent to this chat, nor is about to hold some."""
        updates = ", ".join(str(act.update) for act in view.pending if act.update is not None) or "NULL"
        query = _OPEN.format(bot=self.town.bot.id, chat=view.chat, updates=updates)
        waiting, new = self.town.watch._connection.execute(query).fetchone()
        return not waiting and not new

    def settle(self, view: ChatView) -> list[Act]:
        """All is quiet: judge what was done since the last time, and begin anew."""
        if view.queue and not (view.was_blocked or view.unclear):
            self.complain("every reply arrives", f"never sent: {[each.method for each in view.queue]}", view)
        view.queue.clear()
        done, view.pending = view.pending, []
        for act in done:
            self._judge(view, act)
            self._by_update.pop(act.update or 0, None)
            self._by_query.pop(act.query or "", None)
        view.unclear = False
        view.was_blocked = view.blocked
        return done

    def _judge(self, view: ChatView, act: Act) -> None:
        if act.update is None:
            return
        self.counts["acts"] += 1
        if not act.turned:
            self.complain("everything has its turn", f"no turn: {act.what}", view)
        elif act.query is not None:
            if act.answered is None:
                self.complain("every tap is answered", f"no answer: {act.what}", view)
            return
        said_twice = act.ignored and not act.alone  # which may count once
        if act.query or not act.speaks or act.visible or said_twice or view.was_blocked or view.unclear:
            return
        self.complain("everything gets an answer", f"nothing was to be seen after: {act.what}", view)

    # --- looking ---

    async def _watch(self) -> None:
        while True:
            before, worked = time.monotonic(), time.process_time()
            await asyncio.sleep(TICK)
            stood = time.monotonic() - before - TICK
            self.longest_lag = max(self.longest_lag, stood)
            hungry = stood - (time.process_time() - worked)
            if hungry > JITTER:  # the machine had no time for this process
                self.starved += hungry
                self._starving.append((time.time(), self.starved))
            self.look()

    def look(self) -> None:
        """Take in what has happened at the simulator."""
        while not self._events.empty():
            event = self._events.get_nowait()
            if event is not None:
                self._see(event[0], event[1])
        for call in self._new_calls():
            self._match(call)

    def _new_calls(self) -> list[Json]:
        new: list[Json] = []
        for call in reversed(self.town.telegram.calls._calls):
            if call["n"] <= self._calls_seen:
                break
            if call["bot"] == self.town.bot.username:
                new.append(call)
        if new:
            self._calls_seen = new[0]["n"]
        return new[::-1]

    def _see(self, name: str, event: Json) -> None:
        view = self.chats.get(event["user"])
        if view is None:
            return
        data = event["data"]
        match name:
            case "message" | "edited" if data["from"]["is_bot"]:
                number = data["message_id"]
                if number in view.messages:
                    self._remember_buttons(view, view.messages[number])
                view.messages[number] = data
                view.shown.arrived(number, data)
            case "deleted":
                gone = view.messages.pop(data["message_id"], None)
                if gone:
                    self._remember_buttons(view, gone)
                view.shown.deleted(data["message_id"])
            case "toast":
                self._toast(view, data)

    @staticmethod
    def _remember_buttons(view: ChatView, message: Json) -> None:
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            view.gone.extend((message, button["callback_data"]) for button in row if "callback_data" in button)

    def _toast(self, view: ChatView, data: Json) -> None:
        _, act = self._by_query.get(data["callback_query_id"], (view, view.posting))
        if act is None:
            return
        if act.answered is None:
            act.answered, act.toast = time.time(), data["text"] or ""
            self._measure(view, act.at, act.answered, f"the answer to: {act.what}")
        if act.toast:
            self.counts["toasts"] += 1
            self._read(view, act.toast, view.language)

    def _read(self, view: ChatView, text: str, language: str) -> None:
        if complaint := self.words.complaint(text, language, view.typed):
            self.complain("what is said can be read", f"{complaint} in {text[:300]!r}", view)

    # --- calls ---

    def _match(self, call: Json) -> None:
        method, parameters = call["method"], call["parameters"]
        if method == "answerCallbackQuery":
            if not call["ok"]:
                self.counts["late answers to taps"] += 1
            return
        scope = parameters.get("scope") or {}
        chat = parameters.get("chat_id") or (scope.get("chat_id") if isinstance(scope, dict) else None)
        view = self.chats.get(chat or 0)
        if view is None:
            return
        self.counts[method] += 1
        at = call["time"]
        if call["error_code"] == 429:
            self.counts["refused as too many"] += 1
            seconds = int(call["description"].rpartition(" ")[2])
            self._closed_until = max(self._closed_until, at + seconds)
            return
        allowed = self._bot_next_at - BOT_BURST.total_seconds()
        if self._pace.per_bot:
            self._bot_next_at = max(self._bot_next_at, at) + 1 / self._pace.per_bot
        is_erasing = method == "deleteMessages" and not (view.queue and view.queue[0].method == method)
        if is_erasing:  # else a question is taken back, to come again below
            view.unclear = True
            return
        if call["error_code"] == 403:
            view.was_blocked = view.unclear = True
        self._take(view, call, allowed)

    def _take(self, view: ChatView, call: Json, allowed: float) -> None:
        method, at = call["method"], call["time"]
        if not view.queue or view.queue[0].method != method:
            if not view.unclear:
                self.complain("replies keep their order", f"{method} came out of turn", view)
            found = next((each for each in view.queue if each.method == method), None)
            if found is None:
                self._show(view, call, None)
                return
            while view.queue[0] is not found:
                view.queue.popleft()
        planned = view.queue.popleft()
        due = max(planned.at, view.due, allowed, self._closed_until)
        if method == "sendMessage" and self._pace.per_chat:
            burst = (self._pace.chat_burst - 1) / self._pace.per_chat
            due = max(due, view.next_at - burst)
            view.next_at = max(view.next_at, due) + 1 / self._pace.per_chat
        view.due = due
        if not view.unclear:
            self._measure(view, due, at, f"{method} after: {planned.act.what if planned.act else '?'}")
        self._show(view, call, planned)

    def _show(self, view: ChatView, call: Json, planned: Planned | None) -> None:
        if not call["ok"]:
            unchanged = "not modified" in call["description"] or "to edit not found" in call["description"]
            if not unchanged and not (call["error_code"] == 403 and view.was_blocked):
                self.complain("Telegram takes what we send", f"{call['method']}: {call['description']}", view)
            return
        if call["method"] != "sendMessage" and call["method"] not in _EDITS:
            return
        language = planned.language if planned else view.language
        if planned and planned.act:
            planned.act.visible += 1
        if message := view.shown.read_next(language):
            for text in (message.get("text", ""), *_labels(message)):
                self._read(view, text, language)

    def _measure(self, view: ChatView, due: float, at: float, what: str) -> None:
        late = at - due
        self.late.append(late)
        starved = self._hungry_until(at) - self._hungry_until(due - BACKLOG)
        self.counts["later than allowed"] += late > self.within
        if late - starved > self.within:
            detail = f"{late * 1000:.0f} ms after its turn, {starved * 1000:.0f} of them without a processor: {what}"
            self.complain("everything in time", detail, view)

    @property
    def breathless(self) -> bool:
        """Whether the machine has hardly any time for this process just now."""
        return self.starved - self._hungry_until(time.time() - 1) > BREATHLESS

    def _hungry_until(self, at: float) -> float:
        for when, seconds in reversed(self._starving):
            if when <= at:
                return seconds
        return 0.0

    # --- what the dispatcher shows ---

    @contextmanager
    def eavesdropping(self) -> Iterator[None]:
        """Hear from the dispatcher how many replies each update has."""
        middleware = dispatcher().update.outer_middleware
        middleware.register(self._hear)
        try:
            yield
        finally:
            middleware.unregister(self._hear)

    async def _hear(
        self,
        handler: Callable[[TelegramObject, Json], Awaitable[Any]],
        event: TelegramObject,
        data: Json,
    ) -> Any:
        answer = await handler(event, data)
        turn = data["turn"]
        view = self.chats.get(turn.contact.chat_id)
        if view is not None and isinstance(event, Update):
            self._plan(view, event.update_id, turn)
        return answer

    def _plan(self, view: ChatView, update: int, turn: Turn) -> None:
        view.language = turn.resident.language
        view.shown.interviews.update({held.id: survey for survey, held in turn.interviews.items()})
        act = self._by_update.get(update) or view.posting
        if turn.erased:
            view.unclear = True
            view.shown.erased()
        if act is None:
            return
        self._by_update[update] = act
        again, act.turned, act.ignored = act.turned, True, turn.ignored
        if again:  # its rows could not be stored at once: the replies are the same
            return
        for delivery in turn._deliveries:
            act.planned += delivery["method"] not in ("setMyCommands", "deleteMessages")
            view.queue.append(Planned(delivery["method"], act, view.language, act.at))


def _labels(message: Json) -> Iterator[str]:
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        yield from (button["text"] for button in row)


class Log(logging.Handler):
    """Everything that is logged while it is held open, by our own logger and by others'."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.counts: defaultdict[str, int] = defaultdict(int)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Listen."""
        configured = structlog.get_config()
        structlog.configure(processors=[self._ours], wrapper_class=structlog.make_filtering_bound_logger("info"))
        logging.getLogger().addHandler(self)
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: self.lines.append(str(context)))
        try:
            yield
        finally:
            structlog.configure(**configured)
            logging.getLogger().removeHandler(self)
            asyncio.get_running_loop().set_exception_handler(None)

    def _ours(self, _logger: Any, method: str, event: Any) -> Any:
        self.counts[f"{method}: {event['event']}"] += 1
        if method in ("error", "critical", "exception") or "exc_info" in event:
            self.lines.append(f"{method}: {event}")
        elif method == "warning":
            self.lines.append(f"warning: {event}")
        raise structlog.DropEvent

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line of the standard library's loggers."""
        self.lines.append(f"{record.name}: {self.format(record)}")
