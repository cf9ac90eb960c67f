"""Replays recorded sessions step by step, comparing the whole state after each."""

import json
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

from dialogues.forms.external import file_name
from dialogues.forms.form import Form
from dialogues.forms.instance import Instance
from dialogues.forms.submission import from_xml
from dialogues.forms.xform import read_xform
from dialogues.forms.xpath.values import number_to_text
from tests.conformance.comparing import Compared
from tests.conformance.files import files_of, meant_to_be_missing
from tests.conformance.recording import clock, properties
from tests.conformance.results import Outcome

_VALUE = 5

Step = dict[str, Any]


def replay(lines: Iterable[str], *, reloading: bool = False) -> Iterator[Outcome]:
    """The outcome of each session; with ``reloading``, each step begins from the stored values of the step before."""
    sessions: dict[str, list[Step]] = {}
    for line in lines:
        step = json.loads(line)
        sessions.setdefault(step["id"], []).append(step)
    for name, session in sessions.items():
        case = f"{name} {session[0]['test']}"
        lacking = ""
        try:
            files = _files(session)
            lacking = _lacking(session, files)
            difference = _first_difference(session, files, reloading=reloading)
        except Exception as error:  # whatever goes wrong in one session, the others are replayed
            difference = f"{type(error).__name__}: {error}"
        if difference and lacking:
            yield Outcome(case, "skipped", lacking)
        else:
            yield Outcome(case, "different" if difference else "equal", difference)


def _lacking(session: list[Step], files: Mapping[str, bytes]) -> str:
    """Why a session cannot be held against its recording, if it comes out differently."""
    missing = set(read_xform(session[0]["xml"], files).missing_files.values())
    unknown = sorted(each for each in missing if not meant_to_be_missing(session[0]["test"], file_name(each)))
    return f"a file that the recording does not hold: {', '.join(unknown)}" if unknown else ""


def _files(session: list[Step]) -> Mapping[str, bytes]:
    return files_of(session[0]["test"], read_xform(session[0]["xml"]).data_files)


def _text(value: Any) -> str:
    """A recorded value as a node holds it: choices side by side, a place as its numbers."""
    if isinstance(value, bool):
        return "OK" if value else ""
    if isinstance(value, dict):
        value = [value.get(part) for part in ("latitude", "longitude", "altitude", "accuracy")]
    if isinstance(value, list):
        return " ".join(_text(each) for each in value if each is not None)
    return number_to_text(float(value)) if isinstance(value, (int, float)) else value or ""


def _first_difference(session: list[Step], files: Mapping[str, bytes], *, reloading: bool) -> str:
    read = read_xform(session[0]["xml"])
    form = Form.parse(session[0]["xml"], files=files)
    compared = Compared(form, read.texts)
    begin = session[0]["snap"] or []
    now = clock(begin, _VALUE)
    edited = from_xml(form, session[0]["edit"]) if session[0]["edit"] else None
    known = properties(form, begin, _VALUE)
    instance = Instance(form, edited, now=now, random=Random(1), properties=known, edited=edited is not None)
    language = form.default_language
    for number, step in enumerate(session):
        if reloading:
            instance = Instance(form, instance.values(), now=now, random=Random(number))
            instance.switch(language)
        if step["op"] == "answer":
            instance.answer(step["ref"], _text(step["value"]))
        elif step["op"] == "createNewRepeat":
            instance.add(step["ref"].rpartition("[")[0])
        elif step["op"] == "removeRepeat":
            named = step["args"][0] if step["args"] else None
            instance.remove(named if isinstance(named, str) else step["ref"])
        elif step["op"] == "setLanguage":
            language = step["args"][0]
            instance.switch(language)
        if step["snap"] is not None:
            difference = compared.first_difference(instance.snapshot(language), step["snap"], _VALUE)
            if difference:
                return f"step {number} ({step['op']}): {difference}"
    return ""
