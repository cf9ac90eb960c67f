"""The results of a survey: what its latest release says, and what is held back and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.charts import WHOLE, Names, charts, not_counted
from admin.disclosure import needed
from admin.exports.codebook import AS_WRITTEN, Codebook
from admin.results import DIMENSIONS, Shown, book_of, release_if_due, shown
from admin.site import Site
from admin.viewing import Asking, Seen, look
from dialogues.texts import NAMES
from storage.models import SurveyState
from storage.queries.results import FreeText, free_texts

MOST_TEXTS = 500
"""Free texts on one page."""


@dataclass(frozen=True, slots=True)
class Held:
    """What of a release is held back. ``older``: the release that a breakdown is from, where that is not the latest."""

    few: bool
    none: bool
    others: bool
    older: int | None


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page of results."""

    @get("/admin/surveys/{survey_id:int}/results", opt=needs(Right.MANAGE))
    async def results(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        today = site.now().astimezone(ZoneInfo(request.user.timezone)).date()
        await release_if_due(site.database, town_id=site.town_id, survey_id=survey_id, today=today)
        seen = await look(site, survey_id)
        if seen.survey.state == SurveyState.DRAFT:
            _ = site.say(request)
            return site.go_to(f"/admin/surveys/{survey_id}", notice=_("This survey is not open yet."))
        async with site.database.read() as connection:
            found = await shown(connection, survey_id)
            book = await book_of(connection, survey_id)
            asked = [place for each in book.free_texts for place in each.refs.items()]
            closed = seen.survey.state == SurveyState.CLOSED
            texts = (
                await free_texts(connection, survey_id, asked, shown_only=True, limit=MOST_TEXTS)
                if asked and found and closed
                else []
            )
        return _page(site, request, seen, found, book, texts)

    return [results]


def _page(
    site: Site, request: Asking, seen: Seen, found: Shown | None, book: Codebook, texts: list[FreeText]
) -> Response[str]:
    by = request.query_params.get("by", WHOLE)
    by = by if by in DIMENSIONS else WHOLE
    offered = [each for each in book.languages if each in NAMES]
    wanted = request.query_params.get("labels", site.language(request))
    labels = wanted if wanted in offered else next(iter(offered), AS_WRITTEN)
    names = Names(site.say(request), site.language(request), labels, seen.town.areas, book)
    drawn = charts(found.results, book, names, by=by) if found else ()
    return site.page(
        request,
        "results/results.html",
        seen=seen,
        survey=seen.survey,
        found=found,
        charts=drawn,
        by=by,
        groups=_groups(found, names, by),
        dimensions=(WHOLE, *DIMENSIONS),
        held=_held(found, by, any(column.base is None for chart in drawn for column in chart.columns)),
        labels=labels,
        offered={each: NAMES[each] for each in offered},
        needed=needed(found.results.respondents.people if found else 0, smallest=seen.survey.smallest_group),
        texts=[
            (each.label(labels) or each.name, [one for one in texts if one.ref in each.refs.values()])
            for each in book.free_texts
        ],
        not_counted=[each.label(labels) for each in not_counted(book)],
    )


def _groups(found: Shown | None, names: Names, by: str) -> list[tuple[str, int]]:
    breakdown = found.results.respondents.by.get(by) if found and by else None
    cells = names.ordered(by, breakdown.cells) if breakdown else []
    return [(names.of(by, cell), cell.people) for cell in cells]


def _held(found: Shown | None, by: str, few: bool) -> Held:
    if found is None or not by:
        return Held(few=False, none=False, others=False, older=None)
    breakdown = found.results.respondents.by.get(by)
    if breakdown is None:
        return Held(few=False, none=True, others=False, older=None)
    older = breakdown.as_of if breakdown.as_of != found.results.respondents.as_of else None
    return Held(few=few, none=False, others=any(cell.others for cell in breakdown.cells), older=older)
