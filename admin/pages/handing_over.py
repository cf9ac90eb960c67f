"""Before responses are handed over: what would leave, to where, and what the server there says to that.

Nothing leaves from here. What somebody types to sign in there is never shown again, nor kept where a server refuses it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.downloads import download
from admin.exports.file_names import in_letters
from admin.exports.rows import (
    LONGEST_PURPOSE,
    SHORTEST_PURPOSE,
    RefusedError,
    purpose_of,
    reason_in,
)
from admin.handing_over.leaving import EncryptedError, Leaving, NotClosedError, leaving
from admin.handing_over.openrosa import CERTIFICATE, ELSEWHERE, Server, ServerForm, UnusableError
from admin.handing_over.servers import BadAddress, BadAddressError, Place
from admin.importing import Importer, Trouble
from admin.reasons import trouble_in
from admin.site import Site
from admin.viewing import Asking, text
from admin.wrapping import as_zip
from storage.queries.handing_over import hand_overs_of
from storage.queries.questionnaires import (
    QuestionnaireFacts,
    find_questionnaire,
    list_files,
    load_every_file,
    load_workbook,
)
from storage.queries.rows import Exported, survey_for_export
from storage.queries.surveys import find_survey
from storage.services import handing_over
from storage.services.handing_over import Access, Reason

CHECK_SECONDS = 15.0
"""How long somebody waits for each answer of the server."""
LONGEST_SECRET = 500
TAKEN_THERE = ("xlsx", "xls")
"""Kinds of workbooks that ODK Central and KoboToolbox take; questionnaires come here as others, too."""
WAYS = ("address", "token", "password")
"""How one signs in: by the address itself, by a token, by user and password."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody has typed to get in: where, and what with; or why that cannot be taken, by field."""

    place: Place | None
    access: Access | None
    way: str
    shown: str
    """The address, if there is no secret in it: only then it is shown again."""
    user: str
    faults: Mapping[str, str]


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page on which a hand-over is prepared, and the form to be taken along to the server."""
    return [*_preparing(site), *_forms(site)]


def _preparing(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/surveys/{survey_id:int}/hand-over", opt=needs(Right.EXPORT))
    async def ask(request: Asking, survey_id: FromPath[int]) -> Response[str]:
        found = await may_leave(site, request, survey_id)
        return found if isinstance(found, Response) else await _page(site, request, found)

    @post("/admin/surveys/{survey_id:int}/hand-over", opt=needs(Right.EXPORT))
    async def prepare(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        found = await may_leave(site, request, survey_id)
        if isinstance(found, Response):
            return found
        _, form = site.say(request), await request.form()
        typed = text(form, "purpose")
        purpose, sign_in = purpose_of(typed), read_sign_in(site, request, form)
        with_files = bool(text(form, "files"))
        faults = dict(sign_in.faults)
        if purpose is None:
            faults["purpose"] = _("Please write what the answers are for, in at least 10 letters.")
        forms: tuple[ServerForm, ...] = ()
        if sign_in.place and sign_in.access and not faults:
            try:
                forms = await asked(sign_in.place, sign_in.access)
            except UnusableError as error:
                faults["address"] = why(_, error.reason, error.said)
            else:
                faults |= {} if forms else {"address": _no_forms(_)}
        if faults or purpose is None or sign_in.place is None or sign_in.access is None:
            return await _page(site, request, found, sign_in, typed, with_files=with_files, faults=faults)
        return await _keep(site, request, found, sign_in.place, sign_in.access, purpose, forms, with_files=with_files)

    return [ask, prepare]


async def _keep(
    site: Site,
    request: Asking,
    found: Leaving,
    place: Place,
    access: Access,
    purpose: str,
    forms: tuple[ServerForm, ...],
    *,
    with_files: bool,
) -> Response[None]:
    async with site.database.write() as connection:
        hand_over_id = await handing_over.prepare(
            connection,
            town_id=site.town_id,
            survey_id=found.export.survey.id,
            staff_id=request.user.id,
            purpose=purpose,
            server=place.host,
            place=place.bare,
            place_digest=place.digest,
            with_files=with_files,
            access=access,
            forms=[{"id": each.form_id, "name": each.name, "version": each.version} for each in forms],
            now=site.now(),
        )
    return site.go_to(f"/admin/hand-overs/{hand_over_id}")


async def may_leave(site: Site, request: Asking, survey_id: int) -> Leaving | Response[str]:
    """What may leave of a survey, or the page that says why nothing may.

    Raises:
        NotFoundException: there is no such survey.
    """
    _ = site.say(request)
    async with site.database.read() as connection:
        survey = await survey_for_export(connection, site.town_id, survey_id)
    if survey is None:
        raise NotFoundException
    if not site.servers:
        reason = _("Handing over is not switched on here. Whoever runs Mitsprache can do that.")
        return _refused(site, request, survey, reason)
    try:
        found = await leaving(site.database, site.town_id, survey_id)
    except RefusedError as refused:
        return _refused(site, request, survey, reason_in(_, refused.reason))
    except NotClosedError:
        reason = _("The survey is still running. Answers can be handed over once it is closed.")
        return _refused(site, request, survey, reason)
    except EncryptedError:
        reason = _("The form wants answers encrypted with a key of its own (public_key). Mitsprache cannot do that.")
        return _refused(site, request, survey, reason)
    if found is None:
        raise NotFoundException
    return found


def _refused(site: Site, request: Asking, survey: Exported, reason: str) -> Response[str]:
    status = 200 if request.method == "GET" else 409
    return site.page(request, "handing_over/refused.html", status=status, survey=survey, reason=reason)


async def _page(
    site: Site,
    request: Asking,
    found: Leaving,
    sign_in: SignIn | None = None,
    purpose: str = "",
    *,
    with_files: bool = False,
    faults: Mapping[str, str] | None = None,
) -> Response[str]:
    async with site.database.read() as connection:
        earlier = await hand_overs_of(connection, site.town_id, found.export.survey.id)
        beside = await list_files(connection, found.questionnaire_id)
    return site.page(
        request,
        "handing_over/ask.html",
        status=422 if faults else 200,
        survey=found.export.survey,
        export=found.export,
        form_id=found.form_id,
        beside=[each.name for each in beside],
        servers=site.servers.names,
        earlier=earlier,
        typed={
            "address": sign_in.shown if sign_in else "",
            "way": sign_in.way if sign_in else WAYS[0],
            "user": sign_in.user if sign_in else "",
            "purpose": purpose,
            "files": with_files,
        },
        faults=faults or {},
        shortest=SHORTEST_PURPOSE,
        longest=LONGEST_PURPOSE,
    )


# --- signing in there -------------------------------------------------------------------------------------------------


def read_sign_in(site: Site, request: Asking, form: Any) -> SignIn:
    """What was typed into the fields ``address``, ``way``, ``user`` and ``secret``."""
    _ = site.say(request)
    typed, way = text(form, "address"), text(form, "way")
    user = text(form, "user").strip()[:LONGEST_SECRET]
    secret = text(form, "secret").strip()[:LONGEST_SECRET] if way != "address" else ""
    faults, place = {}, None
    try:
        place = site.servers.place(typed)
    except BadAddressError as error:
        faults["address"] = _bad(_, error)
    if way not in WAYS:
        faults["way"] = _("Please choose how to sign in there.")
    elif way == "address" and place and not place.signs_in:
        faults["address"] = _(
            "Nothing that signs in stands in this address. Is it the one of an App User? Otherwise choose another way."
        )
    elif way != "address" and not (secret.isprintable() and secret):
        faults["secret"] = _("Please write this as well: without it the server does not let us in.")
    if way == "password" and not user:
        faults["user"] = _("Please write this as well: without it the server does not let us in.")
    access = Access(place.address, user if way == "password" else "", secret) if place and not faults else None
    shown = place.address if place and not place.signs_in else ""
    return SignIn(place, access, way if way in WAYS else "", shown, user, faults)


def _bad(_: Callable[[str], str], error: BadAddressError) -> str:
    if error.reason is BadAddress.NOT_ALLOWED:
        return _(
            "Answers may not be handed over to {server}. Whoever runs Mitsprache has named the servers for which it is "
            "allowed: they stand above."
        ).format(server=error.host)
    return {
        BadAddress.NONE: _("This is no address of a server. It begins with https://"),
        BadAddress.NOT_HTTPS: _(
            "The address must begin with https://, so that nobody can read the answers on their way."
        ),
        BadAddress.NAMES_SOMEBODY: _("Please leave user and password out of the address. There are fields for them."),
    }[error.reason]


async def asked(place: Place, access: Access) -> tuple[ServerForm, ...]:
    """The forms that a server has for us.

    Raises:
        UnusableError: it does not let us in.
    """
    async with Server(place, access, patience=CHECK_SECONDS) as server:
        await server.greet()
        return await server.forms()


def why(_: Callable[[str], str], reason: str, said: str | None = None) -> str:
    """Why a server takes nothing, as a sentence."""
    if said == CERTIFICATE:
        return _(
            "The server cannot prove that it is the one it says (its certificate is not valid). So nothing is sent."
        )
    if said == ELSEWHERE:
        return _("The server leads on to another address. Please take the address to which it leads.")
    sentences = {
        Reason.ASKED: _("Somebody stopped it."),
        Reason.SIGN_IN: _("The server does not let us in. Is what signs in there right, and may it send to this form?"),
        Reason.NOT_FOUND: _("The server does not know this address, or not this form in this version."),
        Reason.NO_SERVER: _("What answers there is no server of ODK or KoboToolbox. Is the address complete?"),
        Reason.NO_ANSWER: _("The server does not answer, or only with errors. Please try again later."),
        Reason.REFUSED: _("The server has refused one response after another."),
        Reason.NOT_ALLOWED: _("Answers may not be handed over to this server any more."),
        Reason.NOT_CLOSED: _("The answers of this survey may not leave any more."),
    }
    return sentences.get(Reason(reason)) or reason


def _no_forms(_: Callable[[str], str]) -> str:
    return _(
        "The server lets us in, but it has no form for us yet. Upload the form there first, and give access to it."
    )


# --- the form for the server ------------------------------------------------------------------------------------------


def _forms(site: Site) -> list[BaseRouteHandler]:
    importer = Importer()

    async def workbook(facts: QuestionnaireFacts) -> tuple[str, bytes | Trouble]:
        """The workbook that it came from, with its ending; what no server takes, as .xlsx."""
        async with site.database.read() as connection:
            content = await load_workbook(connection, site.town_id, facts.id) or b""
        if facts.file_type in TAKEN_THERE:
            return facts.file_type, content
        return "xlsx", await importer.convert(content, facts.file_type)

    def sorry(request: Asking, survey_id: int, trouble: Trouble) -> Response[None]:
        notice = trouble_in(trouble, site.say(request))
        return site.go_to(f"/admin/surveys/{survey_id}/hand-over", notice=notice, is_warning=True)

    @get("/admin/surveys/{survey_id:int}/hand-over/xform", opt=needs(Right.EXPORT))
    async def xform(survey_id: FromPath[int]) -> Response[bytes]:
        facts, title = await _asked_now(site, survey_id)
        return download(facts.xform.encode(), f"{title}.xml")

    @get("/admin/surveys/{survey_id:int}/hand-over/xlsform", opt=needs(Right.EXPORT))
    async def xlsform(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        facts, title = await _asked_now(site, survey_id)
        ending, content = await workbook(facts)
        if isinstance(content, Trouble):
            return sorry(request, survey_id, content)
        return download(content, f"{title}.{ending}")

    @get("/admin/surveys/{survey_id:int}/hand-over/zip", opt=needs(Right.EXPORT))
    async def with_files(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        facts, title = await _asked_now(site, survey_id)
        ending, content = await workbook(facts)
        if isinstance(content, Trouble):
            return sorry(request, survey_id, content)
        async with site.database.read() as connection:
            files = await load_every_file(connection, facts.id)
        forms = {"xml": facts.xform.encode(), ending: content}
        return download(await asyncio.to_thread(as_zip, title, forms, files), f"{title}.zip")

    return [xform, xlsform, with_files]


async def _asked_now(site: Site, survey_id: int) -> tuple[QuestionnaireFacts, str]:
    """What the survey asks, and a plain name for files of it.

    Raises:
        NotFoundException: there is no such survey, or nothing is handed over here.
    """
    async with site.database.read() as connection:
        survey = await find_survey(connection, site.town_id, survey_id)
        facts = await find_questionnaire(connection, site.town_id, survey.questionnaire_id) if survey else None
    if survey is None or facts is None or not site.servers:
        raise NotFoundException
    return facts, in_letters(facts.name) or "form"
