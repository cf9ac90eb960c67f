"""The documentation names all there is."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.routes import HTTPRoute

from bot.simulator.control import CONTROL
from bot.simulator.methods import METHODS
from bot.simulator.settings import DEMO_BOT, Limits

DOCUMENT = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text()


@pytest.mark.parametrize("method", sorted(method.name for method in METHODS.values()))
def test_every_method_is_documented(method: str) -> None:
    assert method in DOCUMENT


@pytest.mark.parametrize("limit", [field.name for field in dataclasses.fields(Limits)])
def test_every_limit_is_documented_with_its_default(limit: str) -> None:
    assert f"| `{limit}` | {getattr(Limits(), limit):g} |".replace("5.24288e+07", "52428800") in DOCUMENT


def test_every_address_of_the_control_is_documented() -> None:
    provided = {"telegram": Provide(lambda: None, sync_to_thread=False)}
    for route in Litestar(CONTROL, dependencies=provided, openapi_config=None).routes:
        assert isinstance(route, HTTPRoute)
        path = route.path_format.replace("{person}", "{id}")
        for verb in route.methods - {"OPTIONS", "HEAD"}:
            assert f"`{verb} {path}" in DOCUMENT, f"{verb} {path}"


def test_the_bot_of_the_demo_is_documented() -> None:
    assert DEMO_BOT.token in DOCUMENT
    assert f"@{DEMO_BOT.username}" in DOCUMENT
