"""One hand-over: letting it begin, watching it, stopping it, and taking up what is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.exports.rows import Export
from admin.handing_over.leaving import Leaving
from admin.handing_over.openrosa import CERTIFICATE, ELSEWHERE, NO_ANSWER, NO_CONNECTION, UnusableError
from admin.pages.handing_over import WAYS, asked, may_leave, read_sign_in, why
from admin.site import Site
from admin.viewing import Asking, note, text
from storage.models import HandOverState, ItemState
from storage.queries.files import FileCounts, count_files
from storage.queries.handing_over import HandOverFacts, SaidOften, find_hand_over, outcomes, reasons
from storage.queries.rows import Exported, survey_for_export
from storage.services import handing_over
from storage.services.handing_over import READY_LASTS, Reason, RunsAlreadyError

LISTED = "form"


@dataclass(frozen=True, slots=True)
class Seen:
    """A hand-over with what its page says."""

    facts: HandOverFacts
    survey: Exported
    counts: Mapping[ItemState, int]
    reasons: tuple[SaidOften, ...]
    files: FileCounts

    @property
    def whole(self) -> int:
        """How many responses it is about."""
        return sum(self.counts.values())

    @property
    def arrived(self) -> int:
        """How many the server has."""
        return self.counts[ItemState.ACCEPTED] + self.counts[ItemState.THERE]

    @property
    def to_come(self) -> int:
        """How many still wait, or are on their way."""
        return self.counts[ItemState.WAITING] + self.counts[ItemState.STARTED]

    @property
    def is_running(self) -> bool:
        """Whether it goes on by itself."""
        return self.facts.state == HandOverState.RUNNING


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page of a hand-over, its moving part, and its buttons."""
    return [*_watching(site), *_beginning(site), *_mending(site)]


async def _look(site: Site, request: Asking, hand_over_id: int) -> Seen:
    """A hand-over, with what its page says.

    Raises:
        NotFoundException: there is none; or somebody else has prepared it, and has not yet said that it may begin.
    """
    async with site.database.read() as connection:
        facts = await find_hand_over(connection, site.town_id, hand_over_id)
        survey = await survey_for_export(connection, site.town_id, facts.survey_id) if facts else None
        if facts is None or survey is None:
            raise NotFoundException
        if facts.state == HandOverState.READY and facts.staff_id != request.user.id:
            raise NotFoundException
        counts, said = await outcomes(connection, hand_over_id), await reasons(connection, hand_over_id)
        files = await count_files(connection, facts.survey_id, counted=survey.anonymous)
    return Seen(facts, survey, counts, said, files)


def _watching(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/hand-overs/{hand_over_id:int}", opt=needs(Right.EXPORT))
    async def one(request: Asking, hand_over_id: FromPath[int]) -> Response[Any]:
        seen = await _look(site, request, hand_over_id)
        if seen.facts.state == HandOverState.READY:
            return await _ready(site, request, seen)
        return _shown(site, request, seen)

    @get("/admin/hand-overs/{hand_over_id:int}/progress", opt=needs(Right.EXPORT))
    async def progress(request: Asking, hand_over_id: FromPath[int]) -> Response[str]:
        seen = await _look(site, request, hand_over_id)
        answer = site.page(request, "handing_over/progress.html", **_context(site, request, seen))
        if not seen.is_running:
            answer.headers["HX-Refresh"] = "true"
        return answer

    return [one, progress]


def _context(site: Site, request: Asking, seen: Seen) -> dict[str, Any]:
    _, facts = site.say(request), seen.facts
    return {
        "seen": seen,
        "it": facts,
        "survey": seen.survey,
        "files": seen.files,
        "why": why(_, facts.reason, facts.said) if facts.reason else "",
        "said": facts.said if facts.said and _ours(_, facts.said) is None else "",
        "reasons": [(each, _in_words(_, each)) for each in seen.reasons],
        "is_waiting": seen.is_running and facts.troubles > 0,
    }


def _shown(
    site: Site,
    request: Asking,
    seen: Seen,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response[str]:
    bare = "" if "…" in seen.facts.place else seen.facts.place
    return site.page(
        request,
        "handing_over/one.html",
        status=422 if faults else 200,
        typed=typed or {"address": bare, "way": WAYS[1 if bare else 0], "user": ""},
        faults=faults or {},
        servers=site.servers.names,
        can_go_on=bool(site.servers) and not seen.is_running and seen.arrived < seen.whole,
        **_context(site, request, seen),
    )


def _ours(_: Callable[[str], str], said: str) -> str | None:
    return {
        NO_ANSWER: _("no answer"),
        NO_CONNECTION: _("no connection"),
        CERTIFICATE: _("the certificate is not valid"),
        ELSEWHERE: _("leads on to another address"),
    }.get(said)


def _in_words(_: Callable[[str], str], each: SaidOften) -> str:
    """Why responses were not taken; what the server says is in its language."""
    if each.status == 409:
        return _("The server has this response already, with other content.")
    if each.reason:
        return _ours(_, each.reason) or each.reason
    if each.status is None:
        return _("no answer")
    return _("The server answered with the number {status}.").format(status=each.status)


# --- beginning --------------------------------------------------------------------------------------------------------


async def _ready(site: Site, request: Asking, seen: Seen, *, faults: Mapping[str, str] | None = None) -> Response[Any]:
    _, facts = site.say(request), seen.facts
    if site.now() - facts.created_at >= READY_LASTS:
        return _too_late(site, request, facts)
    found = await may_leave(site, request, facts.survey_id)
    if isinstance(found, Response):
        return found
    own = next((place for place, each in enumerate(facts.forms) if each["id"] == found.form_id), None)
    return site.page(
        request,
        "handing_over/ready.html",
        status=422 if faults else 200,
        it=facts,
        survey=seen.survey,
        export=found.export,
        files=found.export.files,
        form_id=found.form_id,
        own=own,
        other_version=own is not None and _other_version(found, facts.forms[own]["version"]),
        version=found.form_version,
        faults=faults or {},
    )


def _other_version(found: Leaving, version: str) -> bool:
    return version not in {each.version for each in found.forms.values()}


def _too_late(site: Site, request: Asking, facts: HandOverFacts) -> Response[None]:
    _ = site.say(request)
    notice = _("That took too long, so what signs in there was forgotten. Please begin anew. Nothing was sent.")
    return site.go_to(f"/admin/surveys/{facts.survey_id}/hand-over", notice=notice, is_warning=True)


def _beginning(site: Site) -> list[BaseRouteHandler]:
    @post("/admin/hand-overs/{hand_over_id:int}/begin", opt=needs(Right.EXPORT))
    async def begin(request: Asking, hand_over_id: FromPath[int]) -> Response[Any]:
        seen, _ = await _look(site, request, hand_over_id), site.say(request)
        found = await may_leave(site, request, seen.facts.survey_id)
        if isinstance(found, Response):
            return found
        if seen.facts.state != HandOverState.READY:
            return site.go_to(f"/admin/hand-overs/{hand_over_id}")
        chosen = _chosen(seen.facts, text(await request.form(), LISTED))
        if chosen is None:
            return await _ready(site, request, seen, faults={LISTED: _("Please choose the form there.")})
        is_own = chosen["id"] == found.form_id
        try:
            async with site.database.write() as connection:
                number = await handing_over.begin(
                    connection,
                    town_id=site.town_id,
                    hand_over_id=hand_over_id,
                    form_id=None if is_own else chosen["id"],
                    form_version=None if is_own else chosen["version"],
                    now=site.now(),
                )
                if number is not None:
                    await _note(site, connection, request, seen.facts, number, found.export)
        except RunsAlreadyError:
            return await _ready(site, request, seen, faults={LISTED: _runs_already(_)})
        if number is None and (await _look(site, request, hand_over_id)).facts.state == HandOverState.READY:
            return _too_late(site, request, seen.facts)
        return site.go_to(f"/admin/hand-overs/{hand_over_id}")  # it runs; somebody may have tapped twice

    @post("/admin/hand-overs/{hand_over_id:int}/discard", opt=needs(Right.EXPORT))
    async def discard(request: Asking, hand_over_id: FromPath[int]) -> Response[None]:
        seen, _ = await _look(site, request, hand_over_id), site.say(request)
        async with site.database.write() as connection:
            is_done = await handing_over.discard(connection, town_id=site.town_id, hand_over_id=hand_over_id)
        if not is_done:
            return site.go_to(f"/admin/hand-overs/{hand_over_id}")
        return site.go_to(f"/admin/surveys/{seen.facts.survey_id}/hand-over", notice=_("Nothing was sent."))

    return [begin, discard]


def _runs_already(_: Callable[[str], str]) -> str:
    return _("Another hand-over of this survey to this place is running. Please wait until it has ended.")


def _chosen(facts: HandOverFacts, place: str) -> Mapping[str, str] | None:
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else len(facts.forms)
    return facts.forms[number] if number < len(facts.forms) else None


async def _note(
    site: Site, connection: Any, request: Asking, facts: HandOverFacts, number: int, export: Export
) -> None:
    """What leaves to where is written down, and nothing that signs in there."""
    await note(
        site,
        connection,
        request,
        "rows.hand_over",
        facts.survey_id,
        server=facts.server,
        purpose=facts.purpose,
        rows=number,
        **export.files_noted(with_files=facts.with_files),
    )


# --- stopping and going on --------------------------------------------------------------------------------------------


def _mending(site: Site) -> list[BaseRouteHandler]:
    @post("/admin/hand-overs/{hand_over_id:int}/stop", opt=needs(Right.EXPORT))
    async def stop(request: Asking, hand_over_id: FromPath[int]) -> Response[None]:
        seen, _ = await _look(site, request, hand_over_id), site.say(request)
        async with site.database.write() as connection:
            is_done = await handing_over.stop(
                connection, town_id=site.town_id, hand_over_id=hand_over_id, reason=Reason.ASKED, now=site.now()
            )
            if is_done:
                server = seen.facts.server
                await note(site, connection, request, "rows.hand_over_stop", seen.facts.survey_id, server=server)
        notice = _("Stopped. What was on its way may still arrive.") if is_done else ""
        return site.go_to(f"/admin/hand-overs/{hand_over_id}", notice=notice)

    @post("/admin/hand-overs/{hand_over_id:int}/again", opt=needs(Right.EXPORT))
    async def again(request: Asking, hand_over_id: FromPath[int]) -> Response[Any]:
        seen, _ = await _look(site, request, hand_over_id), site.say(request)
        found = await may_leave(site, request, seen.facts.survey_id)
        if isinstance(found, Response):
            return found
        sign_in = read_sign_in(site, request, await request.form())
        faults = dict(sign_in.faults)
        if sign_in.place and not faults and sign_in.place.digest != seen.facts.place_digest:
            faults["address"] = _("This is another place than before. For another place, begin a new hand-over.")
        if not faults and sign_in.place and sign_in.access:
            try:
                await asked(sign_in.place, sign_in.access)
            except UnusableError as error:
                faults["address"] = why(_, error.reason, error.said)
        if faults or sign_in.access is None:
            typed = {"address": sign_in.shown, "way": sign_in.way, "user": sign_in.user}
            return _shown(site, request, seen, typed=typed, faults=faults)
        try:
            async with site.database.write() as connection:
                number = await handing_over.go_on(
                    connection,
                    town_id=site.town_id,
                    hand_over_id=hand_over_id,
                    access=sign_in.access,
                    staff_id=request.user.id,
                )
                if number is not None:
                    await _note(site, connection, request, seen.facts, number, found.export)
        except RunsAlreadyError:
            typed = {"address": sign_in.shown, "way": sign_in.way, "user": sign_in.user}
            return _shown(site, request, seen, typed=typed, faults={"address": _runs_already(_)})
        return site.go_to(f"/admin/hand-overs/{hand_over_id}")

    return [stop, again]
