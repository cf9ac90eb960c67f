"""The results of a survey: what its latest release says, and what is held back and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.charts import WHOLE, Names, Question, Words, not_counted, questions, whom
from admin.disclosure import needed
from admin.exports.codebook import AGE, AS_WRITTEN, BLANK, Codebook, in_our_words
from admin.results import DIMENSIONS, Shown, book_of, release_if_due, shown, written
from admin.site import Site
from admin.viewing import Asking, Seen, look
from dialogues.markup import direction_of
from dialogues.texts import NAMES
from storage.models import SurveyState
from storage.queries.results import FreeText, free_texts, release_days

MOST_TEXTS = 500
"""Free texts on one page."""


@dataclass(frozen=True, slots=True)
class Held:
    """What of a view is held back or put together: too ``few`` in a group, no groups at all (``none``), ``others``."""

    few: bool
    none: bool
    others: bool


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
            days = await release_days(connection, survey_id)
            book = in_our_words(await book_of(connection, survey_id), site.texts, seen.town.default_language)
            texts: dict[str, list[FreeText]] = {each.name: [] for each in book.free_texts}
            if texts and found and seen.survey.state == SurveyState.CLOSED:
                of = await written(connection, survey_id, book)
                for each in await free_texts(connection, survey_id, of.keys(), shown_only=True, limit=MOST_TEXTS):
                    texts[of[each.version, each.ref].name].append(each)
        return _page(site, request, seen, found, days, book, texts)

    return [results]


def _page(
    site: Site,
    request: Asking,
    seen: Seen,
    found: Shown | None,
    days: Mapping[int, date],
    book: Codebook,
    texts: Mapping[str, list[FreeText]],
) -> Response[str]:
    chosen = request.query_params.get("by", WHOLE)
    chosen = chosen if chosen in DIMENSIONS else WHOLE
    offered = [each for each in book.languages if each in NAMES]
    wanted = request.query_params.get("labels", site.language(request))
    labels = wanted if wanted in offered else next(iter(offered), AS_WRITTEN)
    names = Names(site.say(request), site.language(request), labels, seen.town.areas, book)
    held = _held(found, chosen)
    by = WHOLE if held.none else chosen  # where no groups can be shown, everybody together can
    asked = questions(found.results, book, names, by=by) if found else ()
    counted = whom(found.results, by) if found else None
    not_drawn = [names.label(each.labels, each.name) for each in not_counted(book, found.results)] if found else []
    return site.page(
        request,
        "results/results.html",
        seen=seen,
        survey=seen.survey,
        found=found,
        days=days,
        counted=counted,
        questions=asked,
        by=by,
        chosen=chosen,
        groups=[(names.of(by, cell), cell.people) for cell in names.ordered(by, counted.cells)] if counted else [],
        dimensions=(WHOLE, *DIMENSIONS),
        held=held,
        labels=labels,
        offered={each: NAMES[each] for each in offered},
        direction=direction_of(labels),
        direction_of=direction_of,
        language_names=NAMES,
        pointless=_pointless(site.say(request), chosen, seen, book),
        needed=needed(found.results.respondents.people if found else 0, smallest=seen.survey.smallest_group),
        written={name: sorted(said, key=lambda each: each.value) for name, said in texts.items()},
        not_counted=not_drawn,
        blank=BLANK if _has_blanks(asked, not_drawn) else None,
        today=site.now().astimezone(ZoneInfo(request.user.timezone)).date(),
    )


def _held(found: Shown | None, by: str) -> Held:
    if found is None or not by:
        return Held(few=False, none=False, others=False)
    breakdown = found.results.respondents.by.get(by)
    if breakdown is None:
        return Held(few=False, none=True, others=False)
    questions = [each.by[by].cells for each in found.results.questions.values() if by in each.by]
    return Held(
        few=any(cell.options is None for cells in questions for cell in cells),
        none=False,
        others=any(cell.others for cells in (breakdown.cells, *questions) for cell in cells),
    )


def _pointless(say: Callable[[str], str], by: str, seen: Seen, book: Codebook) -> str:
    """Why nothing can be broken down, where the survey itself says so, whoever has answered; else empty."""
    _ = say
    path = frozenset.intersection(*map(seen.town.within, seen.survey.areas)) if seen.survey.areas else frozenset()
    only = next((each.name for each in seen.town.quarters() if each.id in path), None)
    if by == "area" and only is not None:
        return _("This survey is for %(area)s only: there is nothing to break down.") % {"area": only}
    if by == "age" and book.age is None:
        return _("This questionnaire has no question “%(name)s”: there is nothing to break down.") % {"name": AGE}
    return ""


def _has_blanks(asked: Iterable[Question], labels: Iterable[Words]) -> bool:
    options = (row.label for each in asked if each.chart for row in (*each.chart.rows, *each.chart.folded))
    return any(
        BLANK in each.text
        for each in (*labels, *options, *(words for each in asked for words in (each.label, *each.around)))
    )
