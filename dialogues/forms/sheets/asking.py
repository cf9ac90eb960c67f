"""What in a form no chat can ask, whatever it does: what its author has to change. Finds nothing else."""

from collections.abc import Mapping

from dialogues.forms.form import Form
from dialogues.forms.problems import Problem
from dialogues.forms.reasons import Reason


def unaskable(form: Form, rows: Mapping[str, int] | None = None) -> tuple[Problem, ...]:
    """What in a form cannot be asked, with the row of the survey sheet where ``rows`` knows it."""
    searched = Reason.of(
        "“search()” looks for the answers in a file. A chat cannot do that. Please use “select_one_from_file” instead."
    )
    return tuple(
        Problem("survey", (rows or {}).get(question.ref), searched)
        for question in form.questions
        if "search(" in question.appearance
    )
