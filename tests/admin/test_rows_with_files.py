"""Rows together with the files that people have sent: each under the name in its cell, and nothing that tells more."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import sys
import tracemalloc
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

from sqlalchemy import insert, select, update

from admin.access import Right
from admin.exports.command import export_rows
from admin.exports.rows import prepare
from admin.exports.with_files import as_zip
from admin.results import close_and_release
from admin.site import Site
from dialogues.sent_files import is_name, name_for
from storage.models import Answer, AnswerFile, AuditEntry, FileState, Response, SurveyState
from storage.services.releases import claim_responses, leave_answers_out
from tests.admin.answered import Answered, survey_of
from tests.admin.office import Office, hire, texts

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
PURPOSE = "Bericht an den Rat der Stadt"
TABLE = """
| survey |
|        | type            | name    | label          |
|        | select_one yn   | clean   | Sauber?        |
|        | image           | picture | Zeigen Sie es! |
|        | text            | idea    | Was noch?      |
| choices |
|         | list_name | name | label |
|         | yn        | yes  | Ja    |
|         | yn        | no   | Nein  |
"""


def picture(number: int) -> str:
    return name_for("image/jpeg", number.to_bytes(16, "big"))


def those(number: int, *, first: int = 0, pictures: bool = True) -> list[Answered]:
    """That many who answer, with pictures of these numbers."""
    shown = [{"picture": picture(first + each)} if pictures else {} for each in range(number)]
    return [Answered({"clean": "yes", **each}) for each in shown]


async def put(
    site: Site,
    people: Sequence[Answered],
    *,
    anonymous: bool = True,
    failed: Sequence[str] = (),
    waiting: Sequence[str] = (),
    size: int = 100,
    closed: bool = True,
    table: str = TABLE,
) -> int:
    """A survey in which these files were sent, and fetched but for some."""
    async with site.database.write() as connection:
        survey_id = await survey_of(
            connection, site.town_id, [table], people, anonymous=anonymous, state=SurveyState.OPEN
        )
        answers = await connection.execute(
            select(Answer.response_id, Answer.ref, Answer.value)
            .join(Response, Response.id == Answer.response_id)
            .where(Response.survey_id == survey_id)
        )
        sent = set()
        for response_id, ref, name in answers:
            if not is_name(name) or (response_id, name) in sent:  # a calculation may hold it once more
                continue
            sent.add((response_id, name))
            state = FileState.FAILED if name in failed else FileState.WAITING if name in waiting else FileState.FETCHED
            here = state == FileState.FETCHED
            row = {
                "id": uuid4(),
                "town_id": site.town_id,
                "response_id": response_id,
                "ref": ref,
                "name": name,
                "media_type": "image/jpeg",
                "file_id": "AgAC" if state == FileState.WAITING else None,
                "state": state,
                "content": name.encode().ljust(size, b"x") if here else None,
                "size": size if here else None,
                "attempts": 0,
                "next_at": NOW if state == FileState.WAITING else None,
            }
            await connection.execute(insert(AnswerFile).values(row))
    if closed:
        await close(site, survey_id)
    return survey_id


async def close(site: Site, survey_id: int) -> None:
    await close_and_release(
        site.database, town_id=site.town_id, survey_id=survey_id, staff_id=None, now=NOW, today=NOW.date()
    )


def unpacked(content: bytes) -> tuple[list[dict[str, str]], dict[str, bytes]]:
    """The rows of the table, and the files by name."""
    archive = ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    [table] = [each for each in archive.namelist() if "/" not in each]
    rows = list(csv.DictReader(io.StringIO(archive.read(table).decode("utf-8-sig")), delimiter=";"))
    assert table.endswith(".csv")
    return rows, {
        each.removeprefix("files/"): archive.read(each) for each in archive.namelist() if each.startswith("files/")
    }


async def download(office: Office, survey_id: int, **fields: str) -> bytes:
    page = f"/admin/surveys/{survey_id}/export"
    answer = await office.send(page, {"purpose": PURPOSE, "labels": "codes", **fields}, page=page)
    assert answer.status_code == 200
    return answer.content


async def test_a_folder_has_the_files_that_the_cells_name(site: Site, office: Office) -> None:
    survey_id = await put(site, those(12) + those(3, pictures=False), failed=[picture(4)])
    page = await office.read(f"/admin/surveys/{survey_id}/export")
    assert 'name="files"' in page
    answer = await office.send(
        f"/admin/surveys/{survey_id}/export",
        {"purpose": PURPOSE, "labels": "codes", "files": "yes"},
        page=f"/admin/surveys/{survey_id}/export",
    )
    assert answer.headers["content-disposition"] == 'attachment; filename="wohnen-im-viertel-2026-11-26.zip"'
    assert answer.headers["content-type"] == "application/zip"
    rows, files = unpacked(answer.content)
    named = {row["picture"] for row in rows if row["picture"]}
    assert named == {picture(each) for each in range(12)}
    assert files == {name: name.encode().ljust(100, b"x") for name in named - {picture(4)}}
    assert list(files) == sorted(files), "no order but that of the names, which are random"
    async with site.database.read() as connection:
        details = list(await connection.scalars(select(AuditEntry.detail).where(AuditEntry.action == "rows.export")))
    assert details == [{"purpose": PURPOSE, "format": "zip", "labels": "codes", "rows": 15, "files": 11}]


async def test_unasked_the_table_comes_alone(site: Site, office: Office) -> None:
    survey_id = await put(site, those(12))
    assert (await download(office, survey_id)).startswith("﻿".encode())


async def test_where_no_file_was_sent_none_is_offered(site: Site, office: Office) -> None:
    survey_id = await put(site, those(12, pictures=False))
    assert 'name="files"' not in await office.read(f"/admin/surveys/{survey_id}/export")
    assert (await download(office, survey_id, files="yes")).startswith("﻿".encode())


async def test_files_of_answers_that_stay_out_of_the_rows_stay_out_as_well(site: Site, office: Office) -> None:
    survey_id = await put(site, those(12), closed=False)
    async with site.database.write() as connection:
        await claim_responses(connection, survey_id, 1)
        late = select(Answer.response_id).where(Answer.value.in_([picture(each) for each in range(6)]))
        await connection.execute(update(Response).where(Response.id.in_(late)).values(release=2))
        version = (await connection.scalars(select(Answer.questionnaire_id).limit(1))).one()
        await leave_answers_out(connection, survey_id, {(version, "/data/picture")}, set(), after=1, others=0)
    await close(site, survey_id)
    rows, files = unpacked(await download(office, survey_id, files="yes"))
    assert len(rows) == 12
    assert set(files) == {picture(each) for each in range(6, 12)}
    async with site.database.read() as connection:
        assert len(list(await connection.scalars(select(AnswerFile.id)))) == 6


async def test_closing_says_how_many_files_are_lost(site: Site, office: Office) -> None:
    waiting = [picture(1), picture(2)]
    survey_id = await put(site, those(12), waiting=waiting, closed=False)
    assert "Telegram" in await office.read(f"/admin/surveys/{survey_id}/close")
    await close(site, survey_id)
    async with site.database.read() as connection:
        detail = await connection.scalar(select(AuditEntry.detail).where(AuditEntry.action == "survey.close"))
        left = list(await connection.execute(select(AnswerFile.name, AnswerFile.state, AnswerFile.file_id)))
    assert detail == {"files_lost": 2}
    assert {row.name for row in left if row.state == FileState.FAILED} == set(waiting)
    assert {row.file_id for row in left} == {None}
    _, files = unpacked(await download(office, survey_id, files="yes"))
    assert set(files) == {picture(each) for each in range(12)} - set(waiting)


async def test_of_a_survey_that_is_not_anonymous_nothing_is_lost_by_closing(site: Site) -> None:
    survey_id = await put(site, those(12), waiting=[picture(1)], anonymous=False)
    async with site.database.read() as connection:
        detail = await connection.scalar(select(AuditEntry.detail).where(AuditEntry.action == "survey.close"))
        row = (await connection.execute(select(AnswerFile.state).where(AnswerFile.name == picture(1)))).one()
    assert (detail, row.state) == ({}, FileState.WAITING)
    assert survey_id


async def test_results_say_how_many_have_sent_a_file_and_where_they_are(site: Site, office: Office) -> None:
    survey_id = await put(site, those(12) + those(8, pictures=False))
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    assert "Zeigen Sie es!" in page
    part = page[page.index("Zeigen Sie es!") : page.index("Was noch?")]
    assert "12 " in part or "10 " in part
    assert f'href="/admin/surveys/{survey_id}/export"' in part
    assert "sent" not in part.replace("have sent", "")
    assert not any(picture(each) in page for each in range(12))


async def test_who_may_not_export_is_not_led_there(site: Site, visitor: Office) -> None:
    survey_id = await put(site, those(12))
    await hire(site, "otto", (Right.MANAGE,))
    await visitor.sign_in("otto")
    page = await visitor.read(f"/admin/surveys/{survey_id}/results")
    assert "/export" not in page[page.index("Zeigen Sie es!") : page.index("Was noch?")]


async def test_few_files_are_not_told(site: Site, office: Office) -> None:
    survey_id = await put(site, those(2) + those(18, pictures=False))
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    part = page[page.index("Zeigen Sie es!") : page.index("Was noch?")]
    assert "/export" not in part


async def test_the_command_line_writes_the_same(site: Site, tmp_path: Path) -> None:
    survey_id = await put(site, those(12), failed=[picture(4)])
    done = await export_rows(
        site.database,
        site.town_id,
        str(survey_id),
        labels="codes",
        path=tmp_path / "rows.zip",
        texts=texts(),
        purpose=PURPOSE,
        force=False,
        now=NOW,
        with_files=True,
    )
    rows, files = unpacked((tmp_path / "rows.zip").read_bytes())
    assert (len(rows), len(files), done.files.failed) == (12, 11, 1)


async def test_on_the_command_line_too_files_stay_unasked_and_it_says_so(
    site: Site, database_url: str, tmp_path: Path
) -> None:
    survey_id = await put(site, those(12))
    how = [sys.executable, "-m", "mitsprache", "export", str(survey_id), "--out", str(tmp_path / "rows"), "--force"]
    said = []
    for more in ((), ("--format", "zip")):
        process = await asyncio.create_subprocess_exec(
            *how,
            *more,
            "--purpose",
            PURPOSE,
            env={**os.environ, "MITSPRACHE_DATABASE": database_url, "LC_ALL": "en", "LANG": "en"},
            stderr=PIPE,
        )
        said.append((await process.communicate())[1].decode())
        assert process.returncode == 0, said
    assert ("stay here: 12" in said[0], "stay here" in said[1]) == (True, False)
    async with site.database.read() as connection:
        details = await connection.scalars(
            select(AuditEntry.detail).where(AuditEntry.action == "rows.export").order_by(AuditEntry.id)
        )
        assert [each["files"] for each in details] == [0, 12]


async def test_memory_holds_one_file_at_a_time(site: Site) -> None:
    survey_id = await put(site, those(40), size=1_000_000)
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    size = 0
    tracemalloc.start()
    try:
        async for piece in as_zip(site.database, export, labels=None, say=str, table="rows.csv"):
            size += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 40_000_000
    assert peak < 10_000_000
