"""Every sentence that the check of a questionnaire can say, read from where it is said."""

from __future__ import annotations

import ast
from pathlib import Path

from dialogues.forms.sheets import accompanying, converter, differences, faults

ROOT = Path(__file__).parents[2]
FRAMES = {"{column}: {reason}", "{appearance}: {reason}", "{file}: {reason}"}
"""They hold other sentences, and no word of their own."""
OF_ANSWERS = {"submission.py"}
"""They read what was answered, not what is asked."""
UNTRANSLATED = {"the function {name}() is not known"}
"""What is read, and said otherwise."""


def every_sentence() -> set[str]:
    """The templates of all reasons."""
    found = {template for _, template in converter._TABLE} | {converter.NO_QUESTION_BUT, converter.UNKNOWN}
    found |= {accompanying.MISSING, accompanying.MISSING_OFTEN, accompanying.UNSEEN}
    found |= {*faults._SENTENCES, *faults._WHYS, *differences._TOLD.values(), differences._PLACE}
    forms = (each for each in (ROOT / "dialogues" / "forms").rglob("*.py") if each.name not in OF_ANSWERS)
    for path in (*forms, *(ROOT / "admin").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in {"of", "refusal", "_of_file"}:
                found |= {str(ast.literal_eval(each)) for each in node.args[:2] if _is_sentence(each)}
    return found - FRAMES - UNTRANSLATED


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_sentence(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
