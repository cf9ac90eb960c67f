"""Taking in a questionnaire with its files, on a phone and at a desk: what is wrong, what is told, what is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, ViewportSize

from admin.app import create_admin
from admin.site import Site
from storage.database import Database
from storage.schema import upgrade
from tests.admin.office import PASSWORD, hire, new_site
from tests.admin.test_files_of_questionnaires import STREETS, picture, sound
from tests.browser.conftest import DESK, PHONE, Pages
from tests.dialogues.forms.sheets.hostile import HOSTILE
from tests.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
FORM = """
| survey |
| | type | name | label::Deutsch (de) | label::العربية (ar) | media::image | appearance | relevant |
| | start | start | | | | | |
| | select_one_from_file streets_of_the_whole_town_with_their_house_numbers.csv | street | Wo wohnen Sie? | أين تسكن؟ | map.png | minimal | |
| | date | born | Wann war das? | متى كان ذلك؟ | | month-year | |
| | text | more | Was noch? | | missing_picture.png | sparkling | ${street} != '' |
| | text | last | Und sonst? | | | sparkling | |
"""  # noqa: E501
TABLE = "streets_of_the_whole_town_with_their_house_numbers.csv"
WRONG = FORM.replace("${street} != ''", "selected(${streat}, 'a'").replace("| date |", "| dat |")
SCREENS = {"phone": PHONE, "desk": DESK}


def upload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "", "buffer": content}


@pytest_asyncio.fixture(loop_scope="session")
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """Where the admin of an empty town answers."""
    database = Database(f"sqlite:///{tmp_path / 'mitsprache.sqlite'}")
    await upgrade(database)
    site: Site = await new_site(database)
    await hire(site)
    async with served(create_admin(site)) as address:
        yield address
    await database.close()


async def enter(pages: Pages, address: str, screen: ViewportSize) -> Page:
    page = await pages.open(f"{address}/admin/sign-in?next=/admin/questionnaires", screen=screen)
    await page.fill("#name", "maria")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(f"{address}/admin/questionnaires")
    return page


async def is_whole(page: Page) -> None:
    """Nothing that axe complains of, and nothing wider than the screen."""
    await page.evaluate(AXE)
    assert (await page.evaluate("axe.run()"))["violations"] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_questionnaire_with_files_is_taken_in_and_its_page_says_what_there_is_to_say(
    pages: Pages, address: str, screen: str
) -> None:
    page = await enter(pages, address, SCREENS[screen])
    await is_whole(page)
    await page.set_input_files("#file", upload("streets.md", FORM.encode()))
    files = [upload(TABLE, STREETS), upload("map.png", picture()), upload("holiday.mp3", sound())]
    await page.set_input_files("#files", files)
    await page.click("form[data-busy] button")
    await page.wait_for_url("**/admin/questionnaires/1")
    said = await page.inner_text("main")
    assert TABLE in said
    assert "missing_picture.png" in said
    assert "1. Question" not in said
    await is_whole(page)


@pytest.mark.parametrize("screen", SCREENS)
async def test_what_is_wrong_is_said_where_it_is_looked_for(pages: Pages, address: str, screen: str) -> None:
    pages.forgive("422")
    page = await enter(pages, address, SCREENS[screen])
    await page.set_input_files("#file", upload("streets.md", WRONG.encode()))
    await page.click("form[data-busy] button")
    await page.wait_for_selector("#refusal")
    assert "Tabellenblatt „survey“, Zeile 4" in await page.inner_text("#refusal")
    await is_whole(page)
    hostile = HOSTILE["a password"]
    await page.set_input_files("#file", upload("locked.xlsx", hostile.make()))
    await page.click("form[data-busy] button")
    await page.wait_for_selector("#refusal >> text=locked.xlsx")
    await is_whole(page)
