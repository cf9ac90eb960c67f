"""What a new interview begins with beyond its defaults: preloads, and the actions of its first loading."""

from collections.abc import Mapping
from datetime import datetime
from random import Random

from dialogues.forms.definition import Definition
from dialogues.forms.form import Form
from dialogues.forms.recalculation import Recalculation
from dialogues.forms.tree import Tree
from dialogues.forms.xpath.functions.choices import random_uuid
from dialogues.forms.xpath.functions.dates import iso_moment

_LOAD = frozenset({"odk-instance-load"})
_FIRST_LOAD = _LOAD | {"odk-instance-first-load"}


def preload(form: Form, tree: Tree, now: datetime, random: Random, properties: Mapping[str, str]) -> None:
    """Fill what the form wants filled by itself: ids, the date, the time of beginning, the device."""
    began = _day(now) if form.anonymous else now
    for definition in form.preloaded:
        for node in tree.nodes_of(definition):
            node.stored = node.seen = _preloaded(definition, began, random, properties)


def ended(form: Form, tree: Tree, now: datetime) -> dict[str, str]:
    """The time of the end, by ref, where the form asks for it: put in when a response is complete, not before."""
    moment = iso_moment(_day(now) if form.anonymous else now)
    wanted = (one for one in form.preloaded if one.preload == "timestamp" and one.preload_params == "end")
    return {node.ref(): moment for one in wanted for node in tree.nodes_of(one) if node.relevant}


def put_in(form: Form, day: datetime, random: Random) -> dict[str, str]:
    """What an interview that began on this day was given by itself, of a form that keeps none of it.

    ``random``: as the interview was given it at first. Nothing in a repeat, which no chat asks.
    """
    random.getrandbits(64)  # what an instance draws first
    given = {one.ref: _preloaded(one, _day(day), random, {}) for one in form.preloaded if one.ref in form.unkept}
    return {ref: value for ref, value in given.items() if value}


def _day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _preloaded(definition: Definition, now: datetime, random: Random, properties: Mapping[str, str]) -> str:
    wanted = definition.preload_params
    if definition.preload == "uid":
        return f"uuid:{random_uuid(random)}"
    if definition.preload == "date":
        return now.date().isoformat()
    if definition.preload == "timestamp" and wanted == "start":
        return iso_moment(now)
    if definition.preload == "property":
        return properties.get(wanted, "")
    return ""


def load(form: Form, tree: Tree, work: Recalculation, *, first: bool) -> None:
    """Run the actions of loading: of the first time, or of a completed interview that is opened again."""
    wanted = _FIRST_LOAD if first else _LOAD
    for action in form.actions:
        if action.events & wanted:
            work.act(action, tree.nodes_of(action.origin))
