"""``python -m tests.conformance.beside FOLDER [--seeds 3] [--steps 40]``: any forms, beside ODK Web Forms' engine.

Answers the questionnaires (xlsx, xls, md) and XForms (xml) of a folder at random, fitting and not, adds and removes
instances of repeats, and compares after each step every node on both engines: value, relevance, validity, label,
choices. Prints the first difference of each walk. Those that are meant are in ``docs/questionnaires.md``. Files that
belong to a form are not looked for: it has none of their rows on either side.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from playwright.sync_api import Error

from dialogues.forms import Form, FormError, Instance, Question, compile_xlsform
from dialogues.forms.xform import read_xform
from tests.benchmarks.web_forms import Step, WebForms, web_forms
from tests.conformance.comparing import Compared, plain
from tests.dialogues.forms.tables import NOON

_VALUE = 5
_MOST_INSTANCES = 4
_TEXTS = ("abc", "Hallo Welt", "12", "0", "-3", " a ", "ü ß", "2020-02-03", "a@b.de", "0173", "<b>x</b>", "yes", "")
_BY_TYPE = {  # numbers and places as the other engine writes them again, so that texts which quote them are the same
    "int": ("0", "1", "2", "3", "5", "12", "-1", "1.5", "abc", ""),
    "decimal": ("0.0", "1.0", "0.5", "56.0", "-3.25", "100.125", "abc", ""),
    "date": ("2016-01-14", "2026-11-25", "2024-02-29", "2027-03-28", "1969-07-20", "2023-02-30", ""),
    "time": ("09:30:00", "23:59:59.999", "25:00:00", ""),
    "dateTime": ("2020-01-02T10:30:00.000Z", "2026-11-25T09:00:00.000+01:00", "2020-01-02", ""),
    "geopoint": ("51.5 7.4 0.0 0.0", "-33.9 18.4 100.0 5.0", "abc", ""),
    "geotrace": ("51.0 7.0 0.0 0.0;52.0 8.0 0.0 0.0", ""),
    "geoshape": ("51.0 7.0 0.0 0.0;52.0 8.0 0.0 0.0;53.0 7.0 0.0 0.0;51.0 7.0 0.0 0.0", ""),
}


def differences(form: Form, xform: str, web: WebForms, steps: Sequence[Step]) -> Iterator[str]:
    """What differs first, if anything does; and the refusal where the other engine goes no further."""
    compared = Compared(form, read_xform(xform).texts)
    states, refusal = web.play(xform, steps, NOON)
    instance = Instance(form, now=NOON, random=Random(1))
    for number, state in enumerate(states):
        if number:
            take(instance, steps[number - 1])
        difference = compared.first_difference(instance.snapshot(), state, _VALUE)
        if difference:
            yield f"after {steps[number - 1] if number else 'loading'}: {difference}"
            return
    if refusal:
        yield f"theirs refuses {steps[len(states) - 1]}: {refusal}"


def take(instance: Instance, step: Step) -> None:
    """One step on our engine."""
    what, ref, value = step
    if what == "answer":
        instance.answer(ref, str(value))
    elif what == "add":
        instance.add(ref)
    else:
        instance.remove(f"{ref}[{value}]")


def steps_of(form: Form, chance: Random, number: int) -> list[Step]:
    """So many steps, each of which can be taken after those before it."""
    instance = Instance(form, now=NOON, random=Random(1))
    steps: list[Step] = []
    while len(steps) < number:
        asked = [one for one in instance.asked() if one.kind not in {"note", "image", "audio", "video", "file"}]
        if not asked:
            break
        steps.append(_step(form, instance, chance.choice(asked), chance))
        take(instance, steps[-1])
    return steps


def _step(form: Form, instance: Instance, question: Question, chance: Random) -> Step:
    ref = question.ref
    if question.kind != "repeat":
        return "answer", ref, _answer(form, instance, question, chance)
    count = instance.count(ref)
    if count and (count >= _MOST_INSTANCES or chance.random() < 0.4):
        return "remove", ref, chance.randint(1, count)
    return "add", ref, 0


def _answer(form: Form, instance: Instance, question: Question, chance: Random) -> str:
    control = form.definitions[plain(question.ref)].control
    if control is not None and control.chooses:
        offered = list(dict.fromkeys(one.value for one in instance.options(question.ref, form.default_language)))
        if not offered or chance.random() < 0.1:
            return ""
        if question.kind == "rank":
            return " ".join(chance.sample(offered, len(offered)))
        most = min(3, len(offered)) if question.kind == "select_multiple" else 1
        chosen = chance.sample(offered, chance.randint(1, most))
        return " ".join(one for one in offered if one in chosen)  # the other engine puts them into this order
    if question.kind == "acknowledge":
        return chance.choice(("OK", ""))
    return chance.choice(_BY_TYPE.get(question.data_type, _TEXTS))


def xform_of(path: Path) -> str:
    """The XForm in a file, or that which our compiler makes of it.

    Raises:
        FormError: it cannot be taken.
    """
    if path.suffix == ".xml":
        return path.read_text("utf-8")
    return compile_xlsform(path.read_bytes(), path.suffix[1:], name="data").xform


def main() -> int:
    """Walk all forms of a folder; 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=3, help="walks of each form")
    parser.add_argument("--steps", type=int, default=40, help="steps of each walk")
    options = parser.parse_args()
    paths = [path for path in sorted(options.folder.iterdir()) if path.suffix in {".xlsx", ".xls", ".md", ".xml"}]
    walked = different = 0
    with web_forms() as web:
        for path in paths:
            try:
                xform = xform_of(path)
                form = Form.parse(xform)
                for seed in range(options.seeds):
                    for found in differences(form, xform, web, steps_of(form, Random(seed), options.steps)):
                        print(f"{path.name}, walk {seed}, {found[:1000]}", flush=True)
                        different += 1
                walked += 1
            except FormError as refusal:
                print(f"{path.name}: ours refuses it: {refusal}", flush=True)
            except Error as refusal:
                print(f"{path.name}: theirs refuses it: {refusal.message.splitlines()[0][:300]}", flush=True)
    print(f"{walked} forms, {walked * options.seeds} walks, {different} with a difference")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
