"""The form of a survey: a new draft from a questionnaire, and changing one that has not been opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.glance import form_of, glance
from admin.pages.questionnaires import Entry, entries_of, entry_of
from admin.site import Site
from admin.survey_form import (
    MOST_TITLE,
    Circumstances,
    Draft,
    Typed,
    fingerprint,
    judge,
    prefilled,
    read_form,
    typed_of,
)
from admin.viewing import Asking, in_order, look, note, text, texts, tree
from dialogues.texts import NAMES
from storage.models import SurveyState
from storage.queries.questionnaires import QuestionnaireFacts, find_questionnaire
from storage.queries.surveys import SurveyDetail, find_survey
from storage.queries.town import TownFacts, load_town
from storage.services.surveys import change_draft, draft_survey, hold_questionnaire


def routes(site: Site) -> list[BaseRouteHandler]:
    """The form for a new survey and for a draft."""
    writing = _Writing(site)

    @get("/admin/surveys/new", opt=needs(Right.MANAGE))
    async def new(request: Asking) -> Response[str]:
        sheet = await writing.blank(request, request.query_params.get("questionnaire"))
        if sheet is None:
            return site.page(request, "surveys/choose.html", entries=await entries_of(site), language_names=NAMES)
        return writing.page(request, sheet, prefilled(sheet.questionnaire.titles, sheet.town.default_language))

    @post("/admin/surveys/new", opt=needs(Right.MANAGE))
    async def create(request: Asking) -> Response[Any]:
        fields = await request.form()
        sheet = await writing.blank(request, text(fields, "questionnaire"))
        if sheet is None:
            return writing.gone(request)
        typed = read_form(lambda name: texts(fields, name))
        draft = judge(typed, sheet.around, site.say(request))
        if not isinstance(draft, Draft):
            return writing.page(request, sheet, typed, faults=draft)
        survey_id = await writing.create(request, sheet, draft)
        return writing.gone(request) if survey_id is None else writing.done(request, survey_id)

    @get("/admin/surveys/{survey_id:int}/edit", opt=needs(Right.MANAGE))
    async def edit(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        sheet = await writing.filled(request, survey_id)
        if sheet.survey is None or sheet.survey.state != SurveyState.DRAFT:
            return too_late(site, request, survey_id)
        return writing.page(request, sheet, typed_of(sheet.survey, sheet.around.zone), seen=fingerprint(sheet.survey))

    @post("/admin/surveys/{survey_id:int}/edit", opt=needs(Right.MANAGE))
    async def change(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        fields = await request.form()
        sheet = await writing.filled(request, survey_id)
        if sheet.survey is None or sheet.survey.state != SurveyState.DRAFT:
            return too_late(site, request, survey_id)
        typed, seen = read_form(lambda name: texts(fields, name)), text(fields, "seen")
        draft = judge(typed, sheet.around, site.say(request))
        if not isinstance(draft, Draft):
            return writing.page(request, sheet, typed, faults=draft, seen=seen)
        if await writing.change(request, survey_id, draft, seen):
            return writing.done(request, survey_id)
        sheet = await writing.filled(request, survey_id)
        if sheet.survey is None or sheet.survey.state != SurveyState.DRAFT:
            return too_late(site, request, survey_id)
        return writing.page(request, sheet, typed, seen=fingerprint(sheet.survey), stale=True)

    return [new, create, edit, change]


def too_late(site: Site, request: Asking, survey_id: int) -> Response[None]:
    """Say that somebody else was quicker: the survey is no draft any more."""
    _ = site.say(request)
    notice = _("This survey is no draft any more: somebody has opened it in the meantime.")
    return site.go_to(f"/admin/surveys/{survey_id}", notice=notice)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What a form is about. ``survey`` is None for a new one."""

    entry: Entry
    town: TownFacts
    around: Circumstances
    survey: SurveyDetail | None = None

    @property
    def questionnaire(self) -> QuestionnaireFacts:
        """What is put to the people."""
        return self.entry.facts


@dataclass(frozen=True, slots=True)
class _Writing:
    """Draws and keeps drafts."""

    site: Site

    async def blank(self, request: Asking, questionnaire: str | None) -> _Sheet | None:
        """The form for a new survey with the questionnaire of this id; None if there is none."""
        number = questionnaire or ""
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        async with self.site.database.read() as connection:
            town = await load_town(connection, self.site.town_id)
            facts = await find_questionnaire(connection, self.site.town_id, int(number))
        if facts is None:
            return None
        return _Sheet(await entry_of(self.site, facts), town, await self._around(request, facts, town))

    async def filled(self, request: Asking, survey_id: int) -> _Sheet:
        """The form of a survey as it is now. Raises ``NotFoundException``."""
        seen = await look(self.site, survey_id)
        around = await self._around(request, seen.questionnaire, seen.town)
        return _Sheet(await entry_of(self.site, seen.questionnaire), seen.town, around, seen.survey)

    async def _around(self, request: Asking, questionnaire: QuestionnaireFacts, town: TownFacts) -> Circumstances:
        return Circumstances(
            zone=ZoneInfo(request.user.timezone),
            now=self.site.now(),
            parents={area.id: area.parent_id for area in town.areas.values()},
            glance=glance(await form_of(questionnaire.xform, questionnaire.files)),
            default_language=town.default_language,
        )

    def page(
        self,
        request: Asking,
        sheet: _Sheet,
        typed: Typed,
        *,
        faults: Mapping[str, str] | None = None,
        seen: str = "",
        stale: bool = False,
    ) -> Response[str]:
        """The form as it was typed. ``seen``: the draft that its writer saw."""
        _ = self.site.say(request)
        here = f"/admin/surveys/{sheet.survey.id}" if sheet.survey else "/admin/surveys"
        return self.site.page(
            request,
            "surveys/form.html",
            status=409 if stale else 422 if faults else 200,
            heading=_("Edit the draft") if sheet.survey else _("New survey"),
            submit=_("Save") if sheet.survey else _("Save as a draft"),
            action=f"{here}/edit" if sheet.survey else f"{here}/new",
            back=here,
            seen=seen,
            typed=typed,
            faults=faults or {},
            stale=stale,
            questionnaire=sheet.questionnaire,
            entry=sheet.entry,
            areas=tree(sheet.town.areas),
            needed=sheet.around.needed,
            first=sheet.town.default_language,
            most_title=MOST_TITLE,
            language_names=in_order(sheet.town.default_language),
        )

    async def create(self, request: Asking, sheet: _Sheet, draft: Draft) -> int | None:
        """Keep a new draft; None: its questionnaire has been removed in the meantime."""
        async with self.site.database.write() as connection:
            if not await hold_questionnaire(connection, self.site.town_id, sheet.questionnaire.id):
                return None
            survey_id = await draft_survey(
                connection, town_id=self.site.town_id, questionnaire_id=sheet.questionnaire.id, **draft.arguments()
            )
            await note(self.site, connection, request, "survey.create", survey_id)
        return survey_id

    async def change(self, request: Asking, survey_id: int, draft: Draft, seen: str) -> bool:
        """Keep the changes, unless the draft is not the one that was ``seen``."""
        async with self.site.database.write() as connection:
            present = await find_survey(connection, self.site.town_id, survey_id, hold=True)
            if present is None or fingerprint(present) != seen:
                return False
            town_id = self.site.town_id
            if not await change_draft(connection, town_id=town_id, survey_id=survey_id, **draft.arguments()):
                return False
            await note(self.site, connection, request, "survey.change", survey_id)
        return True

    def gone(self, request: Asking) -> Response[None]:
        _ = self.site.say(request)
        return self.site.go_to(
            "/admin/surveys/new", notice=_("This questionnaire has been removed. Choose another one.")
        )

    def done(self, request: Asking, survey_id: int) -> Response[None]:
        _ = self.site.say(request)
        notice = _("The draft has been saved. Nobody is asked yet.")
        return self.site.go_to(f"/admin/surveys/{survey_id}", notice=notice)
