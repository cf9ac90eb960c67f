"""How many examples are tried, and how long one may take."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings

WANTED = int(os.environ.get("MITSPRACHE_FUZZ") or 0)
SECONDS = 10.0
"""CPU time of one example on any machine; all of them together take less than that in the suite."""


def tries(examples: int) -> Callable[[Any], Any]:
    """Try so many examples in the suite, always the same; or as many as are asked for."""
    return settings(
        max_examples=WANTED or examples,
        derandomize=not WANTED,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def bounded() -> Iterator[None]:
    """What happens inside takes no longer than it may."""
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS
