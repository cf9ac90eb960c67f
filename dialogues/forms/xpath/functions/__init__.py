"""The function library: one module a group of functions, each function under its name in the specification."""

from dialogues.forms.xpath.functions import choices, dates, flow, geo, nodes, numbers, strings
from dialogues.forms.xpath.functions.registry import FUNCTIONS, Function

__all__ = ["FUNCTIONS", "Function", "choices", "dates", "flow", "geo", "nodes", "numbers", "strings"]
