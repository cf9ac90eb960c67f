"""Replays questionnaires: compiles the workbooks, gives the recorded answers, compares what is shown and kept."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from dialogues.forms.form import Form
from dialogues.forms.instance import Instance
from dialogues.forms.problems import FormError
from dialogues.forms.sheets.compiling import compile_xlsform
from dialogues.forms.xform import read_xform
from tests.conformance.comparing import Compared, plain, same_value
from tests.conformance.recording import clock, properties
from tests.conformance.results import Outcome

_VALUE = 3

Walk = dict[str, Any]


def replay(lines: Iterable[str], folder: Path) -> Iterator[Outcome]:
    """The outcome of each questionnaire; one that is refused is skipped, with the refusal as the reason."""
    for line in lines:
        walk = json.loads(line)
        path = folder / walk["form"]
        try:
            compiled = compile_xlsform(path.read_bytes(), path.suffix[1:], name="data")
        except FormError as error:
            yield Outcome(walk["form"], "skipped", str(error))
            continue
        try:
            difference = _first_difference(walk, compiled.form, compiled.xform)
        except Exception as error:  # whatever goes wrong in one questionnaire, the others are walked
            difference = f"{type(error).__name__}: {error}"
        yield Outcome(walk["form"], "different" if difference else "equal", difference)


def _first_difference(walk: Walk, form: Form, xform: str) -> str:
    final = walk["final"]
    now = clock(final, _VALUE)
    instance = Instance(form, now=now, random=Random(1), properties=properties(form, final, _VALUE))
    language = form.default_language
    for answer in walk["answers"]:
        if not answer.get("err"):
            difference = _at_question(answer, instance, form, language)
            if difference:
                return f"{answer['ref']}: {difference}"
    compared = Compared(form, read_xform(xform).texts)
    ours = [[row[0], row[1], row[2], row[5]] for row in instance.snapshot()]
    return compared.first_difference(ours, final, _VALUE)


def _at_question(answer: dict[str, Any], instance: Instance, form: Form, language: str) -> str:
    ref = answer["ref"]
    try:
        label = instance.label(ref, language)
    except KeyError:
        return "there is no such question now"
    if label != (answer["label"] or "").strip():
        return f"label {label!r}, expected {answer['label']!r}"
    if answer.get("opts") is not None:
        options = [[choice.value, choice.label] for choice in instance.options(ref, language)]
        expected = [[value, label.strip()] for value, label in answer["opts"]]
        if options != expected:
            return f"options {options}, expected {expected}"
    if instance.required(ref) is not answer["required"]:
        return f"required {not answer['required']}, expected {answer['required']}"
    instance.answer(ref, answer["value"] or "")
    data_type = form.definitions[plain(ref)].data_type
    if not same_value(data_type, instance.value(ref), answer["value"] or ""):
        return f"value {instance.value(ref)!r}, expected {answer['value']!r}"
    if answer["constraint"] is not None and instance.valid(ref) is not answer["constraint"]:
        return f"constraint of {answer['value']!r} {not answer['constraint']}, expected {answer['constraint']}"
    return ""
