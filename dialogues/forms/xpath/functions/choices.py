"""Functions on selects, translations, look-ups, chance orders and ids."""

from hashlib import sha256
from random import Random
from uuid import UUID

from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.functions.registry import function
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.sources import Source
from dialogues.forms.xpath.values import Value, to_number, to_text


@function("selected", "string string", "boolean", section="#fn:selected")
def selected(answer: str, value: str) -> bool:
    """Whether a select's answer holds that choice; no choice is what an empty answer holds."""
    return value.strip() in (answer.split() or [""])


@function("selected-at", "string number", "string", section="#fn:selected-at")
def selected_at(answer: str, place: float) -> str:
    """The choice at that place of a select's answer, counted from 0; empty beyond."""
    chosen = answer.split()
    return chosen[int(place)] if 0 <= place < len(chosen) else ""


@function("count-selected", "string", "number", section="#fn:count-selected")
def count_selected(answer: str) -> float:
    """How many choices a select's answer holds."""
    return float(len(answer.split()))


@function("jr:choice-name", "string string", "string", section="#fn:jr:choice-name", in_context=True)
def choice_name(context: Context, value: str, question: str) -> str:
    """The label of a choice, in the language in use, of the select that stores into the node named by a path."""
    return context.surroundings.choice_label(context.current, question.strip(), value) or ""


@function("jr:itext", "string", "string", section="#fn:jr:itext", in_context=True)
def translated(context: Context, key: str) -> str:
    """The text of that id in the language in use."""
    return context.surroundings.translation(key)


@function("pulldata", "string string string string", "string", section="#fn:pulldata", in_context=True)
def pulldata(context: Context, table: str, column: str, key_column: str, key: str) -> str:
    """The column's value in the first row of a table whose key column holds the key; ``@name`` is an attribute.

    The table may be called with or without ``.csv``, as forms for Collect do.
    """
    bare = table.removesuffix(".csv")
    found = (context.surroundings.instance(name) for name in (table, bare, f"{bare}.csv"))
    rows = next((each for each in found if each is not None), None)
    if rows is None or not key_column:
        return ""
    lookup = rows.lookup(("*", "*"), key_column) if isinstance(rows, Source) else None
    if lookup is not None:
        matching = lookup.with_text([key])
    else:
        below = [row for top in rows.children() for row in top.children()]
        context.spend(len(below))
        matching = [row for row in below if key in _fields(row, key_column)]
    return next(iter(_fields(matching[0], column)), "") if matching else ""


def _fields(row: Node, column: str) -> list[str]:
    if column.startswith("@"):
        return [row.attributes[column[1:]]] if column[1:] in row.attributes else []
    return [field.text() for field in row.kids.get(column, ())]


@function("randomize", "nodes any?", "nodes", section="#fn:randomize", in_context=True)
def randomize(context: Context, values: list[Node], *seed: Value) -> list[Node]:
    """The nodes in an order of chance, the same for the same seed: the specification's "inside-out" shuffle."""
    draw = _seeded(seed[0]).next if seed else context.surroundings.chance_at(context.current).random
    shuffled: list[Node] = []
    for place, node in enumerate(values):
        other = int(draw() * (place + 1))
        shuffled.append(node)
        shuffled[place], shuffled[other] = shuffled[other], node
    return shuffled


class ParkMiller:
    """The generator the specification names for seeds, so that a seed gives everywhere the same order."""

    _MODULUS = 2_147_483_647

    def __init__(self, seed: int) -> None:
        self._state = abs(seed) % self._MODULUS * (-1 if seed < 0 else 1)  # as Java: the remainder keeps the sign
        if self._state <= 0:
            self._state += self._MODULUS - 1

    def next(self) -> float:
        """The next number from 0 up to, not including, 1."""
        self._state = self._state * 16_807 % self._MODULUS
        return (self._state - 1) / (self._MODULUS - 1)


def _seeded(seed: Value) -> ParkMiller:
    """A text is a seed, too: the beginning of its SHA-256, as in JavaRosa and ODK Web Forms."""
    number = to_number(seed)
    if number == number:
        return ParkMiller(int(max(-(2.0**63), min(2.0**63 - 1024, number))))
    text = to_text(seed)
    return ParkMiller(int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True) if text else 0)


@function("uuid", "number?", "string", section="#fn:uuid", in_context=True)
def uuid(context: Context, length: float | None = None) -> str:
    """A random id: a UUID of version 4, or that many letters and digits."""
    random = context.surroundings.random
    if length is None:
        return random_uuid(random)
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    wanted = int(length) if 0 < length < 1_000 else 0
    context.spend(wanted)
    return "".join(letters[int(random.random() * len(letters))] for _ in range(wanted))


def random_uuid(random: Random) -> str:
    """A UUID of version 4 drawn from the given source."""
    return str(UUID(int=random.getrandbits(128), version=4))


@function("version", "", "string", section="#fn:version", in_context=True)
def version(context: Context) -> str:
    """The version of the form."""
    return (context.root.kids and next(context.root.children()).attributes.get("version", "")) or ""


@function("property", "string", "string", section="#fn:property")
def device_property(_name: str) -> str:
    """A property of the device; a chat has none."""
    return ""
