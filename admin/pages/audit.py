"""The log: what somebody of the staff did that others may have to answer for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import BaseRouteHandler

from admin.access import Right, needs
from admin.exports.codebook import AS_WRITTEN
from admin.exports.command import UNNAMED_PURPOSE
from admin.exports.rows import CODES
from admin.site import Site, moment, title_in
from dialogues.texts import NAMES
from storage.queries.questionnaires import load_titles
from storage.queries.staff import Entry, list_entries

PAGE_SIZE = 50
_LARGEST = 2**53
"""No entry has a larger id."""


def routes(site: Site) -> list[BaseRouteHandler]:
    """The log, newest first."""

    @get("/admin/audit", opt=needs(Right.MANAGE))
    async def log(request: Request[Any, Any, Any]) -> Response[str]:
        before = _number(request.query_params.get("before"))
        async with site.database.read() as connection:
            entries = await list_entries(connection, town_id=site.town_id, before=before, limit=PAGE_SIZE + 1)
            named = [each.detail.get("questionnaire") for each in entries]
            titles = await load_titles(connection, site.town_id, {each for each in named if isinstance(each, int)})
        older = entries[PAGE_SIZE - 1].id if len(entries) > PAGE_SIZE else None
        return site.page(
            request,
            "audit.html",
            entries=entries[:PAGE_SIZE],
            older=older,
            is_first=before is None,
            says=lambda entry: said(entry, site.say(request)),
            details=lambda detail: details(detail, titles, site.language(request), site.say(request)),
        )

    return [log]


def _number(text: str | None) -> int | None:
    """An id from an address; whatever is none counts as not given."""
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else None
    return min(number, _LARGEST) if number else None


def says(_: Callable[[str], str]) -> dict[str, str]:
    """The kinds of entries, each as a sentence. One that is missing here is shown by its name."""
    return {
        "staff.add": _("An account was created."),
        "staff.remove": _("An account was removed."),
        "staff.translates": _("Somebody chose the languages they translate into."),
        "staff.password": _("A password was changed."),
        "staff.link": _("A chat was linked with an account."),
        "staff.unlink": _("A chat was unlinked from an account."),
        "area.add": _("Areas were added to the town."),
        "questionnaire.import": _("A questionnaire was taken in."),
        "questionnaire.remove": _("A questionnaire was removed."),
        "survey.create": _("A survey was created."),
        "survey.change": _("The draft of a survey was changed."),
        "survey.open": _("A survey was opened."),
        "survey.close": _("A survey was closed."),
        "survey.discard": _("The draft of a survey was deleted."),
        "texts.show": _("Free texts were read, and chosen for the results."),
        "rows.export": _("Answers were downloaded as a table."),
        "rows.hand_over": _("Answers were handed over to another server."),
        "rows.hand_over_stop": _("The handing over of answers was stopped."),
        "broadcast.create": _("A message was begun."),
        "broadcast.change": _("A message was changed."),
        "broadcast.audience": _("The recipients of a message were chosen."),
        "broadcast.discard": _("The draft of a message was deleted."),
        "broadcast.try": _("A message was tried out."),
        "broadcast.ask": _("A translation was asked for."),
        "broadcast.release": _("A translation was released."),
        "broadcast.send": _("The sending of a message was started."),
        "sending.pause": _("The sending of a message was paused."),
        "sending.resume": _("The sending of a message went on."),
        "sending.cancel": _("The sending of a message was cancelled."),
        "sending.correct": _("A message was corrected in the chats."),
        "sending.take_back": _("A message was taken back from the chats."),
        "sending.leave": _("Unclear messages were left as they are."),
        "sending.resend": _("Unclear messages were sent again."),
        "event.create": _("An event was begun."),
        "event.change": _("An event was changed."),
        "event.open": _("An event was opened for sign-up."),
        "event.cancel": _("An event was cancelled."),
        "event.cancel_date": _("One date of an event was cancelled."),
        "event.move_date": _("One date of an event was moved."),
        "event.duplicate": _("An event was duplicated."),
        "event.list": _("The list of an event was downloaded."),
        "event.discard": _("The draft of an event was deleted."),
        "bot.stop": _("The bot was stopped (emergency stop)."),
        "bot.go_on": _("The emergency stop was ended."),
        "settings.change": _("The settings were changed."),
    }


def said(entry: Entry, _: Callable[[str], str]) -> str:
    """An entry as a sentence."""
    if entry.action == "broadcast.send" and "wall" in entry.detail:
        return _("The sending of a message was planned.")
    return says(_).get(entry.action, entry.action)


def details(
    detail: Mapping[str, Any], titles: Mapping[int, Mapping[str, str]], language: str, _: Callable[[str], str]
) -> list[tuple[str, str]]:
    """What an entry holds besides, each with its name in words. What is missing here is shown as it is stored."""
    words = {
        "purpose": _("Purpose"),
        "format": _("Format"),
        "labels": _("Labels"),
        "rows": _("Rows"),
        "server": _("Server"),
        "read": _("Texts that were read"),
        "shown": _("Texts that the results show"),
        "questionnaire": _("Questionnaire"),
        "file": _("File"),
        "files": _("Files"),
        "files_lost": _("Files that were not fetched any more"),
        "name": _("Name"),
        "areas": _("Areas"),
        "rights": _("Rights"),
        "title": _("Title"),
        "released": _("Released in"),
        "language": _("Language"),
        "translates": _("Translates into"),
        "languages": _("Translates into"),
        "wall": _("Begins"),
        "quiet": _("Quiet hours"),
        "share": _("Messages a week"),
    }
    rights = {
        Right.MANAGE.value: _("manage surveys and broadcasts"),
        Right.EXPORT.value: _("download answers as a table"),
        Right.TRANSLATE.value: _("translate and release texts"),
    }

    def in_words(key: str, value: Any) -> str:
        match key:
            case "questionnaire" if isinstance(value, int) and value in titles:
                return title_in(language)(titles[value]) or str(value)
            case "wall":
                return _wall(str(value), language)
            case "labels":
                named = {CODES: _("none, codes only"), AS_WRITTEN: _("labels as they are written"), **NAMES}
                return named.get(str(value), str(value))
            case "files" if value == 0:
                return _("none went along")
            case "format":
                return str(value).upper()
            case "purpose" if value == UNNAMED_PURPOSE:
                return _("not said, on the command line")
            case "language":
                return NAMES.get(str(value), str(value))
            case "released" | "translates" | "languages" if isinstance(value, list | tuple):
                return ", ".join(NAMES.get(str(each), str(each)) for each in value) or _("none")
            case "rights" if isinstance(value, list | tuple):
                return ", ".join(rights.get(each, str(each)) for each in value) or _("none")
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

    return [(words.get(key, key), in_words(key, value)) for key, value in detail.items()]


def _wall(value: str, language: str) -> str:
    """A wall time, which is the town's already, as the language writes it."""
    try:
        return moment(datetime.fromisoformat(value).replace(tzinfo=UTC), language, "UTC")
    except ValueError:
        return value
