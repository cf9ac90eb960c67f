"""One turn: an update of one chat, what is known of it, what is said, and the rows that it comes to.

Handlers read and change a turn and know no database; the worker loads turns in batches and hands their rows to the
writer. Nothing here waits for anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import answer_files, render
from bot.incoming import Brought
from bot.knowledge import Knowledge
from bot.lanes import Waiting
from dialogues.broadcast import Place
from dialogues.forms import Form, put_in
from dialogues.forms.wording import language_code
from dialogues.interview import Seen, Stage, State
from dialogues.markup import Markup
from dialogues.onboarding import Surroundings
from dialogues.prompts import Prompt, Replace, Reply, Say, Toast, Withdraw
from dialogues.texts import Voice, normalise
from storage import statements as do
from storage.models import DeliveryState, InboxState
from storage.queries.broadcasts import BroadcastFacts
from storage.queries.desk import ChatStaff, CodeFacts, WaitingText
from storage.queries.events import SignUpFacts
from storage.queries.outbox import new_delivery
from storage.queries.staff import digest
from storage.queries.turns import (
    AskedFacts,
    Chat,
    ContactFacts,
    InterviewFacts,
    LinkFacts,
    ResidentFacts,
    ResponseFacts,
    pseudonym,
)
from storage.statements import Row, Write

DOUBLE_TAP = timedelta(seconds=5)
MOST_ILLUSTRATIONS = 10
"""Files with one question. A chat takes one message a second."""
Then = Callable[[AsyncConnection], Awaitable[Iterable[Reply]]]
"""What is done and said only with the database at hand, in the transaction of the turn."""


def new_id() -> int:
    """A random id that says nothing about whom or when."""
    return secrets.randbits(62)


@dataclass(frozen=True, slots=True)
class Named:
    """What was looked up because an update names it: the places of passes by id, the codes that link a chat of the
    staff, the broadcasts that a mediator is at, for who asks, the texts that wait, who was ``asked`` how an event
    was, by resident and survey, and for who sends a file, the ``sizes`` of those that they have sent, by name."""

    places: Mapping[int, Place] = field(default_factory=dict)
    codes: Mapping[str, CodeFacts] = field(default_factory=dict)
    broadcasts: Mapping[int, BroadcastFacts] = field(default_factory=dict)
    waiting: tuple[WaitingText, ...] = ()
    asked: frozenset[tuple[int, int]] = frozenset()
    sizes: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class Turn:
    """What a handler works with.

    ``received_at``: when its update came in. ``took_part``: the surveys that were answered to the end, closed ones
    included; ``sign_ups``: for events; both are known only where the update asks what we hold. ``tapped`` is the id of
    the message whose button was pressed; ``toast`` the text that the tap is answered with. ``staff``: whose own chat it
    is. ``ignored``: the update leaves no trace but the mark that it is done (groups, service messages, strangers who
    block or unblock us). ``brought``: the file that its message came with. ``then``: what follows after its rows in the
    same transaction, where only the database knows what to say; it may run twice.
    """

    knowledge: Knowledge
    now: datetime
    received_at: datetime
    seq: int
    contact: ContactFacts
    resident: ResidentFacts
    interviews: dict[int, InterviewFacts]
    responses: dict[int, ResponseFacts]
    links: dict[str, LinkFacts]
    took_part: frozenset[int] = frozenset()
    sign_ups: tuple[SignUpFacts, ...] = ()
    asked: AskedFacts | None = None
    staff: ChatStaff | None = None
    named: Named = field(default_factory=Named)
    tapped: int | None = None
    toast: str = ""
    erased: bool = False
    ignored: bool = False
    brought: Brought | None = None
    then: Then | None = None
    _writes: list[Write] = field(default_factory=list)
    _deliveries: list[Row] = field(default_factory=list)
    _stored: tuple[ContactFacts | None, ResidentFacts | None] = (None, None)

    # --- what is known ---

    @property
    def knows_area(self) -> bool:
        """Whether it is known where somebody lives, or there is nothing to choose from."""
        return self.resident.area_id is not None or self.resident.elsewhere or not self.knowledge.places

    @property
    def newcomer(self) -> bool:
        """Whether nothing is held on this resident yet."""
        return self._stored[1] is None

    @property
    def today(self) -> date:
        """The day on the town's calendar."""
        return self.knowledge.local(self.now).date()

    @property
    def voice(self) -> Voice:
        """Speaks the resident's language."""
        return self.knowledge.texts.speak(self.resident.language)

    @property
    def surroundings(self) -> Surroundings:
        """The town as the dialogues see it, for this resident."""
        return self.knowledge.surroundings(begun=frozenset(self.interviews), completed=self.completed, now=self.now)

    @property
    def completed(self) -> frozenset[int]:
        """The surveys that this resident has answered to the end, as far as their answers can be found."""
        return frozenset(key for key, held in self.interviews.items() if held.stage == Stage.COMPLETE)

    def state_of(self, survey_id: int) -> State:
        """Where the interview of a survey stands, in the language we speak now."""
        held = self.interviews[survey_id]
        return State(
            values=self._values_of(survey_id),
            cursor=held.cursor,
            stage=Stage(held.stage),
            revision=held.revision,
            language=self.resident.language,
            returning=held.to_summary,
            page=held.page,
            seen=tuple(Seen(what, revision, date.fromisoformat(on)) for what, revision, on in held.seen),
        )

    def _values_of(self, survey_id: int) -> dict[str, str]:
        """The values of an interview: what is stored, and what its form had put in by itself and nobody keeps."""
        response = self.responses.get(survey_id)
        if response is None:
            return {}
        stored = {ref: answer.value for ref, answer in response.answers.items()}
        form = self.knowledge.forms.get(survey_id)
        if form is None or not form.unkept:
            return stored
        began = datetime.combine(response.started_on, time(), self.knowledge.zone)
        chance = Random(self.interviews[survey_id].id)  # noqa: S311 (no secret)
        return put_in(form, began, chance) | stored

    def survey_of(self, interview_id: int) -> int | None:
        """The survey that a button's interview belongs to; None: it is not this resident's, or gone with its survey."""
        return next((key for key, held in self.interviews.items() if held.id == interview_id), None)

    @property
    def going_on(self) -> int | None:
        """The survey whose interview gets what is typed, if it is still open: its question is the one that asks."""
        survey_id = self.resident.current_survey_id
        if survey_id is None or survey_id not in self.interviews or not self.takes_answers(survey_id):
            return None
        return survey_id

    @property
    def cut_off(self) -> bool:
        """Whether the survey that asked last has been closed before this resident came to its end."""
        return self.resident.current_survey_id in self.knowledge.town.closed

    @property
    def taps_what_asks(self) -> bool:
        """Whether the button that was pressed stands under the message that asks now."""
        return self.tapped is not None and self.asked is not None and self.asked.message_id == self.tapped

    def taps_what_has_moved(self, survey_id: int) -> bool:
        """Whether a button of this survey was pressed before its message was taken back to come again below.

        A message that may have arrived twice is another matter: there the pressed one is as good.
        """
        asks = survey_id == self.going_on
        return asks and not self.taps_what_asks and self.asked is not None and self.asked.attempts <= 1

    def takes_answers(self, survey_id: int) -> bool:
        """Whether a survey is open and neither its first moment is still to come nor its last one over."""
        survey = self.knowledge.town.surveys.get(survey_id)
        return survey is not None and survey.running(self.now)

    def was_written_before_the_question(self, message_id: int) -> bool:
        """Whether a message stood in the chat when the question that stands there now surely did not."""
        asked = self.asked
        if asked is None or asked.attempts > 1:
            return False
        match asked.state:
            case DeliveryState.WAITING:
                return asked.attempts == 0
            case DeliveryState.STARTED:
                return self.received_at < asked.due_at
        return asked.message_id is not None and message_id < asked.message_id

    @property
    def question_is_lost(self) -> bool:
        """Whether nobody tries any longer to deliver the question that stands now."""
        return self.asked is not None and self.asked.state in (DeliveryState.FAILED, DeliveryState.UNCERTAIN)

    @property
    def question_is_overlooked(self) -> bool:
        """Whether a tap on the question before is no double tap: the one that stands now came a while ago, or never."""
        asked = self.asked
        came = asked.finished_at if asked is not None and asked.state == DeliveryState.SENT else None
        return self.question_is_lost or (came is not None and self.now - came > DOUBLE_TAP)

    # --- what changes ---

    def change_resident(self, **changes: Any) -> None:
        """Change what we hold on the resident."""
        self.resident = replace(self.resident, **changes)

    def change_contact(self, **changes: Any) -> None:
        """Change what we hold on the chat."""
        self.contact = replace(self.contact, **changes)

    def phone_speaks(self, code: str | None) -> None:
        """The phone's language code, as the update brought it. It never overrules a choice."""
        language = normalise(code)
        if language and not self.resident.language_chosen and self.resident.consented_on is None:
            self.change_resident(language=language)

    def begin_interview(self, survey_id: int, interview_id: int, state: State) -> None:
        """Keep a new interview at its first question."""
        self._put_interview(survey_id, interview_id, state)
        self._keep_answers(survey_id, {}, state)

    def keep(self, survey_id: int, before: State, state: State) -> None:
        """Take over where an interview has come to: its place, and every answer that has changed."""
        held = self.interviews[survey_id]
        if replace(before, values={}) != replace(state, values={}):
            self._put_interview(survey_id, held.id, state)
        if before.stage != Stage.COMPLETE:  # what was sent stays as it was then, whoever has moved or changed language
            self._keep_answers(survey_id, before.values, state)

    def _put_interview(self, survey_id: int, interview_id: int, state: State) -> None:
        facts = InterviewFacts(
            id=interview_id,
            town_id=self.resident.town_id,
            resident_id=self.resident.id,
            survey_id=survey_id,
            stage=state.stage,
            cursor=state.cursor,
            revision=state.revision,
            to_summary=state.returning,
            page=state.page,
            seen=[[each.what, each.revision, each.on.isoformat()] for each in state.seen],
        )
        self.interviews[survey_id] = facts
        self._writes.append(Write(do.PUT_INTERVIEW, [row_of(facts) | {"key_id": survey_id}]))

    def _keep_answers(self, survey_id: int, old: Mapping[str, str], state: State) -> None:
        if state.values == old and state.stage != Stage.COMPLETE:
            return
        survey, form = self.knowledge.town.surveys[survey_id], self.knowledge.forms[survey_id]
        response_id = self._keep_response(survey_id, state)
        shared = {"response_id": response_id, "town_id": self.resident.town_id}
        asked = {"language": _asked_in(form, state.language), "questionnaire_id": survey.questionnaire_id}
        changed = {ref: value for ref, value in state.values.items() if old.get(ref) != value}
        rows = [
            {**shared, "ref": ref, "value": value, **asked} for ref, value in changed.items() if ref not in form.unkept
        ]
        gone = [{"key_response_id": response_id, "key_ref": ref} for ref in old if ref not in state.values]
        self._writes += [Write(do.PUT_ANSWER, rows), Write(do.DELETE_ANSWER, gone)]
        kept = {ref: value for ref, value in state.values.items() if ref not in form.unkept}
        self._writes += answer_files.writes(
            self.resident.town_id, response_id, form, old, kept, brought=self.brought, now=self.now
        )

    def _keep_response(self, survey_id: int, state: State) -> UUID:
        held = self.responses.get(survey_id)
        survey = self.knowledge.town.surveys[survey_id]
        complete = state.stage == Stage.COMPLETE
        facts = ResponseFacts(
            id=held.id if held else uuid4(),
            survey_id=survey_id,
            complete=complete,
            area_id=self.resident.area_id,
            language=state.language,
            started_on=held.started_on if held else self.today,
            completed_on=self.today if complete else None,
            answers=held.answers if held else {},
        )
        if facts != held:
            self.responses[survey_id] = facts
            row = {
                "id": facts.id,
                "town_id": self.resident.town_id,
                "survey_id": survey_id,
                "pseudonym": pseudonym(survey.key, self.resident.id),
                "key_id": survey_id,
                "complete": complete,
                "area_id": facts.area_id,
                "language": facts.language,
                "started_on": facts.started_on,
                "completed_on": facts.completed_on,
            }
            self._writes.append(Write(do.PUT_RESPONSE, [row]))
        if complete:
            taken = {"survey_id": survey_id, "resident_id": self.resident.id, "town_id": self.resident.town_id}
            self._writes.append(Write(do.PUT_PARTICIPATION, [taken]))
        return facts.id

    # --- what somebody of the staff does ---

    def link_chat(self, code: str, facts: CodeFacts) -> None:
        """Let this chat belong to whoever made the code, and to nobody else; the code is used up."""
        link = {"contact_id": self.contact.id, "translating": None, "translating_into": None}
        about = {"town_id": self.contact.town_id, "at": self.now, "staff_id": facts.staff_id, "survey_id": None}
        entries = [about | {"action": "staff.link", "detail": {"name": facts.name}}]
        if self.staff is not None and self.staff.id != facts.staff_id:  # it was a colleague's until now
            entries.insert(0, about | {"action": "staff.unlink", "detail": {"name": self.staff.name}})
        self._writes += [
            Write(do.USE_STAFF_LINK, [{"key_digest": digest(code)}]),
            Write(do.UNLINK_CHAT, [{"key_contact_id": self.contact.id}]),
            Write(do.LINK_CHAT, [{"key_id": facts.staff_id, **link}]),
            Write(do.INSERT_ENTRY, entries),
        ]

    def await_translation(self, broadcast_id: int | None, into: str | None) -> None:
        """Take the next text for this translation (`storage.queries.desk.ChatStaff`); None: for none any more."""
        staff = self.staff
        if staff is None or (staff.translating, staff.translating_into) == (broadcast_id, into):
            return
        self.staff = replace(staff, translating=broadcast_id, translating_into=into)
        row = {"key_id": staff.id, "translating": broadcast_id, "translating_into": into}
        self._writes.append(Write(do.AWAIT_TRANSLATION, [row]))

    def put_translation(self, broadcast: BroadcastFacts, language: str, text: str, *, release: bool) -> None:
        """Keep a translation in the place of the text that this turn has read, as a draft or released."""
        held, staff = broadcast.texts[language], self.staff
        assert staff is not None  # noqa: S101 (the handler has looked whose chat it is)
        row = {
            "key_broadcast_id": broadcast.id,
            "key_language": language,
            "key_text": held.text,
            "key_released": held.released,
            "text": text,
            "released": release,
            "released_by": staff.id if release else None,
        }
        self._writes.append(Write(do.PUT_TRANSLATION, [row]))
        self._writes.append(Write(do.RAISE_REVISION, [{"key_id": broadcast.id}]))
        if broadcast.event is not None:
            self._writes.append(Write(do.TOUCH_TOWN, [{"key_id": self.contact.town_id}]))
        if release:
            entry = {
                "town_id": self.contact.town_id,
                "at": self.now,
                "staff_id": staff.id,
                "action": "broadcast.release",
                "survey_id": None,
                "detail": {"title": broadcast.title, "language": language},
            }
            self._writes.append(Write(do.INSERT_ENTRY, [entry]))

    def want_no_messages(self) -> None:
        """Send nothing of our own accord any more, not even what was on its way."""
        self.change_resident(paused=True)
        self._writes.append(Write(do.DROP_BROADCASTS, [{"key_contact_id": self.contact.id}]))

    def hold(self) -> None:
        """Keep the resident from now on: somebody begins. Of whom nothing was held, nothing is without this."""
        self.change_contact(resident_id=self.resident.id)

    def forget(self) -> None:
        """Keep nothing of a resident who has not agreed; the last word goes to the bare chat."""
        self._writes = [Write(do.DELETE_RESIDENT, [{"key_id": self.resident.id}])]
        self.change_contact(resident_id=None)

    def erase(self) -> None:
        """Erase the resident and everything that can still be found of theirs; the last word goes to the bare chat."""
        self.erased = True
        resident_id = self.resident.id
        self._writes = [
            Write(do.DELETE_RESPONSE, [{"key_id": response.id} for response in self.responses.values()]),
            Write(do.DELETE_INTERVIEWS, [{"key_resident_id": resident_id}]),
            Write(do.DELETE_PARTICIPATIONS, [{"key_resident_id": resident_id}]),
            Write(do.DELETE_RESIDENT, [{"key_id": resident_id}]),
            Write(
                do.DROP_DELIVERIES,
                [
                    {"key_contact_id": self.contact.id, "key_state": state}
                    for state in (DeliveryState.WAITING, DeliveryState.HELD)
                ],
            ),
        ]
        self.change_contact(resident_id=None, prompt=0, commands_language=None)

    # --- what is said ---

    def say(self, replies: Iterable[Reply], *, interview: int | None = None, in_place: bool = False) -> None:
        """Put replies into the outbox. ``interview``: the id that their buttons carry.

        ``in_place``: a ``Replace`` means the message that asks now, not the one whose button was pressed.
        """
        for reply in replies:
            match reply:
                case Toast(text):
                    self._toast(text)
                case Say(prompt):
                    self._illustrate(prompt, interview)
                    self._send(prompt, interview)
                case Replace(prompt):
                    self._edit(prompt, interview, in_place=in_place)
                case Withdraw() if self.contact.prompt:
                    self._deliver("deleteMessages", {}, prompt=self.contact.prompt)

    def _toast(self, text: str) -> None:
        if self.tapped is None and text:
            self._deliver("sendMessage", {"text": text})
        else:
            self.toast = text

    def _illustrate(self, prompt: Prompt, interview: int | None) -> None:
        """Send what is shown or played with a prompt, each file by itself; one that is not at hand is left out."""
        survey_id = self.survey_of(interview) if prompt.illustrations and interview is not None else None
        at_hand = self.knowledge.media.get(survey_id, {}) if survey_id is not None else {}
        shown = [each for each in prompt.illustrations if each.name in at_hand]
        for illustration in shown[:MOST_ILLUSTRATIONS]:
            self._deliver(*render.illustration(illustration, prompt.language, *at_hand[illustration.name]))

    def _send(self, prompt: Prompt, interview: int | None) -> None:
        is_asking = prompt.asks and (interview is not None or self.going_on is None)
        if is_asking:
            self.change_contact(prompt=self.contact.prompt + 1)
        self._deliver(
            "sendMessage",
            render.message(prompt, interview=interview),
            prompt=self.contact.prompt if is_asking else None,
        )

    def _edit(self, prompt: Prompt, interview: int | None, *, in_place: bool) -> None:
        parameters = render.message(prompt, interview=interview)
        if self.tapped is not None and not in_place:
            self._deliver("editMessageText", {**parameters, "message_id": self.tapped})
        elif self.contact.prompt:
            self._deliver("editMessageText", parameters, prompt=self.contact.prompt)
        else:
            self._send(prompt, interview)

    def said_then(self, replies: Iterable[Reply]) -> list[Write]:
        """The rows of what ``then`` has said; the turn stays as it is."""
        aside = replace(self, _deliveries=[], _writes=[])
        aside.say(replies)
        return [Write(do.INSERT_DELIVERY, aside._deliveries)]

    def ask_for_reply(self, prompt: Prompt, hint: str) -> None:
        """Say something to which the next message is to be the reply; ``hint`` stands in the empty field for it."""
        parameters = render.message(prompt)
        parameters["reply_markup"] = {"force_reply": True, "input_field_placeholder": hint}
        self._deliver("sendMessage", parameters)

    def explain_in_group(self, prompt: Prompt, *, private_link: str) -> None:
        """Say something in a group; its button leads into the private chat."""
        self._deliver("sendMessage", render.message(prompt, private_link=private_link))

    def show_place(self, place: Place) -> None:
        """Show a place on the map."""
        self._deliver("sendVenue", place.as_json())

    def send_file(self, name: str, content: bytes, caption: Markup) -> None:
        """Send a small text file."""
        document = {"name": name, "content": content.decode()}
        self._deliver("sendDocument", {"document": document, "caption": str(caption), "parse_mode": "HTML"})

    def set_commands(self, commands: Iterable[tuple[str, str]]) -> None:
        """Put the command menu of this chat into the language we speak, once."""
        if self.contact.commands_language != self.resident.language:
            self.change_contact(commands_language=self.resident.language)
            menu = [{"command": name, "description": text} for name, text in commands]
            self._deliver("setMyCommands", {"commands": menu})

    def _deliver(self, method: str, payload: dict[str, Any], *, prompt: int | None = None) -> None:
        self._deliveries.append(
            new_delivery(
                town_id=self.contact.town_id,
                bot_id=self.contact.bot_id,
                contact_id=self.contact.id,
                method=method,
                payload=payload,
                now=self.now,
                prompt=prompt,
            )
        )

    # --- what it comes to ---

    def kept(self) -> list[Write]:
        """The rows of what is kept of the resident, answers included; nothing of the chat or of the update."""
        return [Write(do.PUT_RESIDENT, [row_of(self.resident)]), *self._writes]

    def writes(self) -> list[Write]:
        """All rows of this turn, the mark that its update is done among them."""
        contact, resident = self._stored
        rows = [Write(do.FINISH_UPDATE, [finished(self.seq)])]
        if self.ignored:
            return rows
        held = self.contact.resident_id is not None
        if held and self.resident != resident:
            rows.append(Write(do.PUT_RESIDENT, [row_of(self.resident)]))
        # A bare chat is there as long as something is to be sent to it; the row we read may have gone meanwhile.
        if self.contact != contact if held or not self.newcomer else self._deliveries or self.then:
            rows.append(Write(do.PUT_CONTACT, [row_of(self.contact)]))
        return rows + self._writes + [Write(do.INSERT_DELIVERY, self._deliveries)]


def _asked_in(form: Form, language: str) -> str:
    """The language in which a form asks somebody who reads this one: the form's default where it lacks it."""
    return language_code(form.translations.language(language)) or language


def row_of(facts: ContactFacts | ResidentFacts | InterviewFacts) -> Row:
    """The facts as a row of their table; their fields are its columns."""
    return {name: getattr(facts, name) for name in facts.__slots__}


def finished(seq: int, state: InboxState = InboxState.DONE, *, payload: str = "", reason: str | None = None) -> Row:
    """The row that says what became of an update; its content is wiped unless a person has to look at it."""
    return {"key_seq": seq, "state": state, "payload": payload, "reason": reason}


def begin(
    knowledge: Knowledge,
    chat: Chat,
    update: Waiting,
    *,
    bot_id: int,
    chat_id: int,
    links: dict[str, LinkFacts],
    took_part: frozenset[int],
    sign_ups: tuple[SignUpFacts, ...],
    named: Named,
    now: datetime,
) -> Turn:
    """The turn of an update in its chat as it is stored, or in a newcomer's."""
    town = knowledge.town
    resident = chat.resident or ResidentFacts(
        id=new_id(),
        town_id=town.id,
        language=town.default_language,
        language_chosen=False,
        consented_on=None,
        adult=None,
        area_id=None,
        elsewhere=False,
        wanted_survey_id=None,
        current_survey_id=None,
        paused=False,
        arrived_on=knowledge.local(now).date(),
    )
    contact = chat.contact or ContactFacts(
        id=new_id(),
        bot_id=bot_id,
        chat_id=chat_id,
        town_id=town.id,
        resident_id=None,
        prompt=0,
        commands_language=None,
        blocked_on=None,
    )
    return Turn(
        knowledge=knowledge,
        now=now,
        received_at=update.received_at,
        seq=update.seq,
        contact=replace(contact, blocked_on=None),
        resident=resident,
        interviews=dict(chat.interviews),
        responses=dict(chat.responses),
        links=links,
        took_part=took_part,
        sign_ups=sign_ups,
        asked=chat.asked,
        staff=chat.staff,
        named=named,
        _stored=(chat.contact, chat.resident),
    )
