"""What came of a replayed suite."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: ``equal``, ``different`` or ``skipped``, and the first difference or the reason."""

    case: str
    verdict: str
    detail: str = ""


@dataclass(slots=True)
class Suite:
    """The outcomes of one file."""

    outcomes: list[Outcome] = field(default_factory=list)

    def count(self, verdict: str) -> int:
        return sum(1 for one in self.outcomes if one.verdict == verdict)

    def figures(self) -> dict[str, int]:
        """Total, equal, different, skipped."""
        kinds = ("equal", "different", "skipped")
        return {"total": len(self.outcomes), **{kind: self.count(kind) for kind in kinds}}

    def explained(self) -> Iterator[str]:
        """A line for each case that is not equal."""
        for one in self.outcomes:
            if one.verdict != "equal":
                yield f"{one.verdict}: {one.case}: {one.detail}"
