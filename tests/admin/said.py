"""Every sentence that the check of a questionnaire can say, read from where it is said."""

from __future__ import annotations

import ast
from pathlib import Path

from dialogues.forms import accompanying, converter, differences, faults

ROOT = Path(__file__).parents[2]
FRAMES = {"{column}: {reason}", "{appearance}: {reason}", "{file}: {reason}"}
"""They hold other sentences, and no word of their own."""
UNTRANSLATED = {"the function {name}() is not known"}
"""What is read, and said otherwise."""


def every_sentence() -> set[str]:
    """The templates of all reasons."""
    found = {template for _, template in converter._TABLE} | {converter.NO_QUESTION_BUT, converter.UNKNOWN}
    found |= {accompanying.MISSING, accompanying.MISSING_OFTEN, accompanying.UNSEEN}
    found |= {*faults._SENTENCES, *faults._WHYS, *differences._TOLD.values(), differences._PLACE}
    for path in (*(ROOT / "dialogues" / "forms").glob("*.py"), *(ROOT / "admin").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in {"of", "refusal", "_of_file"} and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found - FRAMES - UNTRANSLATED


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
