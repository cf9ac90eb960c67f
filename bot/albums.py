"""Albums: Telegram sends each picture of an album as a message of its own. They get one reply together.

The first is taken as any picture. Each further one reaches the interview, too, and counts where it is an answer; what
is asked then takes the place of what was asked before. Where it is none, or cannot be kept, that is said once: unless
the reply to the first has said so. In memory only: after a restart an album may get a second reply, which does no harm.
"""

from __future__ import annotations

_MOST = 1_000


class Albums:
    """The latest albums, each with the message it began with."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def goes_on(self, album: str, message_id: int) -> bool:
        """Whether a message continues an album whose beginning has been answered. Asking again changes nothing."""
        return self._first_of(album, message_id) != message_id

    def first_refused(self, album: str, message_id: int) -> bool:
        """Whether a message is the first of its album that is not kept: of more, nothing is said once more."""
        return self._first_of(f"{album} refused", message_id) == message_id

    def _first_of(self, key: str, message_id: int) -> int:
        if key not in self._first and len(self._first) >= _MOST:
            del self._first[next(iter(self._first))]
        return self._first.setdefault(key, message_id)
