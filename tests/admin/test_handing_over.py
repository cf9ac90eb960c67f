"""Responses on their way to a server: each arrives once, whatever fails, and tells no more than the rows do."""

from __future__ import annotations

import asyncio
import re
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from aiohttp import web
from sqlalchemy import delete, insert, select, update

from admin.handing_over.servers import Servers
from admin.site import Site
from storage.models import Answer, HandOver, HandOverItem, ItemState, Response
from storage.services import carrying, handing_over
from storage.services.handing_over import Reason
from tests.admin.answered import Answered
from tests.admin.handed_over import access_to, begun, carrier, counts, stands
from tests.admin.office import Clock
from tests.admin.openrosa_server import (
    KEY,
    PASSWORD,
    USER,
    OpenRosaServer,
    answers,
    breaks_off,
    drips,
    hangs,
    raw,
    said,
)
from tests.admin.test_rows import put, release_texts
from tests.admin.test_rows_with_files import picture
from tests.admin.test_rows_with_files import put as put_with_files

FORM = """
| survey | | | | |
| | type | name | label | calculation |
| | start | begun | | |
| | deviceid | device | | |
| | integer | trees | Bäume? | |
| | text | idea | Ihre Idee? | |
| | calculate | greeting | | concat('Hallo ', ${idea}) |
| | calculate | moment | | now() |
| | begin_group | home | Zuhause | |
| | select_multiple wish | wishes | Was fehlt? | |
| | end_group | | | |
| | begin_repeat | child | Kind | |
| | integer | age | Alter | |
| | end_repeat | | | |
| choices | | | |
| | list_name | name | label |
| | wish | bench | Bänke |
| | wish | tree | Bäume |
"""
KEPT = {
    "begun": "2026-11-03T10:11:12.000+01:00",
    "meta/instanceID": "uuid:of-the-interview",
    "device": "a-device",
    "moment": "2026-11-03T10:12:00.000+01:00",
    "greeting": "Hallo Straße <&> \u0001",
    "child": "2",
}


def people(number: int = 11) -> list[Answered]:
    return [
        Answered(
            {
                "trees": str(place),
                "idea": f"Straße <{place}> & Ţară\nمرحبا",
                "home/wishes": "bench tree",
                "child[1]/age": "4",
                "child[2]/age": "7",
                **KEPT,
            }
        )
        for place in range(number)
    ]


@pytest.fixture
async def server() -> AsyncIterator[OpenRosaServer]:
    async with OpenRosaServer().running() as server:
        yield server


async def closed(site: Site, responses: Sequence[Answered] | None = None, *, anonymous: bool = True) -> int:
    return await put(site, people() if responses is None else responses, tables=(FORM,), anonymous=anonymous)


def trees(server: OpenRosaServer) -> list[Element]:
    return [fromstring(each) for each in server.held.values()]  # noqa: S314 (our own)


def texts(root: Element) -> dict[str, str]:
    """What stands in the leaves, by bare name."""
    return {each.tag.rpartition("}")[2]: each.text for each in root.iter() if not len(each) and each.text}


# --- what leaves ------------------------------------------------------------------------------------------------------


async def test_every_response_arrives_as_a_submission_of_the_form(site: Site, server: OpenRosaServer) -> None:
    hand_over = await begun(site, server, await closed(site, anonymous=False))
    await carrier(site).carry_all()
    assert await counts(site, hand_over) == {"accepted": 11}
    found = trees(server)
    assert {each.get("id") for each in found} == {"test"}
    assert sorted(int(texts(each)["trees"]) for each in found) == list(range(11))
    first = next(each for each in found if texts(each)["trees"] == "0")
    assert texts(first)["idea"] == "Straße <0> & Ţară\nمرحبا"
    assert texts(first)["begun"] == KEPT["begun"]
    assert [each.text for each in first.iter() if each.tag.endswith("age")] == ["4", "7"]
    row = await stands(site, hand_over)
    assert (row.state, row.access, row.reason) == ("done", None, None)


async def test_of_an_anonymous_survey_leaves_not_a_value_more_than_the_rows_have(
    site: Site, server: OpenRosaServer
) -> None:
    survey_id = await closed(site)
    async with site.database.write() as connection:  # what closing would have erased, to see that nothing lets it by
        ids = list(await connection.scalars(select(Response.id)))
        version = await connection.scalar(select(Answer.questionnaire_id).limit(1))
        for name, value in KEPT.items():
            await connection.execute(delete(Answer).where(Answer.ref == f"/data/{name}"))
            for each in ids:
                row = {"response_id": each, "ref": f"/data/{name}", "value": value, "language": "de"}
                more = {"questionnaire_id": version, "town_id": site.town_id, "shown": False}
                await connection.execute(insert(Answer).values(**row, **more))
    await begun(site, server, survey_id)
    await carrier(site).carry_all()
    assert len(server.held) == 11
    everything = b"".join(server.held.values())
    for hidden in ("2026-11", "of-the-interview", "a-device", "Hallo", "Straße", "Nordstadt"):
        assert hidden.encode() not in everything, hidden
    assert not any(each.bytes.hex() in everything.decode().replace("-", "") for each in ids)
    assert {name for each in trees(server) for name in texts(each)} == {"trees", "wishes", "age", "instanceID"}


async def test_a_free_text_of_an_anonymous_survey_leaves_once_somebody_has_released_it(
    site: Site, server: OpenRosaServer
) -> None:
    survey_id = await closed(site)
    await release_texts(site, "Straße <3> & Ţară\nمرحبا")
    await begun(site, server, survey_id)
    await carrier(site).carry_all()
    assert [texts(each)["idea"] for each in trees(server) if "idea" in texts(each)] == ["Straße <3> & Ţară\nمرحبا"]


async def test_the_order_of_arrival_tells_nothing_and_no_id_is_one_of_ours(site: Site, server: OpenRosaServer) -> None:
    hand_over = await begun(site, server, await closed(site, people(40)))
    await carrier(site).carry_all()
    assert [int(texts(each)["trees"]) for each in trees(server)] != list(range(40))
    async with site.database.read() as connection:
        items = list(
            await connection.execute(
                select(HandOverItem.response_id, HandOverItem.instance_id).where(HandOverItem.hand_over_id == hand_over)
            )
        )
    assert len({each.instance_id for each in items}) == 40
    assert not {each.instance_id for each in items} & {each.response_id for each in items}
    pattern = r"uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(pattern, each) for each in server.held)


async def test_who_is_in_no_figure_of_an_anonymous_survey_is_in_no_hand_over(
    site: Site, server: OpenRosaServer
) -> None:
    survey_id = await closed(site)
    async with site.database.write() as connection:
        some = await connection.scalar(select(Response.id).limit(1))
        await connection.execute(update(Response).where(Response.id == some).values(release=None))
    await begun(site, server, survey_id)
    await carrier(site).carry_all()
    assert len(server.held) == 10


async def test_a_form_that_is_called_otherwise_there_is_named_so(site: Site, server: OpenRosaServer) -> None:
    server.forms = {"aXyZ": ("Wohnen", "v7")}
    await begun(site, server, await closed(site), form_id="aXyZ", version="v7")
    await carrier(site).carry_all()
    assert {(each.get("id"), each.get("version")) for each in trees(server)} == {("aXyZ", "v7")}
    assert len(server.held) == 11


async def test_what_was_erased_meanwhile_does_not_leave(site: Site, server: OpenRosaServer) -> None:
    survey_id = await closed(site, anonymous=False)
    hand_over = await begun(site, server, survey_id)
    async with site.database.write() as connection:
        gone = list(await connection.scalars(select(Response.id).limit(4)))
        await connection.execute(delete(Response).where(Response.id.in_(gone)))
    await carrier(site).carry_all()
    assert (len(server.held), await counts(site, hand_over)) == (7, {"accepted": 7})


# --- how it signs in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signs_in", ["basic", "digest", "token"])
async def test_a_user_or_a_token_signs_in_as_the_server_wants_it(site: Site, signs_in: str) -> None:
    async with OpenRosaServer(flavour="kobo", signs_in=signs_in).running() as server:
        hand_over = await begun(site, server, await closed(site))
        await carrier(site).carry_all()
        assert await counts(site, hand_over) == {"accepted": 11}
        assert server.heads > 0


@pytest.mark.parametrize("signs_in", ["address", "basic", "digest", "token"])
async def test_who_is_not_let_in_stops_at_once_with_the_reason_and_has_sent_no_answer(
    site: Site, signs_in: str
) -> None:
    async with OpenRosaServer(signs_in=signs_in).running() as server:
        survey_id = await closed(site)
        right = access_to(server)
        wrong = handing_over.Access(right.address.replace(KEY, "wrong"), right.user, right.secret and "wrong")
        hand_over = await begun(site, server, survey_id)
        async with site.database.write() as connection:
            text = f'{{"address": "{wrong.address}", "user": "{wrong.user}", "secret": "{wrong.secret}"}}'
            await connection.execute(update(HandOver).values(access=text))
        await carrier(site).carry_all()
        row = await stands(site, hand_over)
        assert (row.state, row.access) == ("stopped", None)
        assert row.reason in {Reason.SIGN_IN, Reason.NOT_FOUND}
        assert server.posts == []
        assert await counts(site, hand_over) == {"waiting": 11}


async def test_a_server_that_is_not_named_any_more_gets_nothing(site: Site, server: OpenRosaServer) -> None:
    hand_over = await begun(site, server, await closed(site))
    await carrier(site, servers=Servers()).carry_all()
    row = await stands(site, hand_over)
    assert (row.state, row.reason, row.access) == ("stopped", Reason.NOT_ALLOWED, None)
    assert (server.heads, server.posts) == (0, [])


# --- what fails -------------------------------------------------------------------------------------------------------


async def go_on_until_settled(site: Site, clock: Clock, *, most: int = 40) -> None:
    """Somebody carries it on whenever it is due, for as long as that helps."""
    for _ in range(most):
        await carrier(site, patience=0.3).carry_all()
        clock.move(timedelta(minutes=11))


@pytest.mark.parametrize(
    "fault",
    [
        hangs,
        breaks_off,
        drips(slowly=True),
        answers(500),
        answers(502),
        answers(503, **{"Retry-After": "7"}),
        answers(429),
    ],
    ids=["hangs", "breaks off", "drips", "500", "502", "503", "429"],
)
async def test_whatever_fails_for_a_time_in_the_end_each_response_is_there_once(
    site: Site, clock: Clock, server: OpenRosaServer, fault: object
) -> None:
    server.fails = [fault] * 5  # type: ignore[list-item]
    hand_over = await begun(site, server, await closed(site))
    await go_on_until_settled(site, clock)
    assert await counts(site, hand_over) == {"accepted": 11}
    assert len(server.held) == 11
    assert len(trees(server)) == 11


@pytest.mark.parametrize(("flavour", "expected"), [("central", {"accepted": 8}), ("kobo", {"accepted": 4, "there": 4})])
async def test_what_arrived_without_our_hearing_of_it_is_sent_again_and_recognised(
    site: Site, clock: Clock, flavour: str, expected: dict[str, int]
) -> None:
    async with OpenRosaServer(flavour=flavour, signs_in="basic").running() as server:
        server.after = breaks_off
        hand_over = await begun(site, server, await closed(site, people(8)))
        await carrier(site).carry_all()
        assert (await counts(site, hand_over))["uncertain"] == 4
        assert len(server.held) == 4
        server.after = None
        await go_on_until_settled(site, clock)
        assert await counts(site, hand_over) == expected
        assert len(server.held) == 8
        assert len(server.posts) == 12


async def test_a_server_that_goes_down_half_way_finds_the_rest_waiting_when_it_is_back(
    site: Site, clock: Clock
) -> None:
    server = OpenRosaServer()
    async with server.running():
        server.fails = [server.store] * 4 + [breaks_off] * 4
        hand_over = await begun(site, server, await closed(site))
        await carrier(site).carry_all()
    clock.move(timedelta(minutes=1))
    await carrier(site).carry_all()
    row = await stands(site, hand_over)
    assert (row.state, row.troubles) == ("running", 2)
    found = await counts(site, hand_over)
    assert (found["accepted"], found["uncertain"] + found["waiting"]) == (4, 7)
    async with server.running():
        await go_on_until_settled(site, clock)
    assert (len(server.held), await counts(site, hand_over)) == (11, {"accepted": 11})


async def test_a_server_that_never_answers_is_left_after_an_hour_and_what_signs_in_there_is_wiped(
    site: Site, clock: Clock
) -> None:
    server = OpenRosaServer()
    async with server.running():
        hand_over = await begun(site, server, await closed(site))
    begin = clock()
    while (await stands(site, hand_over)).state == "running":
        await carrier(site).carry_all()
        row = await stands(site, hand_over)
        clock.time = max(clock.time, row.next_at or clock.time)
    assert (row.reason, row.access) == (Reason.NO_ANSWER, None)
    assert timedelta(minutes=30) < clock() - begin < timedelta(minutes=75)
    assert await counts(site, hand_over) == {"waiting": 11}


async def test_a_response_that_a_server_breaks_at_keeps_no_other_from_leaving(
    site: Site, clock: Clock, server: OpenRosaServer
) -> None:
    async def breaks_at_three(request: object) -> object:
        stored = await server.store(request)  # type: ignore[arg-type]
        if b"<trees>3</trees>" in server.posts[-1].xml:
            server.held = {name: xml for name, xml in server.held.items() if b"<trees>3</trees>" not in xml}
            return said(500, "boom")
        return stored

    server.always = breaks_at_three  # type: ignore[assignment]
    hand_over = await begun(site, server, await closed(site))
    await go_on_until_settled(site, clock)
    assert await counts(site, hand_over) == {"accepted": 10, "uncertain": 1}
    assert (await stands(site, hand_over)).state == "done"


async def test_a_response_that_the_server_has_with_other_content_is_refused_and_the_others_leave(
    site: Site, server: OpenRosaServer
) -> None:
    survey_id = await closed(site)
    hand_over = await begun(site, server, survey_id)
    await carrier(site).carry_all()
    await release_texts(site, "Straße <3> & Ţară\nمرحبا")
    second = await begun(site, server, survey_id)
    await carrier(site).carry_all()
    assert await counts(site, hand_over) == {"accepted": 11}
    assert await counts(site, second) == {"accepted": 10, "refused": 1}, "the same place knows them by the same ids"
    assert len(server.held) == 11


async def test_another_place_knows_responses_by_other_ids(site: Site, server: OpenRosaServer) -> None:
    survey_id = await closed(site)
    await begun(site, server, survey_id)
    async with OpenRosaServer().running() as other:
        await begun(site, other, survey_id)
        await carrier(site).carry_all()
        assert (len(server.held), len(other.held)) == (11, 11)
        assert not set(server.held) & set(other.held)


async def test_another_form_of_the_same_place_knows_responses_by_other_ids(site: Site, server: OpenRosaServer) -> None:
    """Somebody chose the wrong form of an account at first: the right one must not say that it has them already."""
    server.forms = {"wrong": ("Kinder", ""), "right": ("Wohnen", "")}
    survey_id = await closed(site)
    for form in ("wrong", "right", "right"):
        await begun(site, server, survey_id, form_id=form)
        await carrier(site).carry_all()
    assert len(server.held) == 22
    assert {each.get("id") for each in trees(server)} == {"wrong", "right"}


async def test_where_one_response_after_another_is_refused_the_rest_stays(site: Site, server: OpenRosaServer) -> None:
    server.always = answers(400, "This form does not take submissions any more")
    hand_over = await begun(site, server, await closed(site, people(80)))
    await carrier(site).carry_all()
    row = await stands(site, hand_over)
    assert (row.state, row.reason) == ("stopped", Reason.REFUSED)
    assert row.said == "This form does not take submissions any more"
    found = await counts(site, hand_over)
    assert found["refused"] == 52
    assert found["waiting"] == 28


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (answers(401), Reason.SIGN_IN),
        (answers(403), Reason.SIGN_IN),
        (answers(404, "The form your submission specified does not exist."), Reason.NOT_FOUND),
        (answers(405, "Form is not active"), Reason.REFUSED),
        (answers(200, "Welcome"), Reason.NO_SERVER),
        (raw(302, b"", Location="http://169.254.169.254/latest/meta-data"), Reason.NO_SERVER),
        (raw(201, b"<html>Please sign in to this network</html>"), Reason.NO_SERVER),
        (drips(), Reason.NO_SERVER),
    ],
    ids=["401", "403", "404", "405", "200", "302", "201 of a gateway", "endless"],
)
async def test_an_answer_that_others_would_get_too_stops_the_whole_hand_over(
    site: Site, server: OpenRosaServer, fault: object, reason: Reason
) -> None:
    server.always = fault  # type: ignore[assignment]
    hand_over = await begun(site, server, await closed(site))
    await carrier(site).carry_all()
    row = await stands(site, hand_over)
    assert (row.state, row.reason, row.access) == ("stopped", reason, None)
    assert set(await counts(site, hand_over)) <= {"waiting", "uncertain"}


async def test_what_a_server_says_is_bounded_cleaned_and_tells_no_secret(site: Site) -> None:
    async with OpenRosaServer(signs_in="basic").running() as server:
        nasty = f"you are \u202e{PASSWORD}\n<b>" + "x" * 5_000
        server.always = answers(400, nasty)
        hand_over = await begun(site, server, await closed(site))
        await carrier(site).carry_all()
        async with site.database.read() as connection:
            reasons = set(await connection.scalars(select(HandOverItem.reason)))
        (reason,) = reasons
        assert reason is not None
        assert len(reason) == 200
        assert reason.startswith("you are … <b>xxx")
        assert PASSWORD not in str((await stands(site, hand_over)).said)


@pytest.mark.parametrize(
    "echo",
    [
        f"Authorization: Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}",
        f"no \u2067{PASSWORD[:3]}\u2069{PASSWORD[3:]}",
    ],
    ids=["as it was sent", "hidden among signs that nobody sees"],
)
async def test_however_a_server_repeats_what_signs_in_it_is_not_kept(site: Site, echo: str) -> None:
    async with OpenRosaServer(signs_in="basic").running() as server:
        server.always = answers(400, echo)
        await begun(site, server, await closed(site))
        await carrier(site).carry_all()
        async with site.database.read() as connection:
            (reason,) = set(await connection.scalars(select(HandOverItem.reason)))
        assert reason in ("Authorization: Basic …", "no …")


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "aa">]><OpenRosaResponse><message>&a;</message></OpenRosaResponse>',
        b"<OpenRosaResponse>" * 3_000,
        b"\xff\xfe\x00",
        b"x" * 200_000,
        b"",
    ],
    ids=["entities", "deep", "no text", "long", "empty"],
)
async def test_hostile_answers_do_no_harm(site: Site, server: OpenRosaServer, body: bytes) -> None:
    server.always = raw(400, body)
    hand_over = await begun(site, server, await closed(site))
    await carrier(site).carry_all()
    assert await counts(site, hand_over) == {"refused": 11}
    async with site.database.read() as connection:
        assert set(await connection.scalars(select(HandOverItem.reason))) == {None}


# --- processes --------------------------------------------------------------------------------------------------------


async def test_a_process_that_is_killed_between_post_and_record_leaves_what_the_next_one_settles(
    site: Site, clock: Clock
) -> None:
    async with OpenRosaServer(flavour="kobo", signs_in="token").running() as server:
        hand_over = await begun(site, server, await closed(site))
        killed = carrier(site)

        async def dies(*_: object) -> None:
            raise asyncio.CancelledError

        killed._settle = dies  # type: ignore[method-assign, assignment]
        with pytest.raises(asyncio.CancelledError):
            await killed.carry_all()
        assert len(server.held) == 4
        assert (await counts(site, hand_over))["started"] == 4
        await carrier(site).carry_all()
        assert await counts(site, hand_over) == {"accepted": 7, "there": 4}
        assert len(server.held) == 11


KILLED = """
import asyncio, sys
from admin.handing_over.carrier import Carrier
from admin.handing_over.servers import Servers
from storage.database import Database

async def main(url, town_id):
    await Carrier(Database(url), int(town_id), Servers.named("127.0.0.1", any_port=True)).carry_all()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_process_that_is_killed_in_truth_loses_nothing_and_sends_nothing_twice(
    site: Site, database_url: str, clock: Clock
) -> None:
    clock.time = datetime.now(UTC)  # of the other process
    async with OpenRosaServer(flavour="kobo", signs_in="token").running() as server:
        hand_over = await begun(site, server, await closed(site))
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, database_url, str(site.town_id))

        async def kills(_: object) -> object:
            if len(server.held) == 6 and child.returncode is None:
                child.kill()
                await child.wait()
            return said(201, "")

        server.after = kills  # type: ignore[assignment]
        assert await child.wait() < 0
        server.after = None
        before = await counts(site, hand_over)
        assert before["started"] == 4
        clock.move(timedelta(seconds=120))
        await carrier(site).carry_all()
        found = await counts(site, hand_over)
        assert sum(found.values()) == 11 == len(server.held)
        assert set(found) == {"accepted", "there"}
        assert found["there"] >= 2


async def test_nobody_takes_up_what_another_process_carries_until_its_hold_ends(
    site: Site, clock: Clock, server: OpenRosaServer
) -> None:
    hand_over = await begun(site, server, await closed(site))
    async with site.database.write() as connection:
        portion = await carrying.claim(
            connection, hand_over_id=hand_over, runner="other", most=4, now=clock(), held_for=timedelta(seconds=60)
        )
    assert portion is not None
    await carrier(site).carry_all()
    assert server.posts == []
    clock.move(timedelta(seconds=61))
    await carrier(site).carry_all()
    assert len(server.held) == 11
    async with site.database.write() as connection:
        is_ours = await carrying.settle(
            connection,
            hand_over_id=hand_over,
            runner="other",
            outcomes={portion.items[0].response_id: carrying.Outcome(ItemState.REFUSED)},
            now=clock(),
        )
    assert not is_ours
    assert await counts(site, hand_over) == {"accepted": 11}


async def test_two_processes_at_once_send_nothing_twice(site: Site, server: OpenRosaServer) -> None:
    hand_over = await begun(site, server, await closed(site, people(30)))
    await asyncio.gather(*(carrier(site).carry_all() for _ in range(3)))
    await carrier(site).carry_all()
    assert len(server.posts) == 30
    assert await counts(site, hand_over) == {"accepted": 30}


async def test_somebody_stops_it_and_somebody_takes_it_up_again(site: Site, server: OpenRosaServer) -> None:
    hand_over = await begun(site, server, await closed(site))

    async def stop_after(request: object) -> object:
        async with site.database.write() as connection:
            await handing_over.stop(
                connection, town_id=site.town_id, hand_over_id=hand_over, reason=Reason.ASKED, now=site.now()
            )
        return await server.store(request)  # type: ignore[arg-type]

    server.fails = [stop_after]  # type: ignore[list-item]
    await carrier(site).carry_all()
    row = await stands(site, hand_over)
    assert (row.state, row.reason, row.access) == ("stopped", Reason.ASKED, None)
    assert await counts(site, hand_over) == {"accepted": 4, "waiting": 7}
    async with site.database.write() as connection:
        number = await handing_over.go_on(
            connection, town_id=site.town_id, hand_over_id=hand_over, access=access_to(server), staff_id=None
        )
    assert number == 7
    await carrier(site).carry_all()
    assert await counts(site, hand_over) == {"accepted": 11}
    assert len(server.posts) == 11


async def test_a_working_carrier_finds_what_was_begun_and_stops_in_the_middle_without_a_loss(
    site: Site, clock: Clock, server: OpenRosaServer
) -> None:
    hand_over = await begun(site, server, await closed(site))
    server.fails = [hangs] * 4
    async with carrier(site, patience=20).at_work():
        while server.fails:  # noqa: ASYNC110 (the server is no task of ours)
            await asyncio.sleep(0.02)
    assert (await counts(site, hand_over))["started"] == 4
    async with carrier(site).at_work():
        while (await stands(site, hand_over)).state == "running":  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.05)
    assert await counts(site, hand_over) == {"accepted": 11}


# --- files ------------------------------------------------------------------------------------------------------------


ALBUM = """
| survey |       |      |       |
|        | type  | name | label |
|        | image | p0   | A     |
|        | image | p1   | B     |
|        | image | p2   | C     |
|        | image | p3   | D     |
|        | image | p4   | E     |
"""


async def test_files_go_along_in_as_many_posts_as_the_server_wants(site: Site, server: OpenRosaServer) -> None:
    everybody = [Answered({f"p{each}": picture(10 * place + each) for each in range(5)}) for place in range(5)]
    server.most = 10_000
    await begun(site, server, await put_with_files(site, everybody, table=ALBUM, size=4_000), with_files=True)
    await carrier(site).carry_all()
    assert len(server.held) == 5
    named = [set(texts(each).values()) for each in trees(server)]
    assert sorted(map(sorted, server.files.values())) == sorted(
        sorted(name for name in each if name.endswith(".jpg")) for each in named
    )
    assert all(len(each) == 5 for each in server.files.values())
    assert len(server.posts) == 15, "three each: two files, two, and the last"
    assert sum("*isIncomplete*" in each.fields for each in server.posts) == 10
    assert len({each.xml for each in server.posts}) == 5, "the same submission each time"


@pytest.mark.parametrize("signs_in", ["basic", "digest"])
async def test_files_arrive_whole_however_one_signs_in(site: Site, signs_in: str) -> None:
    async with OpenRosaServer(flavour="kobo", signs_in=signs_in).running() as server:
        everybody = [Answered({"p0": picture(place)}) for place in range(5)]
        survey_id = await put_with_files(site, everybody, table=ALBUM, size=3_000_000)
        await begun(site, server, survey_id, with_files=True)
        await carrier(site, patience=20).carry_all()
        held = [content for files in server.files.values() for content in files.values()]
        assert sorted(held) == sorted(picture(place).encode().ljust(3_000_000, b"x") for place in range(5))


async def test_a_file_that_could_not_be_fetched_keeps_no_response_from_leaving(
    site: Site, server: OpenRosaServer
) -> None:
    everybody = [Answered({"p0": picture(place)}) for place in range(5)]
    survey_id = await put_with_files(site, everybody, table=ALBUM, failed=[picture(0)])
    await begun(site, server, survey_id, with_files=True)
    await carrier(site).carry_all()
    assert len(server.held) == 5
    assert sum(len(each) for each in server.files.values()) == 4


ROOMS = """
| survey | | | | |
| | type | name | label | calculation |
| | integer | trees | Bäume? | |
| | begin_repeat | room | Raum | |
| | image | photo | Foto | |
| | end_repeat | | | |
| | audio | voice | Stimme | |
| | calculate | copy | | ${voice} |
"""


@pytest.mark.parametrize("anonymous", [True, False])
async def test_unasked_neither_files_leave_nor_their_names(site: Site, server: OpenRosaServer, anonymous: bool) -> None:
    everybody = [
        Answered(
            {
                "trees": str(place),
                "room": "2",
                "room[1]/photo": picture(4 * place),
                "room[2]/photo": picture(4 * place + 1),
                "voice": picture(4 * place + 2),
                "copy": picture(4 * place + 2),
            }
        )
        for place in range(6)
    ]
    await begun(site, server, await put_with_files(site, everybody, table=ROOMS, anonymous=anonymous))
    await carrier(site).carry_all()
    assert len(server.held) == 6
    assert not any(server.files.values())
    assert not any(picture(each).encode() in xml for each in range(24) for xml in server.held.values())
    for each in trees(server):
        assert [(one.tag, one.text) for one in each.iter() if one.tag in ("photo", "voice")] == [
            ("photo", None), ("photo", None), ("voice", None),
        ], "asked, and empty: a server would wait for a file that it is told of"  # fmt: skip


async def test_a_server_that_takes_any_length_does_not_get_all_files_of_a_response_into_memory_at_once(
    site: Site, server: OpenRosaServer
) -> None:
    server.most = 99_999_999_999
    everybody = [Answered({f"p{each}": picture(each) for each in range(3)})] + [Answered({}) for _ in range(5)]
    survey_id = await put_with_files(site, everybody, table=ALBUM, size=9_000_000)
    await begun(site, server, survey_id, with_files=True)
    await carrier(site, patience=20).carry_all()
    assert sum(len(each) for each in server.files.values()) == 3
    assert max(len(each.files) for each in server.posts) == 2


async def test_what_is_erased_while_it_leaves_goes_no_further_and_no_empty_file_goes(
    site: Site, server: OpenRosaServer
) -> None:
    everybody = [Answered({f"p{each}": picture(10 * place + each) for each in range(5)}) for place in range(5)]
    server.most = 10_000
    survey_id = await put_with_files(site, everybody, table=ALBUM, size=4_000, anonymous=False)

    async def erase(_request: web.Request) -> web.StreamResponse:
        async with site.database.write() as connection:
            await connection.execute(delete(Response))
        return said(201, "full submission upload was successful!")

    server.after = erase
    hand_over = await begun(site, server, survey_id, with_files=True)
    await carrier(site).carry_all()
    assert server.posts
    assert all("*isIncomplete*" in each.fields for each in server.posts), "none has come to its end"
    assert all(len(content) == 4_000 for each in server.posts for content in each.files.values())
    assert await counts(site, hand_over) == {}
