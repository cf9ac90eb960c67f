"""Questionnaires: from a spreadsheet (XLSForm) by way of an XForm to a form, and one person's answers to it."""

from dialogues.forms.form import Form
from dialogues.forms.instance import Instance
from dialogues.forms.problems import FormError, Note, Problem
from dialogues.forms.questions import Choice, Medium, Question
from dialogues.forms.sheets.asking import unaskable
from dialogues.forms.sheets.compiling import Compiled, compile_xlsform
from dialogues.forms.sheets.mending import every_problem
from dialogues.forms.sheets.paper import Paper, read_paper
from dialogues.forms.starting import put_in
from dialogues.forms.submission import from_xml, instances_in, to_xml

__all__ = [
    "Choice",
    "Compiled",
    "Form",
    "FormError",
    "Instance",
    "Medium",
    "Note",
    "Paper",
    "Problem",
    "Question",
    "compile_xlsform",
    "every_problem",
    "from_xml",
    "instances_in",
    "put_in",
    "read_paper",
    "to_xml",
    "unaskable",
]
