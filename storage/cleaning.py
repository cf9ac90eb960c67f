"""Files from outside become what is kept of them (`dialogues.attachments`): never on the event loop, one at a time.

A decoded picture takes up to 200 MB for a moment. Documents are written anew by a library that unpacks what they hold,
in a process of its own: ``python -m storage.cleaning`` is the child.
"""

from __future__ import annotations

import asyncio

from dialogues.attachments import cleaned
from dialogues.refused_files import Refused, RefusedFileError
from dialogues.sent_files import MOST_BYTES, Family
from storage.apart import ask_apart, asked

SECONDS = 20
"""For one document, start of the process included. Most take less than one; others wait meanwhile."""
MEMORY = 1 << 30
"""Bytes the child may ask for."""
_KEPT = "kept"


class Cleaner:
    """Cleans files one after the other."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._limits = (seconds, memory)
        self._turn = asyncio.Lock()

    async def clean(self, data: bytes, family: Family) -> bytes:
        """A file of this family without what it says about its maker.

        Raises:
            RefusedFileError: it is none, or none that we take, or a document that takes more than documents take.
        """
        async with self._turn:
            if family is not Family.DOCUMENT:
                return await asyncio.to_thread(cleaned, data, family)
            seconds, memory = self._limits
            said = await ask_apart("storage.cleaning", {}, [data], seconds=seconds, memory=memory)
        outcome, _, content = (said or Refused.BROKEN.encode()).partition(b"\n")
        if outcome != _KEPT.encode():
            raise RefusedFileError(Refused(outcome.decode()))
        return content


def main() -> None:
    """Clean the document on the standard input."""
    with asked() as (_, source, out):
        try:
            content = cleaned(source.read(), Family.DOCUMENT)
        except RefusedFileError as refused:
            out.write(refused.why.encode())
            return
        if len(content) > MOST_BYTES:  # what was packed in it has grown; our parent has no bound
            out.write(Refused.TOO_LARGE.encode())
        else:
            out.writelines((_KEPT.encode(), b"\n", content))


if __name__ == "__main__":
    main()
