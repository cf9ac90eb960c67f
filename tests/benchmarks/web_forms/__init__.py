"""ODK Web Forms' engine in headless Chromium, for comparison: installed into a temporary folder, never shipped.

The package is one pinned version, checked against its hash, fetched with npm as whoever uses it would.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import http.server
import json
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM

PACKAGE = "@getodk/xforms-engine"
VERSION = "0.22.0"
_SHA512 = "CSpVnrtNWhIaCsiv8SblwJE9Ll8l2bh+74JVUc12CRP6c90O2noztYdgRPHbx9aKoANr+D0gxi23q+IYdu6WzQ=="
_HERE = Path(__file__).parent
_INSTALL_SECONDS = 300

Reading = tuple[list[list[Any]], bool, list[Any] | None]
"""What is read after an answer: path, value, "required" of each question; validity; label and choices of the next."""

Step = tuple[str, str, str | int]
"""``answer`` with path and value, ``add`` with a repeat's path, ``remove`` with that and the instance's place."""
Row = list[Any]
"""A node and its state, as the conformance data writes it."""


class WebForms:
    """A page with the engine in it and forms to walk."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def begin(self, forms: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> None:
        """Hand over forms, each an XForm and the answers to it: paths and values."""
        given = [{"xform": xform, "answers": [list(answer) for answer in answers]} for xform, answers in forms]
        self._page.evaluate("given => { walks.begin(given); }", given)

    def walk(self, number: int) -> list[Sequence[float] | None]:
        """The milliseconds of each answer, until stored and until read; None where there was no such question."""
        times: list[Sequence[float] | None] = self._page.evaluate("number => walks.walk(number, false)", number)[
            "times"
        ]
        return times

    def read(self, number: int) -> list[Reading | None]:
        """What is read after each answer."""
        readings: list[Reading | None] = self._page.evaluate("number => walks.walk(number, true)", number)["readings"]
        return readings

    def load(self, number: int) -> float:
        """The milliseconds of reading a form and beginning an interview."""
        milliseconds: float = self._page.evaluate("number => walks.load(number)", number)
        return milliseconds

    def play(self, xform: str, steps: Sequence[Step], moment: datetime) -> tuple[list[list[Row]], str]:
        """The state of a form at first and after each step, as far as it takes them; and why it refuses one."""
        given = [xform, [list(step) for step in steps], moment.timestamp() * 1000]
        played = self._page.evaluate("given => walks.play(...given)", given)
        return played["states"], played["refusal"]

    def tick(self) -> float:
        """The smallest step of the browser's clock, in milliseconds."""
        milliseconds: float = self._page.evaluate("() => walks.tick()")
        return milliseconds

    def version(self) -> str:
        """The browser's version."""
        browser = self._page.context.browser
        return browser.version if browser else ""


@contextmanager
def web_forms() -> Iterator[WebForms]:
    """The engine, installed and ready, until the end of the block."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _install(folder)
        for part in ("page.html", "walker.js"):
            shutil.copy(_HERE / part, folder)
        with _served(folder) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            try:
                page = browser.new_page(timezone_id="UTC")
                page.set_default_timeout(60_000)
                page.goto(f"{address}/page.html")
                page.wait_for_function("() => window.walks && window.crossOriginIsolated")
                yield WebForms(page)
            finally:
                browser.close()


def _install(folder: Path) -> None:
    """Put the engine into the folder, as ``engine.js``: its published module has all that it needs in it."""
    packed = subprocess.run(  # noqa: S603
        ["npm", "pack", "--json", "--ignore-scripts", f"{PACKAGE}@{VERSION}"],  # noqa: S607 (npm as it is installed)
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=_INSTALL_SECONDS,
    )
    archive = folder / json.loads(packed.stdout)[0]["filename"]
    if hashlib.sha512(archive.read_bytes()).digest() != base64.b64decode(_SHA512):
        raise SystemExit(f"{PACKAGE} {VERSION} is not what it was: its hash differs")
    with tarfile.open(archive) as package:
        module = package.extractfile("package/dist/index.js")
        assert module is not None
        (folder / "engine.js").write_bytes(module.read())


class _Isolated(http.server.SimpleHTTPRequestHandler):
    """Serves the folder; isolated from other origins, so that the browser's clock steps by 5 µs instead of 100."""

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Isolated, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
