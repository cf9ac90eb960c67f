"""The form of an event in a real browser: what was refused and is right by now says so no longer."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from admin.site import Site
from tests.admin.office import Office
from tests.admin.test_events import Plan
from tests.browser.conftest import Pages
from tests.browser.test_sheets_and_trials import AXE, address, enter, in_days, site

__all__ = ["address", "site"]

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_preview_takes_away_the_faults_of_what_is_right_by_now(
    pages: Pages, address: str, site: Site
) -> None:
    async with Office.at(site) as office:
        await office.sign_in()
        plan = await Plan.at(office, site)
    page = await enter(pages, address, f"{plan.it}/edit")
    pages.forgive("422")
    await page.fill("#day", in_days(3))
    await page.fill("#begins", "15:00")
    await page.fill("#ends", "14:00")
    await page.fill("#places", "100000000000000")
    await page.click(".save button")
    await expect(page.locator("#ends-error")).to_contain_text("Das Ende liegt vor dem Beginn")
    await expect(page.locator("#places")).to_have_value("100000000000000")
    await expect(page.locator("#faults li")).to_have_count(2)
    await page.fill("#ends", "17:00")
    await expect(page.locator("#dates")).to_contain_text("15:00 bis 17:00")
    await expect(page.locator("#ends-error")).to_have_count(0)
    await expect(page.locator("#ends")).not_to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#ends")).to_be_focused()
    await expect(page.locator("#places-error")).to_be_visible()  # the preview does not judge it
    await expect(page.locator("#faults li")).to_have_count(1)
    await page.evaluate(AXE)
    assert (await page.evaluate("axe.run()"))["violations"] == []
