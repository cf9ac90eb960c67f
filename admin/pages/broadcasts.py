"""Broadcasts: which there are, a new one, and writing one: its texts in all languages, its file, place and buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.access import Right, needs
from admin.attachments import MAX_FILE, Refused, RefusedFileError, Taken, take
from admin.broadcast_form import (
    AS_BEFORE,
    MOST_PLACE,
    MOST_TITLE,
    Both,
    Meant,
    Typed,
    content_of,
    day_of,
    judge,
    read_form,
    typed_of,
    upon,
    without_events_own,
)
from admin.broadcast_texts import Surroundings, boxes, listed, name_in, problems_of
from admin.broadcast_view import Sheet, counting, look_at, put, shared, standings
from admin.errors import largest
from admin.event_choices import EventChoice, to_show
from admin.site import Site
from admin.viewing import Asking, note, text, texts
from dialogues.broadcast import Content, event_titles, names_date
from dialogues.markup import clean
from dialogues.texts import LANGUAGES
from storage.cleaning import Cleaner
from storage.models import AttachmentKind
from storage.queries.broadcasts import (
    BroadcastFacts,
    find_attachment,
    find_broadcast,
    list_broadcasts,
    list_sendings,
    sending_rules,
)
from storage.queries.desk import count_mediators
from storage.services.attachments import drop_attachment
from storage.services.broadcasts import (
    add_attachment,
    ask_for_translation,
    discard_broadcast,
    draft_broadcast,
    put_text,
)

MOST_BODY = 4 * MAX_FILE
"""Bytes of a form. A picture as phones take it is refused beside its field, and what was typed stays."""


def routes(site: Site) -> list[BaseRouteHandler]:
    """The pages on which broadcasts are written."""
    return [*_list(site), *_writing(site), *_discarding(site)]


def _list(site: Site) -> list[BaseRouteHandler]:
    async def page(request: Asking, *, fault: str = "", title: str = "") -> Response[str]:
        async with site.database.read() as connection:
            broadcasts = await list_broadcasts(connection, site.town_id)
            sendings = await list_sendings(connection, site.town_id)
            rules = await sending_rules(connection, site.town_id)
        counted, stands = counting(sendings), standings(site, request, sendings, rules)
        mains = [(each, counted.get(each.id)) for each in broadcasts]
        return site.page(
            request,
            "broadcasts/list.html",
            status=422 if fault else 200,
            broadcasts=[(each, main, stands[main.id] if main else None) for each, main in mains],
            named=name_in(site.language(request)),
            fault=fault,
            title=title,
            most_title=MOST_TITLE,
        )

    @get("/admin/broadcasts", opt=needs(Right.MANAGE))
    async def overview(request: Asking) -> Response[str]:
        return await page(request)

    @post("/admin/broadcasts", opt=needs(Right.MANAGE))
    async def create(request: Asking) -> Response[Any]:
        _ = site.say(request)
        title = " ".join(clean(text(await request.form(), "title")).split())
        if not title:
            return await page(request, fault=_("Please give the message a name. Only the office sees it."))
        if len(title) > MOST_TITLE:
            fault = _("Please write at most {number} letters.").format(number=MOST_TITLE)
            return await page(request, fault=fault, title=title)
        async with site.database.write() as connection:
            broadcast_id = await draft_broadcast(connection, town_id=site.town_id, title=title, now=site.now())
            await note(site, connection, request, "broadcast.create", None, title=title)
        return site.go_to(f"/admin/broadcasts/{broadcast_id}")

    return [overview, create]


def _writing(site: Site) -> list[BaseRouteHandler]:
    writing = _Writing(site, Cleaner())

    @get("/admin/broadcasts/{broadcast_id:int}", opt=needs(Right.MANAGE))
    async def one(request: Asking, broadcast_id: FromPath[int]) -> Response[str]:
        sheet = await look_at(site, broadcast_id)
        empty = tuple(request.query_params.get("empty", "").split("."))
        return writing.page(request, sheet, typed_of(sheet.broadcast), empty=empty)

    @post(
        "/admin/broadcasts/{broadcast_id:int}",
        opt={**needs(Right.MANAGE), **largest(MAX_FILE)},
        request_max_body_size=MOST_BODY,
    )
    async def save(request: Asking, broadcast_id: FromPath[int]) -> Response[Any]:
        fields = await request.form()
        return await writing.save(request, fields, await look_at(site, broadcast_id))

    @post("/admin/broadcasts/{broadcast_id:int}/preview", opt=needs(Right.MANAGE))
    async def preview(request: Asking, broadcast_id: FromPath[int]) -> Response[str]:
        fields = await request.form()
        sheet = await look_at(site, broadcast_id)
        return writing.preview(request, sheet, _read(fields, sheet))

    @get("/admin/broadcasts/{broadcast_id:int}/file", opt=needs(Right.MANAGE))
    async def file(broadcast_id: FromPath[int]) -> Response[bytes]:
        return await file_of(site, broadcast_id)

    return [one, save, preview, file]


async def file_of(site: Site, broadcast_id: int) -> Response[bytes]:
    """The picture or document of a broadcast.

    Raises:
        NotFoundException: it has none.
    """
    async with site.database.read() as connection:
        broadcast = await find_broadcast(connection, site.town_id, broadcast_id)
        known = broadcast.attachment_id if broadcast else None
        found = await find_attachment(connection, known) if known is not None else None
    if found is None:
        raise NotFoundException
    kind, _name, content = found
    if kind == AttachmentKind.PHOTO:
        return Response(content, media_type="image/jpeg")
    headers = {"Content-Disposition": 'attachment; filename="document.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@dataclass(frozen=True, slots=True)
class _Saved:
    """What was kept. ``refused``: languages whose text was not released since something is wrong with it; ``empty``:
    those of them that have none; ``again``: those whose text was changed, so that it has to be released again;
    ``others``: those that are released and were left as they were while a text was changed."""

    refused: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Writing:
    """Draws and keeps what a broadcast says."""

    site: Site
    cleaner: Cleaner

    # --- drawing ---

    def page(
        self,
        request: Asking,
        sheet: Sheet,
        typed: Typed,
        *,
        faults: Mapping[str, str] | None = None,
        seen: int | None = None,
        stale: bool = False,
        both: Both | None = None,
        chose_file: bool = False,
        empty: Sequence[str] = (),
    ) -> Response[str]:
        """The form as it was typed. ``seen``: the revision its writer saw; ``both``: what two have changed;
        ``empty``: languages that somebody wanted to release without a text."""
        _ = self.site.say(request)
        drawn = dict(self._boxes(request, sheet, typed))
        for each in empty:
            if each in drawn and drawn[each].is_empty:
                words = _("There is no text to release yet. Please write it first.")
                drawn[each] = replace(drawn[each], problems=(words,))
        return self.site.page(
            request,
            "broadcasts/compose.html",
            status=409 if stale else 422 if faults else 200,
            typed=typed,
            boxes=drawn,
            is_over=self._is_over(sheet, typed),
            faults=faults or {},
            seen=sheet.broadcast.revision if seen is None else seen,
            stale=stale,
            both=both or Both(),
            parts=self._parts(request),
            chose_file=chose_file,
            surveys=self._surveys(sheet),
            events=self._events(request, sheet),
            as_before=AS_BEFORE,
            most_title=MOST_TITLE,
            most_place=MOST_PLACE,
            most_bytes=MAX_FILE,
            megabytes=MAX_FILE // 1_000_000,
            **shared(self.site, request, sheet),
        )

    def _parts(self, request: Asking) -> Mapping[str, str]:
        """What the parts of the form are called, in a sentence."""
        _ = self.site.say(request)
        return {
            "title": _("the name"),
            "survey": _("the survey"),
            "event": _("the event"),
            "links": _("the links"),
            "place": _("the place"),
            "day": _("the day"),
        }

    def preview(self, request: Asking, sheet: Sheet, typed: Typed) -> Response[str]:
        """What the form says, as it would arrive, for the page to put beside its boxes."""
        return self.site.page(
            request,
            "broadcasts/preview.html",
            boxes=self._boxes(request, sheet, typed),
            **shared(self.site, request, sheet),
        )

    def _boxes(self, request: Asking, sheet: Sheet, typed: Typed) -> Mapping[str, Any]:
        titles = {number: titles for number, titles, _state in self._surveys(sheet)}
        events = {
            each.id: event_titles(sheet.events[each.id].broadcast.content(released=True))
            for each in self._events(request, sheet)
        }
        content = content_of(typed, sheet.broadcast, titles, events)
        return boxes(content, sheet.around(self.site), self.site.say(request))

    def _is_over(self, sheet: Sheet, typed: Typed) -> bool:
        """Whether texts name a day that lies behind us."""
        said_on = day_of(typed.said_on)
        today = self.site.now().astimezone(sheet.zone).date()
        return said_on is not None and said_on < today and any(names_date(each) for each in typed.texts.values())

    def _surveys(self, sheet: Sheet) -> list[tuple[int, Mapping[str, str], bool]]:
        """The surveys that a button can open, and the one that is chosen: id, titles, whether it is open. None of those
        that only ask who has been at an event."""
        found: list[tuple[int, Mapping[str, str], bool]] = [
            (each.id, each.titles, True) for each in sheet.town.surveys.values() if each.event_id is None
        ]
        chosen = sheet.broadcast.survey_id
        if chosen is not None and chosen not in sheet.town.surveys:
            found.append((chosen, sheet.broadcast.survey_titles, False))
        return found

    def _events(self, request: Asking, sheet: Sheet) -> tuple[EventChoice, ...]:
        """The events that a button can show, and the one that is chosen."""
        chosen, page = sheet.broadcast.shown_event_id, self.site.language(request)
        return to_show(sheet.events.values(), chosen, self.site.now(), page)

    # --- keeping ---

    async def save(self, request: Asking, fields: FormMultiDict, sheet: Sheet) -> Response[Any]:
        """Keep what was typed, or say why not."""
        _ = self.site.say(request)
        typed, seen = _read(fields, sheet), _number(text(fields, "seen"))
        surveys = frozenset(number for number, *_rest in self._surveys(sheet))
        meant = judge(typed, surveys, frozenset(each.id for each in self._events(request, sheet)), _)
        faults = {} if isinstance(meant, Meant) else meant
        upload = fields.get("file")
        chose_file = isinstance(upload, UploadFile) and bool(upload.filename)
        taken: Taken | None = None
        if isinstance(upload, UploadFile) and chose_file:
            try:
                taken = await take(self.cleaner, await upload.read(MAX_FILE + 1), upload.filename)
            except RefusedFileError as error:
                faults["file"] = _refusal(error.why, _)
        if faults or not isinstance(meant, Meant):
            return self.page(request, sheet, typed, faults=faults, seen=seen, chose_file=taken is not None)
        saved = await self._keep(request, sheet, typed, meant, taken, seen)
        if saved is not None:
            asked = await self._ask(request, sheet, text(fields, "ask"))
            is_over = self._is_over(sheet, typed)
            return self._done(request, sheet, saved, asked, is_over=is_over, onwards=text(fields, "then"))
        sheet = await look_at(self.site, sheet.broadcast.id)
        upon_it, both = upon(typed, sheet.broadcast)
        return self.page(request, sheet, upon_it, stale=True, both=both, chose_file=chose_file)

    async def _keep(
        self, request: Asking, sheet: Sheet, typed: Typed, meant: Meant, taken: Taken | None, seen: int
    ) -> _Saved | None:
        """Keep it; None: the broadcast is not the one that was ``seen``."""
        site, broadcast_id = self.site, sheet.broadcast.id
        async with site.database.write() as connection:
            present = await find_broadcast(connection, site.town_id, broadcast_id, hold=True)
            if present is None:
                raise NotFoundException
            if taken is None and _is_kept(present, typed, meant):
                return _Saved()  # sent twice, or nothing was changed
            if present.revision != seen:
                return None
            attachment_id = None if typed.drops_file else present.attachment_id
            if taken is not None:
                attachment_id = await add_attachment(
                    connection, town_id=site.town_id, kind=taken.kind, name=taken.name, content=taken.content
                )
            await put(
                connection,
                site,
                present,
                title=meant.title,
                survey_id=meant.survey_id,
                shown_event_id=meant.shown_event_id,
                links=meant.links,
                place=meant.place,
                said_on=meant.said_on,
                attachment_id=attachment_id,
            )
            if present.attachment_id is not None and present.attachment_id != attachment_id:
                await drop_attachment(connection, broadcast_id=broadcast_id, attachment_id=present.attachment_id)
            content = Content(
                texts={each: text for each, text in typed.texts.items() if text.strip()},
                fallback=present.fallback,
                place=meant.place,
                said_on=meant.said_on,
                attachment_id=attachment_id,
                event=present.event,
            )
            return await self._keep_texts(connection, request, present, typed, content, sheet.around(site))

    async def _keep_texts(
        self,
        connection: AsyncConnection,
        request: Asking,
        present: BroadcastFacts,
        typed: Typed,
        content: Content,
        around: Surroundings,
    ) -> _Saved:
        refused, again, released, others, is_rewritten = [], [], [], [], False
        for language in LANGUAGES:
            before = present.texts.get(language)
            text = typed.texts.get(language, "")
            is_new = text != (before.text if before else "")
            wants = typed.wants_release(language)
            if wants and (is_new or before is None or not before.released) and problems_of(content, around, language):
                wants = False
                refused.append(language)
            if not wants and before and before.released and is_new and typed.released.get(language) == AS_BEFORE:
                again.append(language)
            if before and is_new:
                is_rewritten = is_rewritten or bool(before.text.strip() and text.strip())
            elif before and before.released and wants:
                others.append(language)
            if not is_new and wants == (before.released if before else False):
                continue
            await put_text(
                connection,
                town_id=self.site.town_id,
                broadcast_id=present.id,
                language=language,
                text=text,
                released_by=request.user.id if wants else None,
            )
            released += [language] if wants else []
        detail: dict[str, list[str]] = {"released": released} if released else {}
        await note(self.site, connection, request, "broadcast.change", None, title=present.title, **detail)
        empty = tuple(each for each in refused if not content.texts.get(each))
        return _Saved(tuple(refused), empty, tuple(again), tuple(others) if is_rewritten else ())

    async def _ask(self, request: Asking, sheet: Sheet, language: str) -> str:
        """Ask mediators for a text in this language (empty: nobody is asked), and say what follows from it."""
        if language not in LANGUAGES:
            return ""
        site, _ = self.site, self.site.say(request)
        name = name_in(site.language(request))(language)
        async with site.database.write() as connection:
            present = await find_broadcast(connection, site.town_id, sheet.broadcast.id, hold=True)
            facts = present.texts if present else {}
            if not any(fact.text.strip() for each, fact in facts.items() if each != language):
                return _("Please write the text in another language first: then it can be translated.")
            if language in facts and facts[language].released:
                return ""
            await ask_for_translation(
                connection,
                town_id=site.town_id,
                broadcast_id=sheet.broadcast.id,
                languages=[language],
                now=site.now(),
            )
            title = sheet.broadcast.title
            await note(site, connection, request, "broadcast.ask", None, title=title, language=language)
            mediators, in_chat = await count_mediators(connection, site.town_id, language)
        asked = _("A translation is asked for: {language}.").format(language=name)
        if not mediators:
            return f"{asked} " + _(
                "Nobody translates into this language yet: whoever does chooses it under “My profile”."
            )
        if not in_chat:
            return f"{asked} " + _("Those who translate into it find it under “Translations”.")
        return f"{asked} " + _("Those who translate into it are written to in Telegram.")

    def _done(
        self, request: Asking, sheet: Sheet, saved: _Saved, asked: str, *, is_over: bool, onwards: str
    ) -> Response[None]:
        _, page = self.site.say(request), self.site.language(request)
        name = name_in(page)
        words = [_("Saved."), *([asked] if asked else [])]
        if saved.refused:
            languages = listed([name(each) for each in saved.refused], page)
            words.append(_("Not released: {languages}. Why, it says beside the text.").format(languages=languages))
        if saved.again:
            languages = listed([name(each) for each in saved.again], page)
            words.append(_("Changed, so please release again: {languages}.").format(languages=languages))
        if saved.others:
            languages = listed([name(each) for each in saved.others], page)
            words.append(_("Released and unchanged: {languages}. Does that still fit?").format(languages=languages))
        if is_over:
            words.append(_("The day that the texts name is over already. Is that meant?"))
        is_warning = bool(saved.refused or saved.again or saved.others or is_over)
        goes_on = onwards == "audience" and not (saved.refused or saved.again or asked)
        back = f"{sheet.here}?empty={'.'.join(saved.empty)}" if saved.empty else sheet.here
        there = f"{sheet.here}/audience" if goes_on else back
        return self.site.go_to(there, notice=" ".join(words), is_warning=is_warning)


def _is_kept(present: BroadcastFacts, typed: Typed, meant: Meant) -> bool:
    """Whether the broadcast says already what was typed."""
    same = (
        present.title,
        present.survey_id,
        present.shown_event_id,
        dict(present.links),
        present.place,
        present.said_on,
    ) == (meant.title, meant.survey_id, meant.shown_event_id, dict(meant.links), meant.place, meant.said_on)
    stored = {each: (fact.text, fact.released) for each, fact in present.texts.items()}
    wanted = {each: (typed.texts.get(each, ""), bool(typed.released.get(each))) for each in LANGUAGES}
    keeps_file = not typed.drops_file or present.attachment_id is None
    return same and keeps_file and all(stored.get(each, ("", False)) == wanted[each] for each in LANGUAGES)


def _read(fields: FormMultiDict, sheet: Sheet) -> Typed:
    """The form as it was sent; of an event's texts, what the form does not ask is as it stands."""
    typed = read_form(lambda name: texts(fields, name))
    return without_events_own(typed, sheet.broadcast) if sheet.broadcast.event else typed


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


def _refusal(why: Refused, _: Callable[[str], str]) -> str:
    words = {
        Refused.EMPTY: _("This file is empty."),
        Refused.TOO_LARGE: _("This file is too large. Please choose one of at most {number} MB."),
        Refused.ANOTHER_KIND: _("We take pictures (JPEG, PNG, WebP) and documents (PDF). Please choose such a file."),
        Refused.BROKEN: _(
            "This file cannot be read. Perhaps it is damaged. Please save it anew, or choose another one."
        ),
        Refused.TOO_MANY_PIXELS: _("This picture has too many pixels. Please make it smaller first."),
        Refused.TOO_LONG: _("This picture is too long and narrow: Telegram does not take it."),
    }
    return words[why].replace("{number}", str(MAX_FILE // 1_000_000))


def _discarding(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/broadcasts/{broadcast_id:int}/discard", opt=needs(Right.MANAGE))
    async def ask(request: Asking, broadcast_id: FromPath[int]) -> Response[Any]:
        sheet = await look_at(site, broadcast_id)
        if sheet.event_page:
            return _of_event(request, sheet)
        if sheet.passes:
            return _sent(request, sheet)
        return site.page(request, "broadcasts/discard.html", **shared(site, request, sheet))

    @post("/admin/broadcasts/{broadcast_id:int}/discard", opt=needs(Right.MANAGE))
    async def discard(request: Asking, broadcast_id: FromPath[int]) -> Response[Any]:
        sheet = await look_at(site, broadcast_id)
        if sheet.event_page:
            return _of_event(request, sheet)
        async with site.database.write() as connection:
            gone = await discard_broadcast(connection, town_id=site.town_id, broadcast_id=broadcast_id)
            if gone:
                await note(site, connection, request, "broadcast.discard", None, title=sheet.broadcast.title)
        _ = site.say(request)
        if not gone:
            return _sent(request, sheet)
        return site.go_to("/admin/broadcasts", notice=_("The draft has been deleted."))

    def _of_event(request: Asking, sheet: Sheet) -> Response[None]:
        _ = site.say(request)
        return site.go_to(sheet.event_page, notice=_("These texts go only together with their event."), is_warning=True)

    def _sent(request: Asking, sheet: Sheet) -> Response[None]:
        _ = site.say(request)
        if sheet.active is not None:
            notice = _("This message cannot be deleted any more: it is planned or being sent.")
        else:
            notice = _("This message cannot be deleted any more: it has been sent.")
        return site.go_to(sheet.here, notice=notice)

    return [ask, discard]
