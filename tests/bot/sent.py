"""Files as answers in the tests: the questionnaires that ask for them, and what is kept of what was sent."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from storage.models import AnswerFile, FileState, Response
from tests.bot.town import Opened, Town

FILES = """
| survey |       |         |                      |
|        | type  | name    | label                |
|        | image | picture | What does it show?   |
|        | audio | sound   | How does it sound?   |
|        | video | film    | How does it move?    |
|        | file  | paper   | What have you got?   |
|        | text  | words   | What do you say?     |
"""
ONE = """
| survey |       |         |                      |
|        | type  | name    | label                |
|        | image | picture | What does it show?   |
|        | text  | words   | What do you say?     |
"""
TWO = """
| survey |       |        |                  |
|        | type  | name   | label            |
|        | image | before | How was it?      |
|        | image | after  | How is it now?   |
|        | text  | words  | What do you say? |
"""


async def files(town: Town, survey: Opened) -> list[Any]:
    """The rows of the files of a survey, with their contents, by name of the question."""
    columns = list(AnswerFile.__table__.columns)
    query = select(*columns).join(Response, Response.id == AnswerFile.response_id)
    return await town.rows(query.where(Response.survey_id == survey.id).order_by(AnswerFile.ref))


async def settled(town: Town, survey: Opened) -> list[Any]:
    """The same, once none waits any more."""
    for _ in range(400):
        rows = await files(town, survey)
        if all(row.state != FileState.WAITING for row in rows):
            return rows
        await pause()
    raise AssertionError(f"still waiting: {[(row.ref, row.attempts, row.next_at) for row in rows]}")


async def pause() -> None:
    """Long enough for others to do something."""
    await asyncio.sleep(0.05)
