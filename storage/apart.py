"""Strangers' files are looked into by a process of its own, bounded in time and memory, for each.

A hostile file can cost the child its life, and the server nothing. The child is a module of ours that `asked` serves;
it gets a header, which is a line of JSON, and bytes, and gives bytes. It has no database and no secret of ours in its
environment.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

_LARGEST_FILE = 64_000_000
"""Bytes: the converter of spreadsheets writes the XForm to a temporary file and reads it again."""
_ROOT = Path(__file__).parents[1]


async def ask_apart(
    module: str, header: Mapping[str, Any], parts: Sequence[bytes], *, seconds: float, memory: int
) -> bytes | None:
    """What a child says; None if it did not come to an end.

    ``seconds``: its start included; ``memory``: bytes that it may ask for.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        cwd=_ROOT,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    first = json.dumps({**header, "seconds": seconds, "memory": memory}).encode()
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate(b"".join([first, b"\n", *parts]))
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return said if process.returncode == 0 else None


@contextlib.contextmanager
def asked() -> Iterator[tuple[dict[str, Any], BinaryIO, BinaryIO]]:
    """In the child: the header, what follows it, and where the answer goes. From here on it is bounded."""
    source, out = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # where libraries remark on what they find odd
    header: dict[str, Any] = json.loads(source.readline())
    _bound(header["seconds"], header["memory"])
    with out:
        yield header, source, out


def _bound(seconds: float, memory: int) -> None:
    """Let this process have no more than its share. Not every system knows every bound."""
    bounds = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, max(1, round(seconds))),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in bounds:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
