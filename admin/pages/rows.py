"""Row export: one line a response, for whoever has the right, says what it is for, and is written into the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from babel.lists import format_list
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from admin.access import Right, needs
from admin.exports import semicolons
from admin.exports.codebook import AS_WRITTEN
from admin.exports.columns import Labels
from admin.exports.rows import (
    CODES,
    LONGEST_PURPOSE,
    SHORTEST_PURPOSE,
    Export,
    RefusedError,
    as_csv,
    file_name,
    gaps,
    in_our_wording,
    labels_of,
    prepare,
    purpose_of,
    reason_in,
    recorded,
    texts_left_out,
)
from admin.exports.with_files import MEDIA_TYPE as ZIPPED
from admin.exports.with_files import as_zip
from admin.site import Site
from admin.viewing import Asking, text
from dialogues.texts import NAMES
from storage.models import SurveyState


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page on which rows are asked for, and the download."""

    @get("/admin/surveys/{survey_id:int}/export", opt=needs(Right.EXPORT))
    async def ask(request: Asking, survey_id: FromPath[int]) -> Response[str]:
        try:
            export = await _prepared(site, survey_id)
        except RefusedError as refused:
            return _refuse(site, request, refused)
        return _page(site, request, export, chosen=_first_choice(export, site.language(request)))

    @post("/admin/surveys/{survey_id:int}/export", opt=needs(Right.EXPORT), status_code=200)
    async def download(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        try:
            export = await _prepared(site, survey_id)
        except RefusedError as refused:
            return _refuse(site, request, refused)
        form = await request.form()
        typed, chosen = text(form, "purpose"), text(form, "labels")
        purpose = purpose_of(typed)
        try:
            labels = labels_of(export, chosen)
        except ValueError:
            labels, chosen = None, ""
        faults = _faults(site.say(request), purpose, chosen)
        if purpose is None or faults:
            wants = bool(text(form, "files"))
            return _page(
                site, request, export, status=422, typed=typed, chosen=chosen, faults=faults, wants_files=wants
            )
        with_files = bool(text(form, "files")) and export.files.fetched > 0
        return await _send(site, request, export, purpose, labels, with_files=with_files)

    return [ask, download]


async def _prepared(site: Site, survey_id: int) -> Export:
    export = await prepare(site.database, site.town_id, survey_id)
    if export is None:
        raise NotFoundException
    return await in_our_wording(site.database, site.town_id, export, site.texts)


def _faults(_: Callable[[str], str], purpose: str | None, chosen: str) -> Mapping[str, str]:
    faults = {}
    if purpose is None:
        faults["purpose"] = _("Please write what the rows are for, in at least 10 letters.")
    if not chosen:
        faults["labels"] = _("Please choose what shall stand in the cells.")
    return faults


async def _send(
    site: Site, request: Asking, export: Export, purpose: str, labels: Labels, *, with_files: bool
) -> Stream:
    """The file, after it stands in the log that it goes."""
    async with site.database.write() as connection:
        await recorded(
            connection,
            town_id=site.town_id,
            staff_id=request.user.id,
            export=export,
            purpose=purpose,
            labels=labels,
            now=site.now(),
            with_files=with_files,
        )
    today = site.now().astimezone(ZoneInfo(request.user.timezone)).date()
    said, language = site.say(request), site.language(request)
    table = file_name(export.survey, language, today)
    if with_files:
        pieces, media_type = as_zip(site.database, export, labels=labels, say=said, table=table), ZIPPED
        name = file_name(export.survey, language, today, "zip")
    else:
        pieces, media_type, name = as_csv(site.database, export, labels=labels, say=said), semicolons.MEDIA_TYPE, table
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Stream(pieces, media_type=media_type, headers=headers)


def _first_choice(export: Export, language: str) -> str:
    return language if language in export.languages else CODES


def _page(
    site: Site,
    request: Asking,
    export: Export,
    *,
    status: int = 200,
    typed: str = "",
    chosen: str,
    wants_files: bool = False,
    faults: Mapping[str, str] | None = None,
) -> Response[str]:
    _ = site.say(request)
    choices = {CODES: _("names and values, as in the questionnaire")}
    for each in export.languages:
        choices[each] = _("labels as they are written") if each == AS_WRITTEN else NAMES.get(each, each)
    shown = {
        "survey": export.survey,
        "export": export,
        "choices": choices,
        "chosen": chosen,
        "typed": typed,
        "wants_files": wants_files,
        "faults": faults or {},
        "shortest": SHORTEST_PURPOSE,
        "longest": LONGEST_PURPOSE,
        "told": _told(_, export, site.language(request)),
        "gaps": gaps(_, export),
        "may_hand_over": bool(site.servers) and export.survey.state == SurveyState.CLOSED,
        "texts_left_out": texts_left_out(site.count(request), export.texts_withheld),
    }
    return site.page(request, "rows/export.html", status=status, **shown)


def _told(_: Callable[[str], str], export: Export, language: str) -> str:
    """What rows say, as far as there is a row that says it."""
    parts = [
        _("language") if export.without_language < export.number else "",
        _("area") if export.without_area < export.number else "",
        _("answers"),
    ]
    return format_list([each for each in parts if each], locale=language)


def _refuse(site: Site, request: Asking, refused: RefusedError) -> Response[str]:
    return site.page(
        request,
        "rows/refused.html",
        status=200 if request.method == "GET" else 409,
        survey=refused.survey,
        reason=reason_in(site.say(request), refused.reason),
    )
