"""The client's side of OpenRosa: which forms a server has, how it lets us in, and handing it one submission.

The protocol: https://docs.getodk.org/openrosa-form-submission/, openrosa-form-list/ and openrosa-http/. Everything that
a server says is bounded, taken apart safely, and told onwards without what signs in there. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from io import BytesIO
from types import TracebackType
from typing import Self
from xml.etree.ElementTree import Element, ParseError

import aiohttp
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from admin.handing_over.servers import Place, hidden
from dialogues.markup import clean
from storage.models import ItemState
from storage.services.carrying import LONGEST_REASON, LONGEST_WAIT, Outcome
from storage.services.handing_over import Access, Reason

PATIENCE_SECONDS = 60.0
"""For one request with its answer."""
CONNECT_SECONDS = 10.0
MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read."""
MOST_LIST = 5_000_000
"""Bytes of a list of forms."""
MOST_FORMS = 200
"""Of a list that are kept."""
LONGEST_NAME = 200
USUAL_LENGTH = 10_000_000
"""Bytes of one post where a server does not say how many it takes; KoboToolbox says so many."""
MOST_LENGTH = 20_000_000
"""Bytes of one post, however many a server takes: its files are in memory together. As large as one file can be."""
NO_ANSWER, NO_CONNECTION, CERTIFICATE, ELSEWHERE = "no answer", "no connection", "certificate", "elsewhere"
"""What we say where a server says nothing."""
_DUPLICATE = "duplicate"
_SUCCESS = (ItemState.ACCEPTED, ItemState.THERE)


class GoneError(Exception):
    """What was to be handed over has been erased meanwhile."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a response. ``size`` in bytes; its content is read when it is its turn, and `GoneError` raised if it
    is there no more."""

    name: str
    media_type: str
    size: int
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class ServerForm:
    """A form that a server has."""

    form_id: str
    name: str
    version: str


class UnusableError(Exception):
    """A server does not let us in. ``is_trouble``: it may do so later."""

    def __init__(self, reason: Reason, said: str | None = None, *, is_trouble: bool = False) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.said = said
        self.is_trouble = is_trouble


class Server:
    """One place on a server, open for some requests: ``async with Server(place, access) as server``."""

    def __init__(self, place: Place, access: Access, *, patience: float = PATIENCE_SECONDS) -> None:
        self._place = place
        self._access = access
        self._timeout = aiohttp.ClientTimeout(total=patience, connect=min(patience, CONNECT_SECONDS))
        self._stack = AsyncExitStack()
        self._session: aiohttp.ClientSession
        self._headers: dict[str, str] = {}
        self._middlewares: tuple[aiohttp.DigestAuthMiddleware, ...] = ()
        self._most = USUAL_LENGTH

    async def __aenter__(self) -> Self:
        """Open it; nothing is sent yet."""
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # what is asked for comes as it is; what does not is not unpacked
                trust_env=False,
            )
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._stack.aclose()

    # --- what is asked first ---

    async def greet(self) -> None:
        """Ask how it lets us in, and how much it takes at once. Comes before the first submission.

        Raises:
            UnusableError: it does not let us in, or is none of its kind.
        """
        try:
            answer = await self._let_in()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unusable(error) from None
        self._check(answer)
        length = answer.headers.get("X-OpenRosa-Accept-Content-Length", "")
        if length.isascii() and length.isdigit() and 0 < len(length) < 12 and int(length):
            self._most = min(int(length), MOST_LENGTH)

    async def _let_in(self) -> aiohttp.ClientResponse:
        user, secret = self._access.user, self._access.secret
        if not secret:
            return await self._head()
        if not user:
            self._headers = {"Authorization": f"Token {secret}"}
            return await self._head()
        challenge = (await self._head()).headers.get("WWW-Authenticate", "").lower()
        if challenge.startswith("digest") and ":" not in user:
            digest = aiohttp.DigestAuthMiddleware(user, secret)
            self._middlewares = (digest,)
            answer = await self._head()
            if answer.status != 401:
                return answer
            self._middlewares = ()
        self._headers = {"Authorization": f"Basic {b64encode(f'{user}:{secret}'.encode()).decode()}"}
        return await self._head()

    async def _head(self) -> aiohttp.ClientResponse:
        async with self._request("HEAD", "/submission") as answer:
            return answer

    def _check(self, answer: aiohttp.ClientResponse) -> None:
        status = answer.status
        if 200 <= status < 300 and (status == 204 or "X-OpenRosa-Version" in answer.headers):
            return
        if status in {401, 403}:
            raise UnusableError(Reason.SIGN_IN)
        if status in {404, 410}:
            raise UnusableError(Reason.NOT_FOUND)
        if status in {408, 425, 429} or status >= 500:
            raise UnusableError(Reason.NO_ANSWER, NO_ANSWER, is_trouble=True)
        raise UnusableError(Reason.NO_SERVER, ELSEWHERE if 300 <= status < 400 else None)

    async def forms(self) -> tuple[ServerForm, ...]:
        """The forms that it has for us, as far as it tells.

        Raises:
            UnusableError: as `greet`.
        """
        try:
            async with self._request("GET", "/formList") as answer:
                self._check(answer)
                body = await _body(answer, MOST_LIST)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unusable(error) from None
        found = await asyncio.to_thread(_forms, body)
        if found is None:
            raise UnusableError(Reason.NO_SERVER)
        return found

    # --- handing over ---

    async def take(self, xml: bytes, attachments: Sequence[Attachment] = ()) -> Outcome:
        """Hand over one submission, in several posts where its files are too large for one; never fails.

        One that is erased in between goes no further, as one that was erased before (`Carrier`).
        """
        posts = list(_posts(len(xml), attachments, self._most))
        outcomes = []
        for number, files in enumerate(posts, 1):
            try:
                outcome = await self._post(xml, files, is_last=number == len(posts))
            except GoneError:
                return Outcome(ItemState.REFUSED)
            if outcome.state not in _SUCCESS:
                return outcome
            outcomes.append(outcome)
        return next((each for each in outcomes if each.state is ItemState.ACCEPTED), outcomes[0])

    async def _post(self, xml: bytes, files: Sequence[Attachment], *, is_last: bool) -> Outcome:
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("xml_submission_file", xml, filename="submission.xml", content_type="text/xml")
        for each in files:
            content = BytesIO(await each.read())  # written in pieces; bytes would go in one, and hold up all others
            form.add_field(each.name, content, filename=each.name, content_type=each.media_type)
        if not is_last:
            form.add_field("*isIncomplete*", "yes")
        try:
            async with self._request("POST", "/submission", form) as answer:
                body = await _body(answer, MOST_ANSWER)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return _after(error)
        envelope = _envelope(body)
        said = self._fit(envelope.message) if envelope else None
        if 200 < answer.status <= 202 and envelope is None and "X-OpenRosa-Version" not in answer.headers:
            return Outcome(ItemState.UNCERTAIN, answer.status, None, stops=Reason.NO_SERVER)
        return outcome_of(answer.status, said, answer.headers.get("Retry-After", ""))

    def _request(
        self, method: str, path: str, form: aiohttp.FormData | None = None
    ) -> aiohttp.client._RequestContextManager:
        headers = {
            "X-OpenRosa-Version": "1.0",
            "Date": format_datetime(datetime.now(UTC), usegmt=True),
            "Accept-Language": "en",
            "Accept-Encoding": "identity",
            "User-Agent": "Mitsprache",
            **self._headers,
        }
        address = self._place.address + path
        return self._session.request(
            method, address, data=form, headers=headers, allow_redirects=False, middlewares=self._middlewares
        )

    def _fit(self, message: str | None) -> str | None:
        """What a server says, on one line, short, and without what signs in there, as typed or as it was sent."""
        if not message:
            return None
        sent = self._headers.get("Authorization", "").rpartition(" ")[2]
        secrets = (self._access.secret, sent, *self._place.tokens)
        said = _on_one_line(hidden(message, secrets))
        return hidden(said, map(_on_one_line, secrets))[:LONGEST_REASON] or None


def _on_one_line(text: str) -> str:
    return " ".join(clean(text).split())


def outcome_of(status: int, said: str | None, retry_after: str = "") -> Outcome:
    """What the status of an answer to a submission means, and what follows from it."""
    if status == 201:
        return Outcome(ItemState.ACCEPTED, status, said)
    if status == 202:  # KoboToolbox says so of what it has already
        is_there = said is not None and _DUPLICATE in said.lower()
        return Outcome(ItemState.THERE if is_there else ItemState.ACCEPTED, status, said)
    if status in {401, 403}:
        return Outcome(ItemState.WAITING, status, said, stops=Reason.SIGN_IN)
    if status in {404, 410}:
        return Outcome(ItemState.WAITING, status, said, stops=Reason.NOT_FOUND)
    if status == 405:  # KoboToolbox: the form takes no submissions
        return Outcome(ItemState.WAITING, status, said, stops=Reason.REFUSED)
    if 300 <= status < 400:
        return Outcome(ItemState.WAITING, status, ELSEWHERE, stops=Reason.NO_SERVER)
    if status in {408, 425, 429}:
        return Outcome(ItemState.WAITING, status, said, is_trouble=True, pause=_pause(retry_after))
    if status >= 500:
        return Outcome(ItemState.UNCERTAIN, status, said, is_trouble=True, pause=_pause(retry_after))
    if 400 <= status < 500:
        return Outcome(ItemState.REFUSED, status, said)
    return Outcome(ItemState.UNCERTAIN, status, said, stops=Reason.NO_SERVER)


def _pause(retry_after: str) -> timedelta:
    """What ``Retry-After`` asks for, seconds or a moment, within reason."""
    text = retry_after.strip()[:64]
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(timedelta(seconds=int(text)), LONGEST_WAIT)
    try:
        pause = parsedate_to_datetime(text) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return timedelta()
    return min(max(pause, timedelta()), LONGEST_WAIT)


def _after(error: Exception) -> Outcome:
    """What an error says: surely not arrived, or for all we do not know."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return Outcome(ItemState.WAITING, reason=CERTIFICATE, stops=Reason.NO_SERVER)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Outcome(ItemState.WAITING, reason=NO_CONNECTION, is_trouble=True)
    return Outcome(ItemState.UNCERTAIN, reason=NO_ANSWER, is_trouble=True)


def _unusable(error: Exception) -> UnusableError:
    outcome = _after(error)
    return UnusableError(outcome.stops or Reason.NO_ANSWER, outcome.reason, is_trouble=outcome.is_trouble)


def _posts(length: int, attachments: Sequence[Attachment], most: int) -> Iterator[Sequence[Attachment]]:
    """The files of each post: as many as fit beside the submission, and one at least."""
    files: list[Attachment] = []
    size = length
    for each in attachments:
        if files and size + each.size > most:
            yield files
            files, size = [], length
        files.append(each)
        size += each.size
    yield files


# --- what a server says -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Envelope:
    message: str | None


async def _body(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The body of an answer; empty where it is too long to be one of ours."""
    found = bytearray()
    async for piece in answer.content.iter_chunked(16_384):
        found += piece
        if len(found) > most:
            answer.close()
            return b""
    return bytes(found)


def _root(body: bytes) -> Element | None:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def _envelope(body: bytes) -> _Envelope | None:
    root = _root(body)
    if root is None or _local(root.tag) != "OpenRosaResponse":
        return None
    message = next((each for each in root if _local(each.tag) == "message"), None)
    return _Envelope("".join(message.itertext()) if message is not None else None)


def _forms(body: bytes) -> tuple[ServerForm, ...] | None:
    root = _root(body)
    if root is None or _local(root.tag) != "xforms":
        return None
    listed = [each for each in root if _local(each.tag) == "xform"][:MOST_FORMS]
    found = (ServerForm(*(_text(each, name) for name in ("formID", "name", "version"))) for each in listed)
    return tuple(each for each in found if each.form_id)


def _text(element: Element, name: str) -> str:
    child = next((each for each in element if _local(each.tag) == name), None)
    return clean("".join(child.itertext())).strip()[:LONGEST_NAME] if child is not None else ""


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
