"""The function library: one module a group of functions, each function under its name in the specification."""

import dialogues.forms.xpath.functions.choices
import dialogues.forms.xpath.functions.dates
import dialogues.forms.xpath.functions.flow
import dialogues.forms.xpath.functions.geo
import dialogues.forms.xpath.functions.nodes
import dialogues.forms.xpath.functions.numbers
import dialogues.forms.xpath.functions.strings  # noqa: F401 - each module enters its functions in the registry
from dialogues.forms.xpath.functions.registry import FUNCTIONS, Function

__all__ = ["FUNCTIONS", "Function"]
