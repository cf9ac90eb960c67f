"""The catalogues: every sentence of the code is said in six languages, well formed, by the rules of each language."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from dialogues.labels import LABEL_LIMIT
from dialogues.texts import LANGUAGES, Texts
from dialogues.typed.first_words import typed_yes_or_no
from tests.language_rules import faults

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "locales"
ROOMS = ("bot", "dialogues")
KEYWORDS = parse_keywords(["text", "plain", "plural:1,2"])

Id = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One call that says something: where, how, and its literal arguments (None: not a literal)."""

    place: str
    how: str
    literals: tuple[str | None, ...]
    values: frozenset[str]

    @property
    def id(self) -> Id | None:
        """The message's id, or None if it is not written out."""
        wanted = self.literals[: 2 if self.how == "plural" else 1]
        if None in wanted:
            return None
        return (str(wanted[0]), str(wanted[1])) if self.how == "plural" else wanted[0]


def said_in_code() -> Iterator[Said]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_spoken(node.func):
                    yield Said(
                        place=f"{path.relative_to(ROOT)}:{node.lineno}",
                        how=node.func.attr,
                        literals=tuple(_literal(arg) for arg in node.args[:2]),
                        values=frozenset(keyword.arg or "**" for keyword in node.keywords),
                    )


def _literal(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return None


def _is_spoken(function: ast.Attribute) -> bool:
    speaker = function.value
    if isinstance(speaker, ast.Call):
        named = speaker.func.attr if isinstance(speaker.func, ast.Attribute) else ""
        return function.attr in KEYWORDS and named == "speak"
    named = speaker.attr if isinstance(speaker, ast.Attribute) else speaker.id if isinstance(speaker, ast.Name) else ""
    return function.attr in KEYWORDS and named.lstrip("_") == "voice"


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "mitsprache.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def identity(message: Message) -> Id:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w*)\}", text))


@pytest.fixture(scope="module")
def spoken() -> list[Said]:
    return list(said_in_code())


@pytest.fixture(params=LANGUAGES, scope="module")
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def said(language: str) -> list[Message]:
    return messages(catalogue(language))


def test_every_sentence_stands_in_the_code_as_a_literal(spoken: list[Said]) -> None:
    assert [call.place for call in spoken if call.id is None] == []


def test_extraction_finds_every_sentence(spoken: list[Said]) -> None:
    with (LOCALES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    extracted = {found[2] for room in ROOMS for found in extract_from_dir(ROOT / room, methods, options, KEYWORDS)}
    assert extracted == {call.id for call in spoken}


def test_every_value_a_sentence_names_is_given(spoken: list[Said]) -> None:
    wrong = []
    for call in spoken:
        named = {name for text in call.literals if text for name in placeholders(text)}
        given = call.values | ({"n"} if call.how == "plural" else set())
        if "**" not in given and named != given - ({"n"} - named):
            wrong.append((call.place, named, given))
    assert wrong == []


def test_the_template_is_up_to_date(spoken: list[Said]) -> None:
    with (LOCALES / "mitsprache.pot").open("rb") as file:
        template = {identity(message) for message in messages(read_po(file))}
    assert template == {call.id for call in spoken}


def test_every_sentence_is_said_and_nothing_else(language: str, spoken: list[Said]) -> None:
    ours = catalogue(language)
    assert {identity(message) for message in messages(ours)} == {call.id for call in spoken}
    assert list(ours.obsolete) == []


def test_no_translation_is_empty_or_a_guess(said: list[Message]) -> None:
    assert [message.id for message in said if message.fuzzy or not all(form.strip() for form in forms(message))] == []


def test_english_is_what_the_code_says() -> None:
    for message in messages(catalogue("en")):
        assert message.string == message.id


def test_translations_name_the_same_values(language: str, said: list[Message]) -> None:
    """Only a count may be left out, where a language says it by the form of the word: Arabic none, one and two."""
    for message in said:
        expected = placeholders(message.id if isinstance(message.id, str) else message.id[1])
        for number, form in enumerate(forms(message)):
            by_form = language == "ar" and message.pluralizable and number <= 2
            accepted = [expected, [name for name in expected if name != "n"]] if by_form else [expected]
            assert placeholders(form) in accepted, form


def test_a_sentence_with_values_is_marked_so(said: list[Message]) -> None:
    for message in said:
        named = placeholders(message.id if isinstance(message.id, str) else message.id[1])
        assert ("python-brace-format" in message.flags) == bool(named), message.id


def test_every_text_keeps_the_rules_of_its_language(language: str, said: list[Message]) -> None:
    wrong = {}
    for message in said:
        cheerful = any(word in str(message.id) for word in ("Welcome", "Thank you"))
        for form in forms(message):
            if found := list(faults(form, language, cheerful=cheerful)):
                wrong[form] = found
    assert wrong == {}


def test_a_question_stays_a_question(said: list[Message]) -> None:
    for message in said:
        english = message.id if isinstance(message.id, str) else message.id[1]
        for form in forms(message)[-1:]:
            assert english.endswith("?") == form.endswith(("?", "؟")), form
            assert english.endswith(":") == form.endswith(":"), form
            assert english.endswith(".") == form.endswith("."), form


def test_a_button_shows_its_label_whole(said: list[Message], spoken: list[Said]) -> None:
    labels = {call.id for call in spoken if call.how == "plain"}
    for message in said:
        if identity(message) in labels and not str(message.id).endswith((".", "?", "}")):
            assert all(len(form) <= LABEL_LIMIT for form in forms(message)), message.string


def test_the_words_on_our_buttons_are_understood_when_they_are_typed(said: list[Message]) -> None:
    buttons = {"I agree, go on": True, "I agree, start": True, "Yes": True, "I do not want to": False, "No": False}
    meant = {str(message.id): typed_yes_or_no(str(message.string)) for message in said if message.id in buttons}
    assert meant == buttons


@pytest.mark.parametrize(
    ("language", "numbers", "expected"),
    [
        ("ar", (0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 103, 111), (0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 3, 4)),
        ("ro", (0, 1, 2, 19, 20, 100, 101, 119, 120), (1, 0, 1, 1, 2, 2, 1, 1, 2)),
        *((other, (0, 1, 2, 11, 101), (1, 0, 1, 1, 1)) for other in ("bg", "de", "en", "tr")),
    ],
)
def test_a_count_takes_the_form_of_its_meaning(
    language: str, numbers: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    """Forms stand in the order of CLDR: zero, one, two, few, many, other, as far as a language has them."""
    ours = catalogue(language)
    counting = Catalog(locale=language)
    counting.mime_headers = ours.mime_headers
    counting.add(("book", "books"), tuple(str(form) for form in range(ours.num_plurals)))
    compiled = BytesIO()
    write_mo(compiled, counting)
    voice = Texts({language: compiled.getvalue()}).speak(language)
    assert tuple(int(voice.plural("book", "books", number)) for number in numbers) == expected


def test_gettext_finds_nothing_wrong(language: str, tmp_path: Path) -> None:
    msgfmt = shutil.which("msgfmt")
    if msgfmt is None:
        pytest.skip("msgfmt is not installed")
    file = LOCALES / language / "LC_MESSAGES" / "mitsprache.po"
    command = [msgfmt, "--check-format", "--check-header", f"--output-file={tmp_path / 'out.mo'}", str(file)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603
    assert (checked.returncode, checked.stderr) == (0, "")
