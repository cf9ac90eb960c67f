"""The files that come with the house: catalogues and ready questionnaires. The rooms take their bytes, never a path."""

from __future__ import annotations

from pathlib import Path

import click

from dialogues.texts import LANGUAGES, Texts

HOUSE = Path(__file__).parents[1]


def load_texts() -> Texts:
    """Our texts in all languages; raises as ``_catalogue`` does."""
    return Texts({language: _catalogue(language, "mitsprache") for language in LANGUAGES})


def load_german() -> bytes:
    """The admin's texts in German; raises as ``_catalogue`` does."""
    return _catalogue("de", "admin")


def _catalogue(language: str, domain: str) -> bytes:
    """A compiled catalogue.

    Raises:
        click.ClickException: it has not been compiled.
    """
    path = HOUSE / "locales" / language / "LC_MESSAGES" / f"{domain}.mo"
    if not path.exists():
        raise click.ClickException("The catalogues are not compiled: run `make install`.")
    return path.read_bytes()


def questionnaire(name: str) -> Path:
    """The path of one of our ready questionnaires."""
    return HOUSE / "dialogues" / "questionnaires" / f"{name}.xlsx"
