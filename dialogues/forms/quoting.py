"""What the texts of choices quote: a calculation that keeps a choice's text follows what is put into it."""

import re
from collections.abc import Iterator

from dialogues.forms.definition import Definition
from dialogues.forms.dependencies import read_by
from dialogues.forms.expressions import syntax
from dialogues.forms.wording import Output, Parts
from dialogues.forms.xform import XForm, iterate

CHOICE_NAME = "jr:choice-name("
_INSTANCE = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")


def quoted_by_choices(xform: XForm) -> dict[str, dict[str, Definition]]:
    """What is read by the texts of a select's choices, by the select's name; only of those that quote something.

    Nothing where no calculation keeps the text of a choice.
    """
    found: dict[str, dict[str, Definition]] = {}
    if not any(CHOICE_NAME in text for text in xform.texts.values()):
        return found
    lively = _lively_texts(xform)
    for at in iterate(xform.root):
        for parts, near in _texts(xform, at, lively):
            for part in parts:
                tree = syntax(part.text) if isinstance(part, Output) else None
                if tree is not None:
                    found.setdefault(at.name, {}).update(read_by(tree, near, xform.root))
    return found


def _lively_texts(xform: XForm) -> dict[str, set[str]]:
    """The ids of texts with a value put in that choices have, by the secondary instance they stand in."""
    lively = xform.translations.lively()
    sources = {name: source for name, source in xform.instances.items() if lively and not source.of_file}
    return {name: lively.intersection(node.seen for node in source.descendants()) for name, source in sources.items()}


def _texts(xform: XForm, at: Definition, lively: dict[str, set[str]]) -> Iterator[tuple[Parts, Definition]]:
    """Each text of a node's choices in each language, and where what it quotes is looked for."""
    control = at.control
    if control is None:
        return
    keys: set[str] = set()
    for item in control.items:
        yield item.label.parts, at
        if isinstance(item.label.key, str):
            keys.add(item.label.key)
    if control.itemset is not None:
        for name in _INSTANCE.findall(xform.texts[at.ref, "itemset"]):
            keys |= lively.get(name, set())
    for key in keys:
        for texts in xform.translations.languages.values():
            yield from ((parts, xform.root) for parts in texts.get(key, {}).values())
