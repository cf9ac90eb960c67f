"""The list of all functions that expressions may call, and how one is entered in it.

Each names its section of the ODK XForms specification: a fragment of https://getodk.github.io/xforms-spec/.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

_Implementation = TypeVar("_Implementation", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the dialect.

    ``takes`` names each argument's type: string, number, boolean, nodes, any, or lazy (an unevaluated argument). The
    last one is marked ``?`` if it may be left out (all marked ones may) or ``*`` if it may come any number of times.
    """

    name: str
    takes: tuple[str, ...]
    gives: str
    call: Callable[..., Any]
    in_context: bool
    section: str

    def accepts(self, count: int) -> bool:
        """Whether it may be called with so many arguments."""
        least = sum(1 for kind in self.takes if kind[-1] not in "?*")
        endless = bool(self.takes) and self.takes[-1][-1] == "*"
        return least <= count and (endless or count <= len(self.takes))

    def kinds(self, count: int) -> Iterator[str]:
        """The type of each of ``count`` arguments."""
        for place in range(count):
            yield self.takes[min(place, len(self.takes) - 1)].rstrip("?*")


FUNCTIONS: dict[str, Function] = {}


def function(
    name: str, takes: str, gives: str, *, section: str, in_context: bool = False
) -> Callable[[_Implementation], _Implementation]:
    """Enter a function under its name in the specification.

    Args:
        name: as the specification writes it.
        takes: its arguments' types, separated by spaces (see ``Function``).
        gives: string, number, boolean, nodes or any.
        section: the fragment of the specification that defines it.
        in_context: whether it is called with the context first.
    """

    def enter(implementation: _Implementation) -> _Implementation:
        FUNCTIONS[name] = Function(name, tuple(takes.split()), gives, implementation, in_context, section)
        return implementation

    return enter
