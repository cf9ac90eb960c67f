"""The pages of the admin, as they are now: the way in, the state of things, and whether all is well."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from admin.app import create_admin
from storage.database import Database
from storage.services.towns import found_town

PAGES = ("/", "/admin")


@pytest.fixture
async def visitor(database: Database) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with AsyncTestClient(create_admin(database, chat="/chat?start=abc")) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_asks_anybody_else_or_may_be_framed(visitor: AsyncTestClient[Litestar], path: str) -> None:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "//" not in answer.text.replace("http://www.w3.org", "")


async def test_the_front_page_leads_to_the_chat_and_the_office(visitor: AsyncTestClient[Litestar]) -> None:
    page = (await visitor.get("/")).text
    assert 'href="/chat?start=abc"' in page
    assert 'href="/admin"' in page


async def test_an_empty_house_says_so(visitor: AsyncTestClient[Litestar]) -> None:
    assert "Noch keine Umfrage" in (await visitor.get("/admin")).text


async def test_a_towns_name_is_text_and_nothing_else(visitor: AsyncTestClient[Litestar], database: Database) -> None:
    async with database.write() as connection:
        await found_town(
            connection, name="<b>Aue</b>", office=None, language="de", timezone="Europe/Berlin", areas=["Nord"]
        )
    page = (await visitor.get("/admin")).text
    assert "&lt;b&gt;Aue&lt;/b&gt;" in page
    assert "<b>Aue" not in page


async def test_health_says_whether_the_database_answers(visitor: AsyncTestClient[Litestar]) -> None:
    answer = await visitor.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_health_is_bad_without_a_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite'}")
    async with AsyncTestClient(create_admin(database)) as client:
        assert (await client.get("/health")).status_code == 503
    await database.close()
