"""``python -m tests.conformance.replay DIR [--json] [--explain]``: replays the suites of a folder and prints figures.

The last line of ``--json`` is one JSON object: by the file's stem, how many cases there are, and how many came out
equal, different or skipped. A suite whose file is absent is left out.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.conformance import scenarios, walks, xpath_cases
from tests.conformance.results import Outcome, Suite

_SUITES: dict[str, Callable[[Iterable[str], Path], Iterator[Outcome]]] = {
    "xpath-cases": lambda lines, _folder: xpath_cases.replay(lines),
    "xforms-scenarios": lambda lines, _folder: scenarios.replay(lines),
    "xlsform-walks": walks.replay,
}


def replay(folder: Path) -> dict[str, Suite]:
    """The suites there are in a folder, replayed."""
    found: dict[str, Suite] = {}
    for stem, suite in _SUITES.items():
        lines = _lines(folder, stem)
        if lines is not None:
            found[stem] = Suite(list(suite(lines, folder)))
    return found


def _lines(folder: Path, stem: str) -> list[str] | None:
    plain, packed = folder / f"{stem}.jsonl", folder / f"{stem}.jsonl.gz"
    if plain.exists():
        return plain.read_text("utf-8").splitlines()
    if packed.exists():
        return gzip.decompress(packed.read_bytes()).decode("utf-8").splitlines()
    return None


def main(arguments: list[str] | None = None) -> int:
    """Replay and print; 0 if there was anything to replay."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.replay", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    parser.add_argument("--explain", action="store_true", help="print the first difference or the reason of each case")
    options = parser.parse_args(arguments)
    suites = replay(options.folder)
    for stem, suite in suites.items():
        if options.explain:
            for line in suite.explained():
                print(f"{stem}: {line[:2000]}")
        if not options.json:
            print(stem, *(f"{name} {number}" for name, number in suite.figures().items()))
    if options.json:
        print(json.dumps({stem: suite.figures() for stem, suite in suites.items()}))
    return 0 if suites else 1


if __name__ == "__main__":
    sys.exit(main())
