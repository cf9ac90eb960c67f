"""The survey after an event: three questions of ours, put only to those who have been there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from admin.importing import Importer, kept_report
from admin.site import HERE, Site
from admin.survey_form import MOST_TITLE
from admin.viewing import Asking, note
from dialogues.event import read_wording
from dialogues.splitting import shorten
from storage.queries.events import EventFacts
from storage.services.asking import begin_asking
from storage.services.surveys import import_questionnaire

QUESTIONS = HERE.parent / "dialogues" / "questionnaires" / "after_an_event.xlsx"
"""What is asked: whether they liked it, whether they understood everything, whether they would come again."""


async def ask_afterwards(site: Site, importer: Importer, request: Asking, event: EventFacts) -> bool:
    """Have those who come to an event asked when it is over; False: not now, the server is busy."""
    workbook = await asyncio.to_thread(QUESTIONS.read_bytes)
    report = await importer.check(workbook, "xlsx", QUESTIONS.stem)
    if not report.good:
        return False
    titles = report.titles or {}
    async with site.database.write() as connection:
        questionnaire_id = await import_questionnaire(
            connection,
            town_id=site.town_id,
            name=QUESTIONS.stem,
            file_type="xlsx",
            workbook=workbook,
            xform=report.xform,
            titles=titles,
            imported_on=site.now().astimezone(ZoneInfo(request.user.timezone)).date(),
            report=kept_report(report),
        )
        survey_id = await begin_asking(
            connection,
            town_id=site.town_id,
            event_id=event.id,
            questionnaire_id=questionnaire_id,
            titles=_titles(event, titles),
        )
        if survey_id is not None:
            await note(site, connection, request, "survey.open", survey_id)
    return True


def _titles(event: EventFacts, named: Mapping[str, str]) -> dict[str, str]:
    """What the survey is called: the questionnaire's titles, each with the event's in that language behind it."""
    texts = event.broadcast.texts
    return {
        language: shorten(": ".join(filter(None, (title, _title(texts[language].text)))), MOST_TITLE)
        if language in texts
        else title
        for language, title in named.items()
    }


def _title(text: str) -> str:
    return read_wording(text).title
