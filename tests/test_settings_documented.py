"""Every setting stands in docs/settings.md, with its default, and nothing else does; so does each part of the work."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mitsprache import serve
from wiring.settings import Settings

PREFIX = str(Settings.model_config["env_prefix"])
PAGE = (Path(__file__).parents[1] / "docs" / "settings.md").read_text("utf-8")
ROWS = {
    name: (default, meaning) for name, default, meaning in re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", PAGE, re.M)
}


def test_every_setting_is_documented_with_its_default() -> None:
    expected = {
        PREFIX + name.upper(): "none" if field.default is None else f"`{field.default}`"
        for name, field in Settings.model_fields.items()
    }
    assert {name: default for name, (default, _) in ROWS.items()} == expected


def test_the_page_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(rf"\b{PREFIX}\w+", PAGE))
    assert named <= {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_parts_of_the_work_can_be_typed_as_the_page_says() -> None:
    [only] = [each for each in serve.params if each.name == "only"]
    assert isinstance(only.type, click.Choice)
    documented = set(re.findall(r"^mitsprache serve --only (\w+)", PAGE, re.M))
    assert set(only.type.choices) == documented
    assert {only.type.convert(typed, only, None) for typed in documented} == documented
