"""A sentence about a questionnaire, in English and at the same time as what it is made of, for other languages.

Whoever translates looks up ``template``; whoever does not has a string.
"""

from collections.abc import Mapping
from typing import Any


class Reason(str):
    """A sentence: a string in English, with its ``template`` and the ``values`` in it, reasons among them."""

    template: str
    values: Mapping[str, str]

    @classmethod
    def of(cls, template: str, /, **values: object) -> "Reason":
        """The sentence that a template makes of these values."""
        texts = {name: each if isinstance(each, str) else str(each) for name, each in values.items()}
        made = cls(template.format(**texts))
        made.template = template
        made.values = texts
        return made

    def shortened(self, most: int) -> "Reason":
        """The sentence with none of its values longer than so many letters."""
        cut = {
            name: each.shortened(most) if isinstance(each, Reason) else each if len(each) <= most else f"{each[:most]}…"
            for name, each in self.values.items()
        }
        return Reason.of(self.template, **cut)


def as_json(text: str) -> Any:
    """A sentence as JSON: with its template where it has one, and without what no database keeps."""
    if not isinstance(text, Reason):
        return text.replace("\0", "")
    return {"template": text.template, "values": {name: as_json(each) for name, each in text.values.items()}}


def from_json(written: Any) -> str:
    """A sentence that `as_json` wrote."""
    if isinstance(written, str):
        return written
    return Reason.of(written["template"], **{name: from_json(each) for name, each in written["values"].items()})
