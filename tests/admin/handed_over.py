"""Hand-overs for tests: one that has begun, somebody who carries it on, and how its responses stand."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from admin.handing_over.carrier import Carrier
from admin.handing_over.servers import Servers
from admin.site import Site
from storage.models import HandOver, HandOverItem
from storage.services import handing_over
from storage.services.handing_over import Access
from tests.admin.openrosa_server import PASSWORD, TOKEN, USER, OpenRosaServer

HERE = Servers.named("127.0.0.1", any_port=True)


def access_to(server: OpenRosaServer) -> Access:
    """What signs in there."""
    if server.signs_in == "address":
        return Access(server.address)
    return Access(server.address, "", TOKEN) if server.signs_in == "token" else Access(server.address, USER, PASSWORD)


async def begun(
    site: Site,
    server: OpenRosaServer,
    survey_id: int,
    *,
    form_id: str | None = None,
    version: str | None = None,
    with_files: bool = False,
) -> int:
    """A hand-over that somebody has let begin."""
    place = HERE.place(server.address)
    async with site.database.write() as connection:
        found = await handing_over.prepare(
            connection,
            town_id=site.town_id,
            survey_id=survey_id,
            staff_id=None,
            purpose="Auswertung durch die Hochschule",
            server=place.host,
            place=place.bare,
            place_digest=place.digest,
            with_files=with_files,
            access=access_to(server),
            forms=[],
            now=site.now(),
        )
        number = await handing_over.begin(
            connection, town_id=site.town_id, hand_over_id=found, form_id=form_id, form_version=version, now=site.now()
        )
    assert number
    return found


def carrier(site: Site, *, patience: float = 2.0, servers: Servers = HERE) -> Carrier:
    return Carrier(site.database, site.town_id, servers, now=site.now, patience=patience)


async def stands(site: Site, hand_over_id: int) -> HandOver:
    """The row of a hand-over."""
    async with site.database.read() as connection:
        row = (await connection.execute(select(HandOver.__table__).where(HandOver.id == hand_over_id))).one()
    return HandOver(**row._mapping)


async def counts(site: Site, hand_over_id: int) -> dict[str, int]:
    """How many responses are in which state."""
    async with site.database.read() as connection:
        found = await connection.scalars(select(HandOverItem.state).where(HandOverItem.hand_over_id == hand_over_id))
        return dict(Counter(found))
