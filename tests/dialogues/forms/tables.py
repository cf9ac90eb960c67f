"""Questionnaires as Markdown tables, and interviews held on them at a fixed hour."""

from datetime import UTC, datetime
from functools import cache
from random import Random

from dialogues.forms import Compiled, Form, Instance, compile_xlsform

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@cache
def compiled(table: str) -> Compiled:
    return compile_xlsform(table.encode(), "md", name="a_questionnaire")


def form(table: str) -> Form:
    return compiled(table).form


def interview(of: str | Form, values: dict[str, str] | None = None, *, seed: int = 1) -> Instance:
    return Instance(form(of) if isinstance(of, str) else of, values, now=NOON, random=Random(seed))


def model(instance: str, binds: str = "", body: str = "", more: str = "") -> str:
    """An XForm written by hand, for what no spreadsheet writes."""
    return f"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>By hand</h:title><model>
        <instance>{instance}</instance>{more}{binds}</model></h:head><h:body>{body}</h:body></h:html>"""
