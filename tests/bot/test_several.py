"""Several processes serve a bot on PostgreSQL: each chat is still one lane, each delivery is sent once, and who goes is
replaced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.api import connect
from bot.lanes import BUNDLES, Lanes
from bot.service import Service
from bot.webhook import SECRET_HEADER, create_webhook, secret_of
from storage.models import Delivery, DeliveryState, FileState, InboxUpdate
from storage.places import Part, Place, ServedElsewhereError
from tests.bot.people import QUESTIONNAIRE
from tests.bot.sending import Office, eventually
from tests.bot.sent import ONE as PICTURE
from tests.bot.sent import settled as files_settled
from tests.bot.sessions import closing_at_once
from tests.bot.town import RESTART, Town, table
from tests.serving import served

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("stored_in", ["postgresql"], indirect=True, scope="session"),
]
R, W, D = Part.RECEIVER, Part.WORKER, Part.DELIVERY


@dataclass
class Shift:
    """The processes that serve a town now."""

    town: Town
    services: list[tuple[Part, Service]] = field(default_factory=list)

    async def comes(self, part: Part, *, address: str | None = None) -> Service:
        service = Service(
            bot=closing_at_once(connect(self.town.bot.token, self.town.ground.address)),
            database=self.town.database,
            texts=self.town.texts,
            town_id=self.town.id,
            pace=self.town.pace,
            only=part,
            address=address,
        )
        await service.__aenter__()
        self.services.append((part, service))
        return service

    async def goes(self, service: Service) -> None:
        self.services = [each for each in self.services if each[1] is not service]
        ended = [task for task in service._tasks if task.done()]
        await service.__aexit__(None, None, None)
        assert not ended, f"parts that have ended by themselves: {ended}"

    def all_of(self, part: Part) -> list[Service]:
        return [service for each, service in self.services if each is part]


@asynccontextmanager
async def shift(town: Town, *parts: Part) -> AsyncIterator[Shift]:
    """Let these processes serve a town instead of the one that did."""
    await town.close_doors()
    await asyncio.sleep(RESTART)  # else its last request for updates may still be open at Telegram
    town.service.lanes = Lanes()  # what the process that is gone had in its memory counts no more
    here = Shift(town)
    try:
        for part in parts:
            await here.comes(part)
        yield here
    finally:
        for _, service in list(here.services):
            await here.goes(service)
        await town.open_doors()


async def test_a_worker_takes_its_share_of_the_lanes_and_the_rest_when_the_others_go(town: Town) -> None:
    async with shift(town, R, D, W) as here:
        [first] = here.all_of(W)
        await eventually(lambda: _has(first, BUNDLES), lambda: f"all, but {len(first._place.bundles)}")
        second, third = await here.comes(W), await here.comes(W)
        await eventually(lambda: _have(22, first, second, third), lambda: "a third each")
        assert not first._place.bundles & second._place.bundles & third._place.bundles
        await here.goes(second)
        await here.goes(third)
        await eventually(lambda: _has(first, BUNDLES), lambda: "all again")


async def _has(service: Service, number: int) -> bool:
    return len(service._place.bundles) == number


async def _have(most: int, *services: Service) -> bool:
    return sum(len(service._place.bundles) for service in services) == BUNDLES and all(
        len(service._place.bundles) <= most for service in services
    )


async def test_interviews_go_on_while_workers_and_senders_come_and_go(town: Town) -> None:
    survey = await town.open_survey(table(QUESTIONNAIRE), "Nordstadt")
    residents = [await town.resident() for _ in range(6)]
    async with shift(town, R, W, W, D, D) as here:

        async def answers(index: int) -> None:
            resident = residents[index]
            await resident.arrive(survey.code)
            await resident.tap("Very much" if index % 2 else "Not at all")

        async def changes() -> None:
            for part in (W, D, W, D):
                await asyncio.sleep(0.5)
                await here.goes(here.all_of(part)[0])
                await here.comes(part)

        await asyncio.gather(*(answers(index) for index in range(6)), changes())
        await town.settled()
        for index, resident in enumerate(residents):
            assert (await resident.answers(survey))["home"] == ("y" if index % 2 else "n")
            questions = [message.text for message in resident.heard() if "home:" in message.text]
            assert len(questions) == 1, questions
    assert not await town.count(
        select(InboxUpdate).where(InboxUpdate.bot_id == town.bot.id, InboxUpdate.state != "done")
    )


async def test_a_message_to_many_leaves_through_three_senders_once(town: Town) -> None:
    office = Office(town)
    await office.has_no_quiet_hours()
    people = [await office.neighbour() for _ in range(12)]
    async with shift(town, R, W, D, D, D):
        number = await office.send()
        await office.comes_to(number, "done")  # type: ignore[arg-type]
    assert (await office.account(number)).sent == len(people)
    for resident in people:
        assert sum("party" in message.text for message in resident.heard()) == 1
    senders = {row.sender for row in await town.rows(select(Delivery.sender).where(Delivery.sending_id == number))}
    assert senders <= {1, 2, 3}


async def test_each_file_is_fetched_by_one_of_them(town: Town) -> None:
    survey = await town.open_survey(table(PICTURE), "Nordstadt")
    residents = [await town.resident() for _ in range(6)]
    async with shift(town, R, W, D, D, D):
        for resident in residents:
            await resident.arrive(survey.code)
        await asyncio.gather(*(resident.send_photo() for resident in residents))
        rows = await files_settled(town, survey)
    assert [row.state for row in rows] == [FileState.FETCHED] * len(residents)
    assert len(town.calls("getFile")) == len(residents)


async def test_what_a_sender_left_undecided_is_taken_over_by_another(town: Town) -> None:
    office = Office(town)
    await office.has_no_quiet_hours()
    await office.neighbour()
    number = await office.sent()
    async with town.database.write() as connection:  # as if sender 7 had been killed with this on its way
        await connection.execute(
            update(Delivery)
            .where(Delivery.sending_id == number)
            .values(state=DeliveryState.STARTED, sender=7, finished_at=None)
        )
    async with shift(town, R, W, D):
        await eventually(lambda: _uncertain(office, number), lambda: "it is known to be uncertain")


async def _uncertain(office: Office, number: int) -> bool:
    return (await office.account(number)).uncertain == 1


async def test_one_process_that_does_everything_and_parts_exclude_each_other(town: Town) -> None:
    other = Place(town.database, town.bot.id, W)
    with pytest.raises(ServedElsewhereError):
        await other.enter(patience=0)
    await other.leave()
    async with shift(town, W):
        alone = Place(town.database, town.bot.id)
        with pytest.raises(ServedElsewhereError):
            await alone.enter(patience=0)
        await alone.leave()
        polling, second = Place(town.database, town.bot.id, R), Place(town.database, town.bot.id, R)
        await polling.enter(patience=0)
        with pytest.raises(ServedElsewhereError):
            await second.enter(patience=0)
        by_webhook = Place(town.database, town.bot.id, R, polls=False)
        await by_webhook.enter(patience=0)
        for place in (polling, second, by_webhook):
            await place.leave()


async def test_updates_that_telegram_brings_are_stored_once_and_only_from_telegram(town: Town) -> None:
    apps: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await apps[0](scope, receive, send)

    async with shift(town, W, D) as here, served(app) as base:
        receiver = await here.comes(R, address=f"{base}/telegram")
        apps.append(create_webhook(receiver.receiver, receiver._bot, f"{base}/telegram"))
        strange = await town.control.post(f"{base}/telegram", json={"update_id": 1})
        assert strange.status_code == 403
        wrong = await town.control.post(f"{base}/telegram", json={"update_id": 1}, headers={SECRET_HEADER: "x" * 64})
        assert wrong.status_code == 403
        secret = {SECRET_HEADER: secret_of(town.bot.token)}
        for nonsense in (b"", b"[]", b"{", b'{"update_id": "1"}', b"[" * 100_000):
            answer = await town.control.post(f"{base}/telegram", content=nonsense, headers=secret)
            assert answer.status_code == 400, nonsense
        assert (await town.control.get(f"{base}/telegram", headers=secret)).status_code == 405
        assert (await town.control.post(f"{base}/other", json={}, headers=secret)).status_code == 404
        resident = await town.resident()
        await resident.start()
        assert resident.heard()
        again = (await town.updates())[-1].update_id
        before = len(await town.updates())
        answer = await town.control.post(f"{base}/telegram", json={"update_id": again}, headers=secret)
        assert answer.status_code == 200
        assert len(await town.updates()) == before


async def test_after_a_webhook_the_bot_asks_for_updates_again(town: Town) -> None:
    await town.control.post(
        f"{town.ground.address}/bot{town.bot.token}/setWebhook", json={"url": "http://127.0.0.1:1/telegram"}
    )
    resident = await town.resident()
    await resident.start()
    assert resident.heard()
