"""What the repository says about itself is true and whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from dialogues.texts import LANGUAGES
from mitsprache import main

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PUBLICCODE = (ROOT / "publiccode.yml").read_text()
ROOMS = ("admin", "bot", "dialogues", "storage", "wiring")
SOURCES = [
    *(path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py") if path != Path(__file__)),
    *(ROOT / name for name in ("mitsprache.py", "pyproject.toml", "Makefile")),
]
WORDS = {word for path in SOURCES for word in re.findall(r"\w+", path.read_text())}
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def in_code_font(text: str) -> set[str]:
    """The names in a document, blocks of code left out."""
    return {" ".join(name.split()) for name in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S))}


def test_every_dependency_has_its_reason_and_no_reason_is_left_over() -> None:
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted}
    rows = (ROOT / "docs" / "dependencies.md").read_text().splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("| ")]
    described = {row[0] for row in cells} - {"Dependency"}
    assert described == names
    assert all(len(row) == 5 and all(row) for row in cells)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", document.read_text())
    missing = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(document: Path) -> None:
    text = document.read_text()
    for name, following in re.findall(r"\bmitsprache ([a-z]+)(?: ([a-z]+))?", text):
        command = main.commands[name]
        assert not isinstance(command, click.Group) or following in command.commands
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.M)) <= targets


def test_the_architecture_names_only_what_there_is() -> None:
    names = in_code_font(ARCHITECTURE)
    paths = {name for name in names if re.fullmatch(r"[\w.]+(/[\w.]*)+|\w+\.(py|toml)", name)}
    drawn = re.findall(rf"(?<![/\w])(?:tests|{'|'.join(ROOMS)})/[\w./]*\w", ARCHITECTURE)
    assert not [path for path in paths.union(drawn) if not (ROOT / path).exists()]
    found = {name: _NAME.match(name.removesuffix("()")) for name in names - paths if " " not in name.partition("(")[0]}
    whole = {name: match[0] for name, match in found.items() if match and name[match.end() :][:1] in ("", "(")}
    assert len(whole) > 50
    assert not [name for name, plain in whole.items() if not set(plain.split(".")) <= WORDS]


def test_the_architecture_names_every_room_and_what_is_tested_where() -> None:
    rooms = {path.parent for room in ROOMS for path in (ROOT / room).glob("**/__init__.py")}
    tests = {path.parent for path in (ROOT / "tests").glob("*/__init__.py") if list(path.parent.glob("test_*.py"))}
    folders = {path.relative_to(ROOT) for path in rooms | tests}
    assert not [folder for folder in folders if len(folder.parts) < 3 and f"{folder.as_posix()}/" not in ARCHITECTURE]


def test_the_description_for_public_bodies_keeps_its_standard() -> None:
    assert f'softwareVersion: "{PROJECT["version"]}"' in PUBLICCODE
    languages = re.search(r"availableLanguages:\n((?: +- \w+\n)+)", PUBLICCODE)
    assert languages
    assert tuple(re.findall(r"- (\w+)", languages[1])) == LANGUAGES
    texts = re.findall(r"^    (short|long)Description: >\n((?:      .*\n)+)", PUBLICCODE, re.M)
    lengths = [(kind, len(" ".join(text.split()))) for kind, text in texts]
    assert [kind for kind, _ in lengths] == ["short", "long"] * 2
    assert all(length <= 150 if kind == "short" else 150 <= length <= 10_000 for kind, length in lengths)
    pictures = re.findall(r"- (docs/images/\S+)", PUBLICCODE)
    assert pictures
    assert all((ROOT / picture).exists() for picture in pictures)


def test_the_licence_is_the_same_everywhere() -> None:
    assert PROJECT["license"] == "EUPL-1.2"
    assert "license: EUPL-1.2" in PUBLICCODE
    assert (ROOT / "LICENSE").read_text().startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
