"""Cases nobody here wrote, where they are at hand; and the replay itself on cases we write here."""

import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance import scenarios
from tests.conformance.replay import main, replay
from tests.conformance.results import Suite

FOLDER = Path(os.environ.get("MITSPRACHE_CONFORMANCE") or Path(__file__).parents[3] / "shared" / "conformance")

SHORT = 20
"""Steps of a session that is also replayed from stored values; the few long ones would take minutes."""

needs_cases = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"the conformance cases are not here: set MITSPRACHE_CONFORMANCE or put them in {FOLDER}",
)


@pytest.fixture(scope="module")
def suites() -> dict[str, Suite]:
    return replay(FOLDER)


def unlike(suite: Suite) -> list[str]:
    return [f"{one.case}: {one.detail}" for one in suite.outcomes if one.verdict == "different"]


@needs_cases
def test_expressions_give_the_recorded_values(suites: dict[str, Suite]) -> None:
    assert unlike(suites["xpath-cases"]) == []
    assert suites["xpath-cases"].count("skipped") == 0


@needs_cases
def test_sessions_come_out_as_recorded(suites: dict[str, Suite]) -> None:
    suite = suites["xforms-scenarios"]
    assert unlike(suite) == []
    assert suite.count("skipped") == 0


@needs_cases
def test_sessions_come_out_the_same_when_every_step_begins_from_stored_values() -> None:
    recorded = gzip.decompress((FOLDER / "xforms-scenarios.jsonl.gz").read_bytes()).decode().splitlines()
    steps = Counter(json.loads(line)["id"] for line in recorded)
    short = [line for line in recorded if steps[json.loads(line)["id"]] <= SHORT]
    assert unlike(Suite(list(scenarios.replay(short, reloading=True)))) == []


@needs_cases
def test_questionnaires_come_out_as_recorded(suites: dict[str, Suite]) -> None:
    suite = suites["xlsform-walks"]
    assert unlike(suite) == []
    assert suite.count("equal") >= 125


def test_the_figures_are_one_json_object_on_the_last_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = [
        {"expr": "1 + 1", "instance": False, "value": 2.0},
        {"expr": "1 + 1", "instance": False, "value": 3.0},
        {"expr": "nothing(", "instance": False, "error": True},
        {"expr": "count(/data/path)", "instance": True, "value": 5.0},
        {"expr": "0 div 0", "instance": False, "number": "NaN"},
    ]
    (tmp_path / "xpath-cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    assert main([str(tmp_path), "--json", "--explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert json.loads(lines[-1]) == {"xpath-cases": {"total": 5, "equal": 4, "different": 1, "skipped": 0}}
    assert lines[0].startswith("xpath-cases: different: 1 + 1: ours 2.0, expected 3.0")


def test_sessions_are_compared_step_by_step(tmp_path: Path) -> None:
    xml = (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>T</h:title>'
        '<model><instance><data><a/></data></instance></model></h:head><h:body><input ref="/data/a"/></h:body></h:html>'
    )

    def row(value: str) -> list[object]:
        return ["/data/a", "input", True, False, False, value, True, True, None, None]

    def session(name: str, then: str) -> list[dict[str, object]]:
        begin: dict[str, object] = {"op": "init", "xml": xml, "edit": None, "snap": [row("")]}
        answer: dict[str, object] = {"op": "answer", "args": [], "ref": "/data/a", "value": "x", "snap": [row(then)]}
        return [{"id": name, "test": "t", **step} for step in (begin, answer)]

    steps = [*session("1", "x"), *session("2", "y")]
    packed = gzip.compress("\n".join(json.dumps(step) for step in steps).encode())
    (tmp_path / "xforms-scenarios.jsonl.gz").write_bytes(packed)
    suite = replay(tmp_path)["xforms-scenarios"]
    assert [one.verdict for one in suite.outcomes] == ["equal", "different"]
    assert "step 1 (answer)" in suite.outcomes[1].detail


def test_whatever_goes_wrong_in_one_session_the_others_are_replayed(tmp_path: Path) -> None:
    begin: dict[str, object] = {"op": "init", "test": "t", "xml": "<nothing/>", "edit": None, "snap": []}
    never: dict[str, object] = {
        "op": "answer",
        "test": "t",
        "args": [],
        "ref": "/data/none",
        "value": ["a", "b"],
        "snap": None,
    }
    steps = [{"id": "1", **begin}, {"id": "2", **begin}, {"id": "2", **never}]
    (tmp_path / "xforms-scenarios.jsonl").write_text("\n".join(json.dumps(step) for step in steps))
    assert replay(tmp_path)["xforms-scenarios"].count("different") == 2


def test_a_refused_questionnaire_is_skipped_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"nothing")
    walk = {"form": "broken.xlsx", "source": "here", "answers": [], "final": []}
    (tmp_path / "xlsform-walks.jsonl").write_text(json.dumps(walk))
    suite = replay(tmp_path)["xlsform-walks"]
    assert suite.figures() == {"total": 1, "equal": 0, "different": 0, "skipped": 1}
    assert "no Excel file" in suite.outcomes[0].detail


def test_an_empty_folder_has_nothing_to_replay(tmp_path: Path) -> None:
    assert main([str(tmp_path), "--json"]) == 1
