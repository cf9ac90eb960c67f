"""Every setting stands in docs/settings.md, with its default, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path

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
