"""To which servers responses may go, and an address as somebody types it.

Pure. Whoever runs us names the servers (`MITSPRACHE_HAND_OVER`); nobody who signs in can have anything sent elsewhere,
neither out of the house nor to what else answers inside.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import quote, unquote, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
"""What means this machine. Only there without encryption."""
MOST_ADDRESS = 2_000
"""Characters of an address."""
MOST_CODE = 10_000
"""Characters of such a code."""
MOST_UNPACKED = 100_000
"""Bytes that it may become."""
_ENDS = ("/submission", "/formList")
_SIGNS_IN = re.compile(r"/(key|test|collector)/[^/]+")
_OF_PROJECT = re.compile(r"/(?:key|test)/[^/]+(?=/projects/)")
"""What signs in before the path of a project (ODK Central)."""
_TOKEN = re.compile(r"/[A-Za-z0-9!$_-]{24,}(?=/|$)")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")


class BadAddress(Enum):
    """Why an address cannot be taken."""

    NONE = "none"
    """It is no address of a web server."""
    NOT_HTTPS = "not https"
    NAMES_SOMEBODY = "names somebody"
    """User or password stand in it."""
    NOT_ALLOWED = "not allowed"


class BadAddressError(ValueError):
    """An address that cannot be taken, and why."""

    def __init__(self, reason: BadAddress, host: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.host = host


@dataclass(frozen=True, slots=True)
class Place:
    """Where on a server submissions are taken. ``host``: with its port, if that is not the usual one."""

    address: str = field(repr=False)
    """The whole of it; a token may stand in it."""
    host: str

    @property
    def bare(self) -> str:
        """The address without what signs in there, or may: fit to be shown and kept. Two places may look the same."""
        return _TOKEN.sub("/…", _SIGNS_IN.sub(r"/\1/…", self.address))

    @property
    def digest(self) -> str:
        """What the same place is known by, also later, when nothing that signs in is kept any more; hexadecimal.

        In an address of ODK Central the path names the project, and what signs in plays no part: through another App
        User, or as a web user, one comes to the same submissions, which are to be recognised there. Of any other
        address everything counts, for all that tells two places apart may be what is never shown (``/collector/…`` of
        KoboToolbox; an account whose name is as long as a token).

        A SHA-256, as of the tokens of sessions, and for the same reason: those that servers give out are long and
        drawn by chance, so nobody finds them by trying. A key would have to lie in the database, beside what it is to
        protect: an installation has no other secret that stays.
        """
        return hashlib.sha256(_OF_PROJECT.sub("", self.address).encode()).hexdigest()

    @property
    def signs_in(self) -> bool:
        """Whether something in the address itself signs in."""
        return self.bare != self.address

    @property
    def tokens(self) -> tuple[str, ...]:
        """The parts of the address that nobody must see."""
        shown = set(self.bare.split("/"))
        return tuple(part for part in urlsplit(self.address).path.split("/") if part and part not in shown)


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers that responses may go to; none of them: nothing is handed over."""

    names: tuple[str, ...] = ()
    """Each as `host`, or `host:port`."""
    any_port: bool = False
    """Of this machine, if it is among them: in the demo, and in tests."""

    @classmethod
    def named(cls, text: str | None, *, any_port: bool = False) -> Servers:
        """Names that stand in a line, between commas or spaces; a whole address counts as the name in it.

        Raises:
            ValueError: one of them is none.
        """
        return cls(tuple(dict.fromkeys(_named(each) for each in re.split(r"[\s,]+", text or "") if each)), any_port)

    def __bool__(self) -> bool:
        """Whether anything can be handed over at all."""
        return bool(self.names)

    def allows(self, host: str) -> bool:
        """Whether responses may go to a host, with its port if that is not the usual one."""
        return host in self.names or (self.any_port and _bare(host) in LOOPBACK and _bare(host) in self.names)

    def place(self, typed: str) -> Place:
        """Where an address leads, as it is pasted: with or without ``/submission`` at its end, or the text of the QR
        code that ODK Central shows of an App User.

        Raises:
            BadAddressError: it cannot be taken.
        """
        text = _unpacked("".join(typed.split()))
        if not text or len(text) > MOST_ADDRESS or not text.isascii() or not text.isprintable() or " " in text:
            raise BadAddressError(BadAddress.NONE)
        try:
            parts = urlsplit(text)
            name, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise BadAddressError(BadAddress.NONE) from None
        if parts.scheme not in {"https", "http"} or not _NAME.fullmatch(name) or parts.query or parts.fragment:
            raise BadAddressError(BadAddress.NONE)
        if "@" in parts.netloc:
            raise BadAddressError(BadAddress.NAMES_SOMEBODY)
        usual = {"https": 443, "http": 80}[parts.scheme]
        host = name if port in {None, usual} else f"{name}:{port}"
        if not self.allows(host):
            raise BadAddressError(BadAddress.NOT_ALLOWED, host)
        if parts.scheme == "http" and name not in LOOPBACK:
            raise BadAddressError(BadAddress.NOT_HTTPS, host)
        path = _without_end(_in_one_spelling(parts.path))
        if any(part in {".", ".."} for part in path.split("/")) or "%2f" in parts.path.lower():
            raise BadAddressError(BadAddress.NONE)
        return Place(f"{parts.scheme}://{host}{path}", host)


def _unpacked(text: str) -> str:
    """The address in the text of a code for ODK Collect: JSON, compressed, as Base64. Anything else as it is."""
    if len(text) > MOST_CODE or not text.startswith("eJ"):
        return text
    try:
        packed = zlib.decompressobj().decompress(b64decode(text, validate=True), MOST_UNPACKED)
        found = json.loads(packed)["general"]["server_url"]
    except (ValueError, zlib.error, LookupError, TypeError, RecursionError):
        return text
    return found if isinstance(found, str) else text


def _bare(host: str) -> str:
    return host.partition(":")[0]


def _in_one_spelling(path: str) -> str:
    """The path as it is sent, however it was typed: a place that is spelled in two ways would be two places."""
    return re.sub("/{2,}", "/", quote(unquote(path), safe="/!$&'()*+,;=:@~"))


def _without_end(path: str) -> str:
    path = path.rstrip("/")
    for end in _ENDS:
        path = path.removesuffix(end)
    return path.rstrip("/")


def _named(text: str) -> str:
    parts = urlsplit(text if "//" in text else f"//{text}")
    port = parts.port
    name = (parts.hostname or "").lower()
    if not _NAME.fullmatch(name) or "@" in parts.netloc:
        raise ValueError(f"no name of a server: {text[:100]}")
    return name if port in {None, 443} else f"{name}:{port}"


def hidden(text: str, secrets: Iterable[str]) -> str:
    """A text from outside, without what must not be seen in it."""
    for each in sorted({each for each in secrets if each}, key=len, reverse=True):
        text = text.replace(each, "…")
    return text
