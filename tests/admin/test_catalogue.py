"""The German catalogue of the admin: every sentence of its pages is there, nothing else is, and values agree."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "locales"
GERMAN = LOCALES / "de" / "LC_MESSAGES" / "admin.po"
KEYWORDS = parse_keywords(["_", "gettext", "ngettext:1,2"])

Id = str | tuple[str, ...]


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="de")


def identity(message: Message) -> Id:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def said() -> set[Id]:
    with (LOCALES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT / "admin", methods, options, KEYWORDS)
    return {each[2] if isinstance(each[2], str) else tuple(each[2]) for each in found}


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|\{\w+\}", text))


@pytest.mark.parametrize("path", [GERMAN, LOCALES / "admin.pot"], ids=lambda path: path.name)
def test_every_sentence_of_the_pages_is_there_and_nothing_else(path: Path) -> None:
    catalogue = read(path)
    assert {identity(message) for message in messages(catalogue)} == said()
    assert list(catalogue.obsolete) == []


def test_no_translation_is_empty_or_a_guess() -> None:
    wrong = [each.id for each in messages(read(GERMAN)) if each.fuzzy or not all(form.strip() for form in forms(each))]
    assert wrong == []


def test_translations_name_the_same_values() -> None:
    """The form for one may leave out the number."""
    wrong = []
    for message in messages(read(GERMAN)):
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        wrong += [
            form for ours, form in zip(ids, forms(message), strict=True) if placeholders(ours) != placeholders(form)
        ]
    assert wrong == []


def test_people_are_addressed_politely_and_gender_is_no_riddle() -> None:
    for message in messages(read(GERMAN)):
        for form in forms(message):
            assert not re.search(r"\b(du|dich|dir|dein\w*|Du|Dich|Dir|Dein\w*)\b", form), form
            assert not re.search(r"\w[*:_]in(nen)?\b|[a-zß]In(nen)?\b", form), form
            assert '"' not in form, form


def test_sentences_are_said_as_literals_by_the_name_that_is_extracted() -> None:
    """``site.say(request)("…")`` would work and never be translated."""
    for path in sorted((ROOT / "admin").rglob("*.py")):
        code = path.read_text("utf-8")
        assert not re.search(r"say\([^()]*\)\(", code), path
        assert not re.search(r"(?<![\w.])_\((?!\s*[\"'])", code), path


def test_gettext_finds_nothing_wrong(tmp_path: Path) -> None:
    msgfmt = shutil.which("msgfmt")
    if msgfmt is None:
        pytest.skip("msgfmt is not installed")
    command = [msgfmt, "--check-format", "--check-header", f"--output-file={tmp_path / 'out.mo'}", str(GERMAN)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603
    assert (checked.returncode, checked.stderr) == (0, "")
