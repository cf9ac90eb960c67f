"""Surveys: which there are, each one with what to do next; opening it, watching it, closing it, discarding a draft."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.pages import drafts
from admin.pages.drafts import too_late
from admin.results import close_and_release
from admin.site import Site
from admin.survey_form import fingerprint, prefilled
from admin.viewing import Asking, Seen, in_order, is_early, is_past, look, names_of, note, phase_of, text
from storage.models import SurveyState
from storage.queries.files import count_files
from storage.queries.surveys import find_survey, list_surveys
from storage.queries.town import load_town
from storage.services.surveys import discard_draft, open_survey

FEW_GROUPS = 4
"""With fewer answers than so many of the smallest groups, results show next to nothing."""


def routes(site: Site) -> list[BaseRouteHandler]:
    """The pages of surveys, the form of a draft among them."""
    return [*drafts.routes(site), *_watching(site), *_opening(site), *_closing(site), *_discarding(site)]


def _watching(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/surveys", opt=needs(Right.MANAGE))
    async def overview(request: Asking) -> Response[str]:
        async with site.database.read() as connection:
            surveys = await list_surveys(connection, site.town_id)
            town = await load_town(connection, site.town_id)
        listed = [(each, phase_of(each, site.now()), names_of(each, town)) for each in surveys]
        return site.page(request, "surveys/list.html", surveys=listed)

    @get("/admin/surveys/{survey_id:int}", opt=needs(Right.MANAGE))
    async def one(request: Asking, survey_id: FromPath[int]) -> Response[str]:
        seen = await look(site, survey_id)
        may_export = request.user.may(Right.EXPORT)
        may_hand_over = may_export and bool(site.servers)
        return _page(site, request, "surveys/one.html", seen, may_export=may_export, may_hand_over=may_hand_over)

    @get("/admin/surveys/{survey_id:int}/participation", opt=needs(Right.MANAGE))
    async def participation(request: Asking, survey_id: FromPath[int]) -> Response[str]:
        return _page(site, request, "surveys/participation.html", await look(site, survey_id))

    return [overview, one, participation]


def _opening(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/surveys/{survey_id:int}/open", opt=needs(Right.MANAGE))
    async def ask_to_open(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, survey_id)
        if seen.survey.state != SurveyState.DRAFT:
            return too_late(site, request, survey_id)
        return _page(site, request, "surveys/open.html", seen)

    @post("/admin/surveys/{survey_id:int}/open", opt=needs(Right.MANAGE))
    async def open_it(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        promised = text(await request.form(), "seen")
        seen = await look(site, survey_id)
        async with site.database.write() as connection:
            survey = await find_survey(connection, site.town_id, survey_id, hold=True)
            same = survey is not None and fingerprint(survey) == promised == fingerprint(seen.survey)
            ready = same and not is_past(seen.survey, site.now()) and not seen.untitled
            opened = ready and await open_survey(connection, town_id=site.town_id, survey_id=survey_id)
            if opened:
                await note(site, connection, request, "survey.open", survey_id)
        _ = site.say(request)
        if opened:
            return site.go_to(f"/admin/surveys/{survey_id}", notice=_("The survey is open."))
        seen = await look(site, survey_id)
        if seen.survey.state != SurveyState.DRAFT:
            return too_late(site, request, survey_id)
        return _page(site, request, "surveys/open.html", seen, status=409, changed=True)

    return [ask_to_open, open_it]


def _closing(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/surveys/{survey_id:int}/close", opt=needs(Right.MANAGE))
    async def ask_to_close(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, survey_id)
        if seen.survey.state != SurveyState.OPEN:
            return _not_open(site, request, seen)
        return _page(site, request, "surveys/close.html", seen, waits=await _waits(site, seen))

    @post("/admin/surveys/{survey_id:int}/close", opt=needs(Right.MANAGE))
    async def close_it(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, survey_id)
        if seen.survey.state != SurveyState.OPEN:
            return _not_open(site, request, seen)
        if text(await request.form(), "understood") != "yes":
            return _page(
                site, request, "surveys/close.html", seen, status=422, unsure=True, waits=await _waits(site, seen)
            )
        if not await _close(site, request, survey_id):
            return _not_open(site, request, await look(site, survey_id))
        _ = site.say(request)
        notice = _("The survey is closed. These are the results.")
        return site.go_to(f"/admin/surveys/{survey_id}/results", notice=notice)

    return [ask_to_close, close_it]


async def _waits(site: Site, seen: Seen) -> bool:
    """Whether files are still to be fetched that closing would lose. Not how many: the survey is running."""
    async with site.database.read() as connection:
        return seen.survey.anonymous and (await count_files(connection, seen.survey.id)).waiting > 0


async def _close(site: Site, request: Asking, survey_id: int) -> bool:
    """Close it with its last release; returns whether it was open."""
    now = site.now()
    return await close_and_release(
        site.database,
        town_id=site.town_id,
        survey_id=survey_id,
        staff_id=request.user.id,
        now=now,
        today=now.astimezone(ZoneInfo(request.user.timezone)).date(),
    )


def _not_open(site: Site, request: Asking, seen: Seen) -> Response[None]:
    _ = site.say(request)
    draft = seen.survey.state == SurveyState.DRAFT
    notice = _("This survey is not open yet.") if draft else _("This survey is closed already.")
    return site.go_to(f"/admin/surveys/{seen.survey.id}", notice=notice)


def _discarding(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/surveys/{survey_id:int}/discard", opt=needs(Right.MANAGE))
    async def ask_to_discard(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, survey_id)
        if seen.survey.state != SurveyState.DRAFT:
            return too_late(site, request, survey_id)
        return _page(site, request, "surveys/discard.html", seen)

    @post("/admin/surveys/{survey_id:int}/discard", opt=needs(Right.MANAGE))
    async def discard(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, survey_id)
        async with site.database.write() as connection:
            gone = await discard_draft(connection, town_id=site.town_id, survey_id=survey_id)
            if gone:
                title = seen.survey.titles.get("", "")
                await note(site, connection, request, "survey.discard", None, title=title)
        if not gone:
            return too_late(site, request, survey_id)
        _ = site.say(request)
        return site.go_to("/admin/surveys", notice=_("The draft has been deleted."))

    return [ask_to_discard, discard]


def leftover(seen: Seen) -> list[str]:
    """The languages whose title is the questionnaire's still, where others were written by hand; else none."""
    first = prefilled(seen.questionnaire.titles, seen.town.default_language).titles
    titles = {language: title for language, title in seen.survey.titles.items() if language in first and title}
    same = [language for language in in_order(seen.town.default_language) if titles.get(language) == first[language]]
    return [language for language in same if language in titles] if len(same) < len(titles) else []


def _page(site: Site, request: Asking, template: str, seen: Seen, *, status: int = 200, **more: Any) -> Response[str]:
    now = site.now()
    shown = {
        "seen": seen,
        "survey": seen.survey,
        "phase": phase_of(seen.survey, now),
        "early": is_early(seen.survey, now),
        "past": is_past(seen.survey, now),
        "fingerprint": fingerprint(seen.survey),
        "language_names": in_order(seen.town.default_language),
        "leftover": leftover(seen),
        "is_few": seen.survey.completed < FEW_GROUPS * seen.survey.smallest_group,
        "changed": False,
        "unsure": False,
    }
    return site.page(request, template, status=status, **{**shown, **more})
