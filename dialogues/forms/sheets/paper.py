"""A questionnaire as somebody has it, a spreadsheet, with what it comes to: before it is in any town."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialogues.forms.form import Form
from dialogues.forms.sheets.compiling import Compiled, compile_xlsform
from dialogues.forms.sheets.titles import titles_of
from dialogues.forms.sheets.workbook import read_workbook


@dataclass(frozen=True, slots=True)
class Paper:
    """A spreadsheet that was read and compiled, and its titles by language."""

    name: str
    file_type: str
    workbook: bytes
    compiled: Compiled
    titles: Mapping[str, str]

    @property
    def form(self) -> Form:
        """What it asks."""
        return self.compiled.form

    @property
    def version(self) -> Mapping[str, Any]:
        """What a town stores of it: arguments of `storage.services.surveys.import_questionnaire`."""
        return {
            "name": self.name,
            "file_type": self.file_type,
            "workbook": self.workbook,
            "xform": self.compiled.xform,
            "titles": self.titles,
        }


def read_paper(workbook: bytes, file_type: str, name: str) -> Paper:
    """Read and compile a spreadsheet; the arguments are those of `compile_xlsform`.

    Raises:
        FormError: it cannot be taken.
    """
    compiled = compile_xlsform(workbook, file_type, name=name)
    return Paper(name, file_type, workbook, compiled, titles_of(read_workbook(workbook, file_type), name))
