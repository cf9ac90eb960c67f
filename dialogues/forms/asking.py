"""What in a form no chat can ask, whatever it does: what its author has to change. Finds nothing else."""

from collections.abc import Mapping

from dialogues.forms.form import Form
from dialogues.forms.problems import Problem


def unaskable(form: Form, rows: Mapping[str, int] | None = None) -> tuple[Problem, ...]:
    """What in a form cannot be asked, with the row of the survey sheet where ``rows`` knows it."""
    numbers = rows or {}
    problems = [
        Problem(
            "survey",
            numbers.get(question.ref),
            "its choices are searched for in a file by search(): use select_one_from_file",
        )
        for question in form.questions
        if "search(" in question.appearance
    ]
    for file in sorted(set(form.missing_files.values())):
        problems.append(Problem(None, None, f"the questionnaire needs a file that is not part of it: {file}"))
    return tuple(sorted(problems, key=lambda problem: problem.row or 0))
