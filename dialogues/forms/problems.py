"""What can be wrong with a questionnaire, said with sheet and row. Holds values only; finds nothing itself."""

from dataclasses import dataclass

from dialogues.forms.reasons import Reason


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a questionnaire cannot be taken: sheet and row (as the spreadsheet numbers them) where they are known."""

    sheet: str | None
    row: int | None
    reason: str

    def __str__(self) -> str:
        return _at(self.sheet, self.row, self.reason)


@dataclass(frozen=True, slots=True)
class Note:
    """What was tolerated in a questionnaire, and where."""

    sheet: str | None
    row: int | None
    text: str

    def __str__(self) -> str:
        return _at(self.sheet, self.row, self.text)


def _at(sheet: str | None, row: int | None, said: str) -> str:
    place = ", ".join(part for part in (f"sheet {sheet}" if sheet else "", f"row {row}" if row else "") if part)
    return f"{place}: {said}" if place else said


class FormError(ValueError):
    """A questionnaire was refused; ``problems`` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def refusal(template: str, /, **values: object) -> FormError:
    """That the whole questionnaire cannot be taken, for one reason."""
    return FormError((Problem(None, None, Reason.of(template, **values)),))
