"""Try it: a survey as a resident would have it, in any language, beside it what would be stored. Counted nowhere."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.glance import form_of
from admin.site import Site
from admin.trial import MOST_LETTERS, Surroundings, Trial, begin, read, safe_html, send, speak, stored, tap, write
from admin.viewing import Asking, Seen, in_order, look, text
from dialogues.markup import direction_of
from dialogues.notice import notice
from storage.queries.questionnaires import media_of
from storage.services.trials import drop_trial, find_trial, hold_trial, keep_trial


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page on which a survey is tried out."""

    @get("/admin/surveys/{survey_id:int}/try", opt=needs(Right.MANAGE))
    async def show(request: Asking, survey_id: FromPath[int]) -> Response[str]:
        seen = await look(site, survey_id)
        about = await _about(site, request, seen)
        async with site.database.read() as connection:
            kept = await find_trial(connection, staff_id=request.user.id, survey_id=survey_id)
            media = await media_of(connection, about.questionnaire_id)
        trial = _going_on(site, request, about, kept)
        return site.page(
            request,
            "trial/try.html",
            seen=seen,
            survey=seen.survey,
            trial=trial,
            notice_text=safe_html(
                notice(site.texts.speak(trial.language), town=seen.town.name, office=seen.town.office)
            ),
            direction=direction_of(trial.language),
            questionnaire_id=about.questionnaire_id,
            media=media,
            stored=stored(trial, about, site.language(request)),
            language_names=in_order(seen.town.default_language),
            most_letters=MOST_LETTERS,
            tapped="tapped" in request.query_params,
        )

    @post("/admin/surveys/{survey_id:int}/try", opt=needs(Right.MANAGE))
    async def take(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        fields = await request.form()
        seen = await look(site, survey_id)
        about = await _about(site, request, seen)
        whose = {"staff_id": request.user.id, "survey_id": survey_id}
        async with site.database.write() as connection:
            held = await hold_trial(connection, **whose)
            if text(fields, "reset"):
                await drop_trial(connection, **whose)
            else:
                kept = _going_on(site, request, about, held)
                trial = _step(kept, about, fields)
                await keep_trial(connection, town_id=site.town_id, **whose, state=trial.as_data())
        return site.go_to(f"/admin/surveys/{survey_id}/try{'?tapped=1' if text(fields, 'tap') else ''}#now")

    return [show, take]


async def _about(site: Site, request: Asking, seen: Seen) -> Surroundings:
    return Surroundings(
        survey_id=seen.survey.id,
        questionnaire_id=seen.questionnaire.id,
        titles=seen.survey.titles,
        legal_basis=seen.survey.legal_basis,
        anonymous=seen.survey.anonymous,
        form=await form_of(seen.questionnaire.xform, seen.questionnaire.files),
        texts=site.texts,
        now=site.now().astimezone(ZoneInfo(request.user.timezone)),
    )


def _going_on(site: Site, request: Asking, about: Surroundings, kept: Any) -> Trial:
    """The trial as it was kept, else a new one; it begins in the same way each time, so that it need not be kept."""
    trial = read(kept, about) if kept is not None else None
    return trial or begin(about, site.language(request), seed=about.survey_id)


def _step(trial: Trial, about: Surroundings, fields: FormMultiDict) -> Trial:
    if language := text(fields, "speak"):
        return speak(trial, about, language)
    if pressed := text(fields, "tap"):
        number, _, key = pressed.partition(":")
        return tap(trial, about, int(number), key) if number.isascii() and number.isdigit() else trial
    if sent := text(fields, "send"):
        return send(trial, about, sent)
    return write(trial, about, text(fields, "text"))
