"""The bot is killed between answers and the fetching of their files, and in the middle of it: no file is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
from sqlalchemy import select

from bot.simulator.settings import DEMO_BOT
from storage.models import Answer, AnswerFile, FileState
from tests.bot.people import Telephone
from tests.bot.test_killed import SECONDS, Town, founded

PICTURES = """
| survey |              |       |             |
|        | type         | name  | label       |
|        | image        | one   | First?      |
|        | image        | two   | Second?     |
|        | image        | three | Third?      |
|        | text         | words | Words?      |
"""
PEOPLE = 6
KILLS = 4


async def test_no_file_is_lost_whenever_the_bot_is_killed(empty_database_url: str, tmp_path: Path) -> None:
    async with (
        asyncio.timeout(SECONDS),
        founded(tmp_path, empty_database_url, questionnaire=PICTURES) as town,
        aiohttp.ClientSession() as http,
    ):
        slow = {"kind": "delay", "delay": 0.4, "methods": ["getFile"]}
        async with http.post(f"{town.base}/sim/faults", json=slow) as answer:
            assert answer.status == 201
        async with asyncio.TaskGroup() as group:
            for number in range(PEOPLE):
                group.create_task(sends_pictures(town, http, number))
            group.create_task(kill_again_and_again(town))
        async with http.delete(f"{town.base}/sim/faults"):
            pass
        while await states(town) != {FileState.FETCHED: 3 * PEOPLE}:  # noqa: ASYNC110 (another process works)
            await asyncio.sleep(0.1)
        async with town.database.read() as connection:
            named = Counter(await connection.scalars(select(Answer.value).where(Answer.ref.in_(REFS))))
            files = (await connection.execute(select(AnswerFile.name, AnswerFile.content, AnswerFile.file_id))).all()
    assert named == Counter(row.name for row in files)
    assert set(named.values()) == {1}
    assert all(row.content and row.file_id is None for row in files)


REFS = ("/data/one", "/data/two", "/data/three")


async def states(town: Town) -> Counter[str]:
    async with town.database.read() as connection:
        return Counter(await connection.scalars(select(AnswerFile.state)))


async def sends_pictures(town: Town, http: aiohttp.ClientSession, number: int) -> None:
    """Come by the poster, agree, and send a picture whenever one is asked for."""
    phone = Telephone(http, town.base, DEMO_BOT.username)
    await phone.arrive(f"Resident {number}")
    await phone.press_start(town.code)
    for label in ("I agree, go on", "Yes"):
        await tap(phone, label)
    for question in ("First?", "Second?", "Third?"):
        await asked(phone, question)
        await phone.send_photo()
    await asked(phone, "Words?")


async def tap(phone: Telephone, label: str) -> None:
    while True:
        for message in reversed(await phone.look()):
            for row, buttons in enumerate(message.get("reply_markup", {}).get("inline_keyboard", [])):
                for column, button in enumerate(buttons):
                    if label in button["text"]:
                        await phone.tap(message["message_id"], (row, column), button["text"])
                        return
        await asyncio.sleep(0.1)


async def asked(phone: Telephone, question: str) -> None:
    """Wait until a question stands in the chat."""
    while question not in "\n".join(each.get("text", "") for each in await phone.look()):  # noqa: ASYNC110 (she looks)
        await asyncio.sleep(0.1)


async def kill_again_and_again(town: Town) -> None:
    """Kill it at moments that have nothing to do with what it does."""
    for kill in range(KILLS):
        await asyncio.sleep(0.5 + 0.25 * kill)
        await town.kill_bot()
