"""What the chat of today can ask. The engine runs more: every type there is as a value."""

from collections.abc import Mapping

from dialogues.forms.form import Form
from dialogues.forms.problems import Problem

ASKABLE = frozenset({"select_one", "select_multiple", "integer", "decimal", "text", "date", "note", "calculate"})
"""The kinds of question the chat can ask; groups, calculations and metadata need no asking."""


def unaskable(form: Form, rows: Mapping[str, int] | None = None) -> tuple[Problem, ...]:
    """What in a form the chat cannot ask yet, with the row of the survey sheet where ``rows`` knows it."""
    numbers = rows or {}
    problems: list[Problem] = []
    for ref, definition in form.definitions.items():
        if definition.repeat is not None:
            problems.append(Problem("survey", numbers.get(ref), "a repeat cannot be asked in the chat yet"))
    for question in form.questions:
        if question.kind not in ASKABLE:
            reason = f"a question of the type {question.kind} cannot be asked in the chat yet"
            problems.append(Problem("survey", numbers.get(question.ref), reason))
        elif "search(" in question.appearance:
            problems.append(Problem("survey", numbers.get(question.ref), "its choices lie in a file of their own"))
    for file in sorted(set(form.missing_files.values())):
        problems.append(Problem(None, None, f"the questionnaire needs a file that is not part of it: {file}"))
    return tuple(sorted(problems, key=lambda problem: problem.row or 0))
