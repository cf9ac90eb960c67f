"""Every sentence that the check of a questionnaire can say, read from where it is said."""

from __future__ import annotations

import ast
from pathlib import Path

from dialogues.forms.sheets import converter, differences, faults

ROOT = Path(__file__).parents[2]
FRAMES = {"{column}: {reason}", "{appearance}: {reason}"}
"""They hold other sentences, and no word of their own."""
OF_ANSWERS = {"submission.py"}
"""They read what was answered, not what is asked."""


def every_sentence() -> set[str]:
    """The templates of all reasons."""
    found = {template for _, template in converter._TABLE} | {template for _, template in faults._SENTENCES}
    found |= {*faults._WHYS, *differences._TOLD.values(), *differences._SKIPPED.values()}
    forms = (each for each in (ROOT / "dialogues" / "forms").rglob("*.py") if each.name not in OF_ANSWERS)
    for path in (*forms, *(ROOT / "admin").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in {"of", "refusal", "_of_file"}:
                found |= {str(ast.literal_eval(each)) for each in node.args[:2] if _is_sentence(each)}
            elif isinstance(node, ast.Assign) and "sheets" in path.parts and _is_sentence(node.value):
                found.add(str(ast.literal_eval(node.value)))
    return found - FRAMES


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_sentence(node: ast.expr) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or " " not in node.value:
        return False
    return not node.value.startswith(".") and "\\" not in node.value
