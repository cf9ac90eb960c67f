"""A server that takes submissions as ODK Central or KoboToolbox do, over real HTTP; it knows nothing of our client.

Written from the protocol and from what the two are known to answer: Central says 201 to what it has already, and 409 if
the content differs; KoboToolbox says 202. It can also fail in all the ways in which servers do.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from aiohttp import web

KEY = "s3cr3tAppUserKey" * 4
USER, PASSWORD, TOKEN = "wissenschaft", "pass:wörd", "0123456789abcdef0123456789abcdef01234567"
HEADERS = {"X-OpenRosa-Version": "1.0", "X-OpenRosa-Accept-Content-Length": "10000000"}

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Post:
    """One request that came with a submission."""

    xml: bytes
    files: dict[str, bytes]
    fields: dict[str, str]
    headers: dict[str, str]


@dataclass
class OpenRosaServer:
    """``flavour``: central or kobo. ``held``: submissions by instanceID. ``fails``: what to do instead, by turns."""

    flavour: str = "central"
    signs_in: str = "address"
    """``address``, ``basic``, ``digest`` or ``token``."""
    key: str = KEY
    forms: dict[str, tuple[str, str]] = field(default_factory=lambda: {"test": ("Wohnen", "")})
    held: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    heads: int = 0
    most: int = 10_000_000
    fails: list[Handle] = field(default_factory=list)
    always: Handle | None = None
    on_list: Handle | None = None
    on_head: Handle | None = None
    after: Handle | None = None
    """What is answered after a submission has been stored."""
    base: str = ""
    port: int = 0

    @property
    def address(self) -> str:
        """What somebody pastes."""
        return f"{self.base}/v1/key/{self.key}/projects/7" if self.signs_in == "address" else f"{self.base}/{USER}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[OpenRosaServer]:
        """Answer on a port of this machine; on the same one if it ran before."""
        app = web.Application(client_max_size=100_000_000)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self.base = f"http://127.0.0.1:{self.port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["X-OpenRosa-Version"] == "1.0"
        assert request.headers["Date"].endswith("GMT")
        refused = self._signed_in(request)
        place = urlpath(self.address)
        if request.path == f"{place}/formList" and request.method == "GET":
            return refused or (await self.on_list(request) if self.on_list else self._list())
        if request.path != f"{place}/submission":
            return said(404, "Not found")
        if request.method == "HEAD":
            self.heads += 1
            if self.on_head:
                return await self.on_head(request)
            return refused or web.Response(
                status=204, headers={**HEADERS, "X-OpenRosa-Accept-Content-Length": str(self.most)}
            )
        if refused:
            await request.read()
            return refused
        return await self._take(request)

    def _signed_in(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization", "")
        if self.signs_in == "address":
            return None if f"/key/{self.key}/" in request.path else said(401, "Could not authenticate.")
        if self.signs_in == "token":
            return None if given == f"Token {TOKEN}" else said(401, "Invalid token.")
        if self.signs_in == "basic":
            if given.startswith("Basic ") and b64decode(given[6:]).decode() == f"{USER}:{PASSWORD}":
                return None
            return said(401, "Authentication required", **{"WWW-Authenticate": 'Basic realm="x"'})
        challenge = 'Digest realm="x", qop="auth", nonce="abc", algorithm=MD5'
        is_right = self._digest_is_right(request, given)
        return None if is_right else said(401, "Authentication required", **{"WWW-Authenticate": challenge})

    def _digest_is_right(self, request: web.Request, given: str) -> bool:
        if not given.startswith("Digest "):
            return False
        parts = {name: a or b for name, a, b in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', given)}
        one = md5(f"{USER}:x:{PASSWORD}")
        two = md5(f"{request.method}:{parts['uri']}")
        return bool(parts["response"] == md5(f"{one}:abc:{parts['nc']}:{parts['cnonce']}:{parts['qop']}:{two}"))

    def _list(self) -> web.Response:
        rows = "".join(
            f"<xform><formID>{escape(form)}</formID><name>{escape(name)}</name><version>{escape(version)}</version>"
            f"<hash>md5:0</hash><downloadUrl>{self.base}/x</downloadUrl></xform>"
            for form, (name, version) in self.forms.items()
        )
        return web.Response(
            text=f'<?xml version="1.0"?><xforms xmlns="http://openrosa.org/xforms/xformsList">{rows}</xforms>',
            content_type="text/xml",
            headers=HEADERS,
        )

    async def _take(self, request: web.Request) -> web.StreamResponse:
        if self.always:
            return await self.always(request)
        if self.fails:
            return await self.fails.pop(0)(request)
        stored = await self.store(request)
        return await self.after(request) if self.after else stored

    async def store(self, request: web.Request) -> web.Response:
        """Take a submission as the server does."""
        fields = await request.post()
        sent = fields["xml_submission_file"]
        assert isinstance(sent, web.FileField)
        assert sent.content_type == "text/xml"
        xml = sent.file.read()
        files = {
            name: each.file.read()
            for name, each in fields.items()
            if isinstance(each, web.FileField) and name != "xml_submission_file"
        }
        texts = {name: each for name, each in fields.items() if isinstance(each, str)}
        self.posts.append(Post(xml, files, texts, dict(request.headers)))
        text = xml.decode()
        form = re.search(r'<\w+[^>]* id="([^"]*)"', text)
        if not form or form[1] not in self.forms:
            return said(404, "The form your submission specified does not exist.")
        name = re.search(r"<(?:orx:)?instanceID>(.*?)</", text)
        assert name, text
        before = self.held.get(name[1])
        if before is not None and before != xml:
            return said(409, "A submission already exists with this ID, but with different form data.")
        self.held[name[1]] = xml
        new = {key: value for key, value in files.items() if self.files.get(name[1], {}).get(key) != value}
        self.files.setdefault(name[1], {}).update(files)
        if before is not None and not new and self.flavour == "kobo":
            return said(202, "Duplicate submission")
        return said(201, "full submission upload was successful!")


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def urlpath(address: str) -> str:
    return "/" + address.partition("//")[2].partition("/")[2]


def said(status: int, message: str, **headers: str) -> web.Response:
    """An answer as OpenRosa wants it."""
    body = f'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>{escape(message)}</message></OpenRosaResponse>'
    return web.Response(status=status, text=body, content_type="text/xml", headers={**HEADERS, **headers})


# --- how servers fail -------------------------------------------------------------------------------------------------


def answers(status: int, message: str = "", **headers: str) -> Handle:
    async def handle(request: web.Request) -> web.StreamResponse:
        await request.read()
        return said(status, message, **headers)

    return handle


def raw(status: int, body: bytes, **headers: str) -> Handle:
    """Something that is no OpenRosa answer."""

    async def handle(request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.Response(status=status, body=body, headers=headers)

    return handle


async def hangs(request: web.Request) -> web.StreamResponse:
    await request.read()
    await asyncio.sleep(30)
    return said(201, "late")


async def breaks_off(request: web.Request) -> web.StreamResponse:
    await request.read()
    assert request.transport
    request.transport.abort()
    return web.Response()


def drips(*, slowly: bool = False) -> Handle:
    """An answer that never ends."""

    async def handle(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(status=201, headers={"Content-Type": "text/xml"})
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b"<a>" * (1 if slowly else 1_000))
                await asyncio.sleep(0.05 if slowly else 0)
        return response

    return handle
