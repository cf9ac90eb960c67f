"""How fast is an answer worked out, beside ODK Web Forms' engine in headless Chromium, on the same forms and answers?

    python -m tests.benchmarks.interview [FOLDER] [--quick] [--json]

Walks the questionnaires of FOLDER (else of ``MITSPRACHE_CONFORMANCE``, else ``../shared/conformance``) with the answers
recorded there, and a questionnaire of 1,000 questions (``large_form.py``). Both engines are given the same XForm, the
one that our compiler writes. They take turns, form by form, and who is first changes each time; each has walked
everything twice before. Needs npm and Debian's chromium; the other engine is fetched into a temporary folder.

An answer: the value is stored and all that follows is worked out, then what an interviewer needs next is read: path,
value and "required" of every question that is asked now, whether the answer fits, and label and choices of the question
after it. Finding the question beforehand is not timed on the other side, which has no such call. Loading is counted
apart: reading the XForm and beginning an interview. Our own import from a spreadsheet is in no figure.

Figures (``--json``: one JSON object, the last line): ``median_ratio``, ``p99_ratio``, ours / theirs. The median is that
of all answers, each with the mean of all rounds, since the browser's clock steps by ``clock_step_ms``; the 99th
percentile that of all single times. ``stored_…``: the same until the value is stored and all that follows is worked
out, before anything is read; the browser's clock is coarse for that. ``ours``, ``theirs``: those in ms, ``total_ms`` of
all answers of a round, ``load_*`` of a form. ``unlike``: by form, the answers after which the two read something
different. ``large_form_p99_ms``: ours in the large form, and the other engine's as ``large_form_theirs_p99_ms``;
``large_form_step_p99_ms``: one whole step of the conversation there (``dialogues.interview.step``), which begins from
the stored values and ends with the next question's message.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.service import COLLECT_AFTER
from tests.benchmarks.large_form import large_answers, large_form
from tests.benchmarks.walks import Seen, Walk, load_time, readings, recorded, step_times, times
from tests.benchmarks.web_forms import PACKAGE, VERSION, Reading, WebForms, web_forms
from tests.conformance.comparing import plain, same_value
from tests.conformance.test_replay import FOLDER

ROUNDS = 10
LARGE_ROUNDS = 5


@dataclass
class Side:
    """What one engine took, in milliseconds: each answer of each round, by form and place, and each form's loading."""

    stored: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    answers: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    loads: dict[int, list[float]] = field(default_factory=dict)

    def add(self, number: int, taken: Sequence[Sequence[float] | None]) -> None:
        for place, one in enumerate(taken):
            if one is not None:
                self.stored.setdefault((number, place), []).append(one[0])
                self.answers.setdefault((number, place), []).append(one[1])

    def only(self, keys: set[tuple[int, int]]) -> None:
        """Leave out answers that the other side could not be given."""
        self.answers = {key: self.answers[key] for key in sorted(keys)}
        self.stored = {key: self.stored[key] for key in sorted(keys)}

    def figures(self) -> dict[str, float]:
        means, single = _means(self.answers), _single(self.answers)
        loads = [statistics.fmean(one) for one in self.loads.values()]
        return {
            "p50_ms": round(statistics.median(means), 4),
            "p99_ms": round(percentile(single, 99), 4),
            "stored_p50_ms": round(statistics.median(_means(self.stored)), 4),
            "stored_p99_ms": round(percentile(_single(self.stored), 99), 4),
            "total_ms": round(sum(means), 1),
            "load_p50_ms": round(statistics.median(loads), 3),
            "load_p99_ms": round(percentile(loads, 99), 3),
            "load_total_ms": round(sum(loads), 1),
        }


def _means(taken: Mapping[tuple[int, int], Sequence[float]]) -> list[float]:
    return [statistics.fmean(one) for one in taken.values()]


def _single(taken: Mapping[tuple[int, int], Sequence[float]]) -> list[float]:
    return [milliseconds for one in taken.values() for milliseconds in one]


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which so many of a hundred lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def both(walks: Sequence[Walk], web: WebForms, rounds: int) -> tuple[Side, Side]:
    """Ours and theirs, form by form in turn, over so many rounds."""
    ours, theirs = Side(), Side()
    for number, walk in enumerate(walks):  # to warm up
        times(walk)
        web.walk(number)
    for turn in range(rounds):
        for number, walk in enumerate(walks):
            for mine in (True, False) if (turn + number) % 2 else (False, True):
                side = ours if mine else theirs
                side.loads.setdefault(number, []).append(load_time(walk) if mine else web.load(number))
                side.add(number, times(walk) if mine else web.walk(number))
    common = set(ours.answers) & set(theirs.answers)
    ours.only(common)
    theirs.only(common)
    return ours, theirs


def _whole(taken: Sequence[Sequence[float] | None]) -> list[float]:
    return [one[1] for one in taken if one is not None]


def unlike(walks: Sequence[Walk], web: WebForms) -> dict[str, int]:
    """By form, after how many of its answers the two engines read something different."""
    found = {}
    for number, walk in enumerate(walks):
        pairs = list(zip(readings(walk), web.read(number), strict=True))
        different = sum(not alike(walk, ours, theirs) for ours, theirs in pairs)
        if different:
            found[walk.name] = different
    return found


def alike(walk: Walk, ours: Seen | None, theirs: Reading | None) -> bool:
    """Whether both read the same; values as the conformance replay compares them, labels without spaces around."""
    if ours is None or theirs is None:
        return ours is None and theirs is None
    state, valid, shown = ours
    if len(state) != len(theirs[0]) or valid is not theirs[1] or (shown is None) is not (theirs[2] is None):
        return False
    for (ref, value, required), (their_ref, their_value, their_required) in zip(state, theirs[0], strict=True):
        kind = walk.form.definitions[plain(ref)].data_type
        if ref != their_ref or required is not their_required or not same_value(kind, value, their_value):
            return False
    if shown is None or theirs[2] is None:
        return True
    label, options = theirs[2]
    choices = [(choice.value, choice.label) for choice in shown[1]]
    return shown[0] == label.strip() and choices == [(value, text.strip()) for value, text in options]


def measure(folder: Path, *, quick: bool) -> dict[str, Any]:
    """All figures."""
    walks = list(recorded(folder))
    large = Walk("large", large_form().xform, large_form().form, large_answers())
    gc.collect()  # as the service does before it serves
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    with web_forms() as web:
        every = [*walks, large]
        web.begin([(walk.xform, walk.answers) for walk in every])
        different = unlike(every, web)
        ours, theirs = both(walks, web, 3 if quick else ROUNDS)
        rounds = 1 if quick else LARGE_ROUNDS
        large_ours = [one for _ in range(rounds) for one in _whole(times(large))]
        large_theirs = [one for _ in range(rounds) for one in _whole(web.walk(len(walks)))]
        browser, clock = web.version(), web.tick()
    steps = [one for _ in range(rounds) for one in step_times(large)]
    mine, other = ours.figures(), theirs.figures()
    return {
        "median_ratio": round(mine["p50_ms"] / other["p50_ms"], 3),
        "p99_ratio": round(mine["p99_ms"] / other["p99_ms"], 3),
        "stored_median_ratio": round(mine["stored_p50_ms"] / other["stored_p50_ms"], 3),
        "stored_p99_ratio": round(mine["stored_p99_ms"] / other["stored_p99_ms"], 3),
        "large_form_p99_ms": round(percentile(large_ours, 99), 3),
        "large_form_p50_ms": round(statistics.median(large_ours), 3),
        "large_form_theirs_p99_ms": round(percentile(large_theirs, 99), 3),
        "large_form_theirs_p50_ms": round(statistics.median(large_theirs), 3),
        "large_form_step_p99_ms": round(percentile(steps, 99), 3),
        "large_form_step_p50_ms": round(statistics.median(steps), 3),
        "total_ratio": round(mine["total_ms"] / other["total_ms"], 3),
        "load_ratio": round(mine["load_total_ms"] / other["load_total_ms"], 3),
        "forms": len(walks),
        "answers": len(ours.answers),
        "unlike": different,
        "ours": mine,
        "theirs": other,
        "engine": f"{PACKAGE} {VERSION}, Chromium {browser}",
        "clock_step_ms": round(clock, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--quick", action="store_true", help=f"3 rounds instead of {ROUNDS}")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    options = parser.parse_args()
    if not (options.folder / "xlsform-walks.jsonl.gz").exists():
        parser.error(f"no recorded walks are in {options.folder}: name their folder")
    figures = measure(options.folder, quick=options.quick)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name, one in figures.items():
        print(f"{name:<26} {one}")
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
