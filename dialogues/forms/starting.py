"""What a new interview begins with beyond its defaults: preloads, and the actions of its first loading."""

from collections.abc import Mapping
from datetime import datetime
from random import Random

from dialogues.forms.form import Form
from dialogues.forms.recalculation import Recalculation
from dialogues.forms.tree import Leaf, nodes_of
from dialogues.forms.xpath.functions.choices import random_uuid
from dialogues.forms.xpath.functions.dates import iso_moment

_FIRST_LOAD = frozenset({"odk-instance-first-load", "odk-instance-load"})


def preload(root: Leaf, now: datetime, random: Random, properties: Mapping[str, str]) -> None:
    """Fill what the form wants filled by itself: ids, the date, the time of beginning, the device."""
    for node in root.leaves():
        definition = node.definition
        if definition.preload == "uid":
            node.stored = node.seen = f"uuid:{random_uuid(random)}"
        elif definition.preload == "date":
            node.stored = node.seen = now.date().isoformat()
        elif definition.preload == "timestamp" and definition.preload_params == "start":
            node.stored = node.seen = iso_moment(now)
        elif definition.preload == "property":
            node.stored = node.seen = properties.get(definition.preload_params, "")


def first_load(form: Form, root: Leaf, work: Recalculation) -> None:
    """Run the actions of the first loading."""
    for action in form.actions:
        if action.events & _FIRST_LOAD:
            for node in nodes_of(root, action.origin):
                work.act(action, node)
