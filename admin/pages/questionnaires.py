"""Questionnaires: which there are, what each asks, and taking one in from a file after a check."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.access import Right, needs
from admin.downloads import download
from admin.exports.codebook import BLANK
from admin.glance import Glance, form_of, glance, questions_of
from admin.importing import (
    MAX_FILE,
    MOST_BYTES,
    Importer,
    Report,
    Trouble,
    Upload,
    check_revision,
    kept_report,
    named,
    read_kept,
)
from admin.media import kept_files, media_type
from admin.reasons import Line, Say, help_for, is_about_file, report_lines, trouble_in
from admin.site import HERE, Site, title_in
from admin.viewing import Asking, note
from admin.wrapping import as_zip
from dialogues.forms.sheets.titles import title_of_name
from dialogues.forms.wording import language_code
from dialogues.texts import LANGUAGES, NAMES
from storage.models import AttachmentKind
from storage.queries.questionnaires import (
    FileFacts,
    QuestionnaireFacts,
    find_questionnaire,
    find_version,
    list_files,
    list_questionnaires,
    load_every_file,
    load_medium,
    load_report,
    load_workbook,
)
from storage.queries.staff import list_entries
from storage.queries.town import load_town
from storage.services import audit
from storage.services.questionnaire_files import KeptFile, digest_of
from storage.services.surveys import import_questionnaire, keep_report, remove_questionnaire

MOST_BODY = MOST_BYTES + 2 * MAX_FILE
"""Bytes of an upload that are read at all; so a file that is a little too large gets a clear answer."""
MOST_MISSING = 10
"""Missing texts that are shown at once; the others are folded."""
EXAMPLE = HERE.parent / "dialogues" / "questionnaires" / "what_should_happen_on_the_square.xlsx"
"""One of our ready questionnaires, for those who write their first."""
_LOG = 1000
"""Entries of the log that are looked through for the moments at which questionnaires were taken in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A questionnaire in the list, with what tells it from another of the same title.

    ``version``: as its author wrote it, or "". ``taken_in``: the moment, where the log tells it, else None.
    """

    facts: QuestionnaireFacts
    glance: Glance
    version: str
    taken_in: datetime | None

    @property
    def file(self) -> str:
        """The name of the file it came from."""
        return f"{self.facts.name}.{self.facts.file_type}"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the guide on writing questionnaires."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was not taken: one sentence, and the lines of the check's report; ``notes``: what else was noticed.

    ``help``: the sections of the guide that say more.
    """

    file: str
    reason: str
    lines: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    help: tuple[Section, ...] = ()


def routes(site: Site) -> list[BaseRouteHandler]:
    """The pages of questionnaires."""
    importer = Importer()

    async def found(questionnaire_id: int) -> QuestionnaireFacts:
        async with site.database.read() as connection:
            facts = await find_questionnaire(connection, site.town_id, questionnaire_id)
        if facts is None:
            raise NotFoundException
        return facts

    async def listed(request: Asking, refusal: Refusal | None = None) -> Response[str]:
        return site.page(
            request,
            "questionnaires/list.html",
            status=422 if refusal else 200,
            entries=await entries_of(site),
            refusal=refusal,
            language_names=NAMES,
            megabytes=MAX_FILE // 1_000_000,
            megabytes_of_files=MOST_BYTES // 1_000_000,
        )

    async def version(data: bytes, files: Sequence[KeptFile] = ()) -> int | None:
        digest = await asyncio.to_thread(digest_of, data, files)
        async with site.database.read() as connection:
            return await find_version(connection, site.town_id, digest)

    async def report_of(facts: QuestionnaireFacts, files: Sequence[FileFacts]) -> Report:
        """What was found when it was taken in; found anew, once, where that was not kept or by another check."""
        async with site.database.read() as connection:
            told = await load_report(connection, facts.id, check_revision())
            workbook = b"" if told is not None else await load_workbook(connection, site.town_id, facts.id) or b""
        if told is not None:
            return read_kept(told)
        report = await importer.check(
            workbook,
            facts.file_type,
            facts.name,
            files=[Upload(file, content) for file, content in facts.files],
            there=[each.name for each in files if each.kind != AttachmentKind.DATA],
        )
        if report.trouble is None:
            async with site.database.write() as connection:
                await keep_report(connection, questionnaire_id=facts.id, report=kept_report(report))
        return report

    async def kept(request: Asking, report: Report, files: Sequence[KeptFile]) -> int:
        now = site.now()
        async with site.database.write() as connection:
            questionnaire_id = await import_questionnaire(
                connection,
                town_id=site.town_id,
                name=report.name,
                file_type=report.file_type,
                workbook=report.workbook,
                xform=report.xform,
                titles=report.titles or {},
                files=files,
                imported_on=now.astimezone(ZoneInfo(request.user.timezone)).date(),
                report=kept_report(report),
            )
            await audit.record(
                connection,
                town_id=site.town_id,
                staff_id=request.user.id,
                action="questionnaire.import",
                now=now,
                questionnaire=questionnaire_id,
                file=f"{report.name}.{report.file_type}",
            )
        return questionnaire_id

    @get("/admin/questionnaires", opt=needs(Right.MANAGE))
    async def overview(request: Asking) -> Response[str]:
        return await listed(request)

    @post("/admin/questionnaires", opt=needs(Right.MANAGE), request_max_body_size=MOST_BODY)
    async def take(request: Asking) -> Response[Any]:
        _ = site.say(request)
        form = await request.form()
        upload = form.get("file")
        if not isinstance(upload, UploadFile) or not upload.filename:
            return await listed(request, Refusal("", _("Please choose a file first.")))
        name, file_type = named(upload.filename)
        shown = f"{name}.{file_type}" if file_type else name
        data = await upload.read((MOST_BYTES if file_type == "zip" else MAX_FILE) + 1)
        beside = [
            Upload(each.filename, await each.read(MOST_BYTES + 1))
            for each in form.getall("files", [])
            if isinstance(each, UploadFile) and each.filename
        ]
        known = _("This very file is here already. Nothing has changed.")
        found = await version(data) if not beside and file_type != "zip" else None
        if found is not None:
            return site.go_to(f"/admin/questionnaires/{found}", notice=known)
        async with site.database.read() as connection:
            town = await load_town(connection, site.town_id)
        report = await importer.check(data, file_type, name, language=town.default_language, files=beside)
        if not report.good:
            return await listed(request, _refusal(shown, report, _))
        files = kept_files(report.files)
        found, notice = await version(report.workbook, files), known
        if found is None:
            # what is missing is said on the page, together with that it has been taken in
            is_whole = not report.lacking and not report.doubts
            notice = _("The questionnaire is good and has been taken in.") if is_whole else ""
            try:
                found = await kept(request, report, files)
            except IntegrityError:  # somebody took in the same file at the same moment
                found = await version(report.workbook, files)
        return site.go_to(f"/admin/questionnaires/{found}", notice=notice)

    @get("/admin/questionnaires/{questionnaire_id:int}", opt=needs(Right.MANAGE))
    async def one(request: Asking, questionnaire_id: FromPath[int]) -> Response[str]:
        facts = await found(questionnaire_id)
        _ = site.say(request)
        seen = glance(await form_of(facts.xform, facts.files))
        async with site.database.read() as connection:
            files = await list_files(connection, questionnaire_id)
            town = await load_town(connection, site.town_id)
        report = await report_of(facts, files)
        questions = await questions_of(
            facts.xform, site.language(request), site.texts, town.default_language, facts.files
        )
        return site.page(
            request,
            "questionnaires/one.html",
            questionnaire=facts,
            entry=await entry_of(site, facts),
            glance=seen,
            hidden_title=hidden_title(facts, seen.own),
            lacking=report_lines(report.lacking, _),
            most_missing=MOST_MISSING,
            files=files,
            kinds=_kinds(_),
            question_kinds=_question_kinds(_),
            size=size_of,
            differences=report_lines(report.differences, _),
            completeness=_others(report.languages),
            questions=questions,
            blank=BLANK if any(BLANK in each.text for each in questions) else "",
            notes=report_lines(report.notes, _),
            doubts=report_lines(report.doubts, _),
            problems=report_lines(report.problems, _),
            trouble=trouble_in(report.trouble, _) if report.trouble else "",
            language_names=NAMES,
        )

    @get("/admin/questionnaires/{questionnaire_id:int}/workbook", opt=needs(Right.MANAGE))
    async def workbook(questionnaire_id: FromPath[int]) -> Response[bytes]:
        facts = await found(questionnaire_id)
        async with site.database.read() as connection:
            content = await load_workbook(connection, site.town_id, questionnaire_id)
        return download(content or b"", f"{_plain(facts)}.{facts.file_type}")

    @get("/admin/questionnaires/{questionnaire_id:int}/xlsx", opt=needs(Right.MANAGE))
    async def xlsx(request: Asking, questionnaire_id: FromPath[int]) -> Response[Any]:
        facts = await found(questionnaire_id)
        async with site.database.read() as connection:
            content = await load_workbook(connection, site.town_id, questionnaire_id) or b""
        made = await importer.convert(content, facts.file_type)
        if isinstance(made, Trouble):
            _ = site.say(request)
            return site.go_to(f"/admin/questionnaires/{questionnaire_id}", notice=trouble_in(made, _))
        return download(made, f"{_plain(facts)}.xlsx")

    @get("/admin/questionnaires/{questionnaire_id:int}/files/{name:str}", opt=needs(Right.MANAGE))
    async def shown(questionnaire_id: FromPath[int], name: FromPath[str]) -> Response[bytes]:
        async with site.database.read() as connection:
            medium = await load_medium(connection, site.town_id, questionnaire_id, name)
        if medium is None:
            raise NotFoundException
        return Response(medium[1], media_type=media_type(*medium))

    @get("/admin/questionnaires/{questionnaire_id:int}/zip", opt=needs(Right.MANAGE))
    async def everything(questionnaire_id: FromPath[int]) -> Response[bytes]:
        facts = await found(questionnaire_id)
        async with site.database.read() as connection:
            content = await load_workbook(connection, site.town_id, questionnaire_id) or b""
            files = await load_every_file(connection, questionnaire_id)
        plain = _plain(facts)
        return download(await asyncio.to_thread(as_zip, plain, {facts.file_type: content}, files), f"{plain}.zip")

    @get("/admin/questionnaires/example", opt=needs(Right.MANAGE))
    async def example() -> Response[bytes]:
        return download(await asyncio.to_thread(EXAMPLE.read_bytes), EXAMPLE.name)

    @get("/admin/questionnaires/guide", opt=needs(Right.MANAGE))
    async def guide(request: Asking) -> Response[str]:
        return site.page(request, "questionnaires/guide.html")

    @get("/admin/questionnaires/{questionnaire_id:int}/remove", opt=needs(Right.MANAGE))
    async def ask_to_remove(request: Asking, questionnaire_id: FromPath[int]) -> Response[str]:
        return removal(request, await found(questionnaire_id))

    @post("/admin/questionnaires/{questionnaire_id:int}/remove", opt=needs(Right.MANAGE))
    async def remove(request: Asking, questionnaire_id: FromPath[int]) -> Response[Any]:
        facts = await found(questionnaire_id)
        async with site.database.write() as connection:
            gone = await remove_questionnaire(connection, town_id=site.town_id, questionnaire_id=questionnaire_id)
            if gone:
                title = title_in("")(facts.titles)
                action = "questionnaire.remove"
                await note(site, connection, request, action, None, questionnaire=questionnaire_id, title=title)
        if not gone:
            return removal(request, await found(questionnaire_id), status=409)
        _ = site.say(request)
        return site.go_to("/admin/questionnaires", notice=_("The questionnaire has been removed."))

    def removal(request: Asking, facts: QuestionnaireFacts, *, status: int = 200) -> Response[str]:
        return site.page(request, "questionnaires/remove.html", status=status, questionnaire=facts)

    return [overview, take, one, workbook, xlsx, shown, everything, example, guide, ask_to_remove, remove]


def hidden_title(facts: QuestionnaireFacts, own: str) -> str:
    """The title that stands in ``form_title`` and that nobody sees: the own language has another. Empty: there is none.

    ``own``: the language of those whose language the questionnaire does not have.
    """
    title, others = facts.titles.get("", ""), {code: each for code, each in facts.titles.items() if code}
    is_seen = own not in others or title in others.values()
    return "" if is_seen or title == title_of_name(facts.name) else title


def _others(languages: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """The languages of a questionnaire that are none of ours; of ours, `Glance` tells."""
    return [(name, lacking) for name, lacking in languages if language_code(name) not in {*LANGUAGES, "default"}]


def _kinds(_: Say) -> Mapping[str, str]:
    """What the kinds of files are called."""
    return {
        AttachmentKind.PHOTO: _("picture"),
        AttachmentKind.AUDIO: _("sound"),
        AttachmentKind.VIDEO: _("film"),
        AttachmentKind.DATA: _("table"),
    }


def _question_kinds(_: Say) -> Mapping[str, str]:
    """What is expected as an answer, by the kind of a question."""
    number, skipped = _("a number"), _("skipped in the chat")
    return {
        "acknowledge": _("a tap, to confirm"),
        "audio": _("a voice message"),
        "barcode": _("a code, typed"),
        "date": _("a date"),
        "dateTime": _("a date and a time"),
        "decimal": number,
        "file": _("a file"),
        "geopoint": _("a place"),
        "geoshape": skipped,
        "geotrace": skipped,
        "image": _("a photo"),
        "integer": number,
        "range": number,
        "rank": _("all answers, in an order"),
        "select_multiple": _("several answers"),
        "select_one": _("one answer"),
        "text": _("a text"),
        "time": _("a time"),
        "video": _("a video"),
    }


def size_of(number: int) -> str:
    """A number of bytes for people: ``3 kB``, ``12 MB``."""
    return f"{max(1, round(number / 1000))} kB" if number < 1_000_000 else f"{round(number / 1_000_000)} MB"


def _plain(facts: QuestionnaireFacts) -> str:
    """The name of a questionnaire in plain letters."""
    return "".join(letter for letter in named(f"{facts.name}.")[0] if letter.isascii()) or "questionnaire"


async def entries_of(site: Site) -> list[Entry]:
    """All questionnaires of the town, the newest first."""
    async with site.database.read() as connection:
        found = await list_questionnaires(connection, site.town_id)
        moments = await _moments(connection, site.town_id)
    return [await _entry(each, moments) for each in found]


async def entry_of(site: Site, facts: QuestionnaireFacts) -> Entry:
    """One of them."""
    async with site.database.read() as connection:
        return await _entry(facts, await _moments(connection, site.town_id))


async def _entry(facts: QuestionnaireFacts, moments: Mapping[int, datetime]) -> Entry:
    form = await form_of(facts.xform)
    return Entry(facts, glance(form), form.version, moments.get(facts.id))


async def _moments(connection: AsyncConnection, town_id: int) -> dict[int, datetime]:
    """When questionnaires were taken in, by their ids, as far as the log tells it."""
    entries = await list_entries(connection, town_id=town_id, before=None, limit=_LOG)
    taken_in = (each for each in entries if each.action == "questionnaire.import")
    named = ((each.detail.get("questionnaire"), each.at) for each in taken_in)
    return {questionnaire: at for questionnaire, at in named if isinstance(questionnaire, int)}


def _refusal(file: str, report: Report, _: Say) -> Refusal:
    if report.trouble is not None:
        reason = trouble_in(report.trouble, _)
    elif all(map(is_about_file, report.problems)):
        reason = _("We cannot take in this file.")
    else:
        reason = _("Please correct this in the spreadsheet, save it, and take it in again:")
    titles = _sections(_)
    return Refusal(
        file,
        reason,
        report_lines(report.problems, _),
        report_lines((*report.doubts, *report.notes), _),
        tuple(Section(each, titles[each]) for each in help_for((*report.problems, *report.doubts))),
    )


def _sections(_: Say) -> Mapping[str, str]:
    """What the sections of the guide are about."""
    return {
        "sheets": _("Sheets and columns"),
        "questions": _("Types and names of questions"),
        "choices": _("Answers to choose from"),
        "languages": _("Several languages"),
        "conditions": _("Conditions"),
    }
