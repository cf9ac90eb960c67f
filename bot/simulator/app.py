"""The simulator as one ASGI application: the Bot API, the control and the chat page. It binds no port itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from bot.simulator.api import BotApi, is_bot_api
from bot.simulator.control import CONTROL
from bot.simulator.doorkeeper import Doorkeeper
from bot.simulator.errors import RefusedError
from bot.simulator.settings import DEMO_BOT, BotAccount, Extra, Limits
from bot.simulator.telegram import Telegram

__all__ = ["DEMO_BOT", "BotAccount", "Extra", "Limits", "Simulator", "create_simulator"]

_PAGE = Path(__file__).parent / "page"
_NOT_STARTED = "the simulator has not been started"
_MAX_CONTROL_BODY = 32 * 1024 * 1024
_PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "connect-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


class Simulator:
    """A simulated Telegram in a folder. ``start`` it before the first request, ``stop`` it after the last.

    ``asgi`` serves HTTP requests to the paths that ``handles`` accepts. A server that wants to stop calls
    ``hang_up`` first: it ends the long polls and event streams that would keep it waiting.
    """

    def __init__(self, data: Path, bots: Sequence[BotAccount], limits: Limits) -> None:
        self._data = data
        self._bots = tuple(bots)
        self._limits = limits
        self._telegram: Telegram | None = None
        self._bot_api: BotApi | None = None
        self._pages: Any = None

    @property
    def bots(self) -> tuple[BotAccount, ...]:
        """The bots that have an account here; while it runs, those that were added since as well."""
        return self._bots if self._telegram is None else tuple(self._telegram.bots.values())

    async def start(self) -> None:
        """Open the folder, which is made if need be."""
        self._telegram = Telegram(self._data, self._bots, self._limits)
        self._telegram.webhooks.start()
        self._bot_api = BotApi(self._telegram)
        self._pages = Doorkeeper(_pages(self._telegram))

    def settle(self, bot: BotAccount, extras: Iterable[Extra]) -> None:
        """Let people live here who have started one of the bots. Who is there already stays as they are.

        Raises:
            RuntimeError: the simulator has not been started.
        """
        if self._telegram is None:
            raise RuntimeError(_NOT_STARTED)
        self._telegram.settle(bot, extras)

    async def stop(self) -> None:
        """End what waits and close the folder."""
        if self._telegram is not None:
            await self._telegram.webhooks.stop()
            self._telegram.close()
            self._telegram = None

    def hang_up(self) -> None:
        """End long polls and event streams, now and from now on; their clients get what there is."""
        if self._telegram is not None:
            self._telegram.hang_up()

    @staticmethod
    def handles(path: str) -> bool:
        """Whether a request to this path is for the simulator."""
        return is_bot_api(path) or path == "/chat" or path.startswith(("/chat/", "/sim/"))

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one HTTP request. Tell uvicorn ``interface="asgi3"``: it does not see that of a method."""
        if scope["type"] != "http":
            raise ValueError(f"the simulator speaks HTTP, not {scope['type']}")
        if self._bot_api is None or self._telegram is None:
            raise RuntimeError(_NOT_STARTED)
        await (self._bot_api if is_bot_api(scope["path"]) else self._pages)(scope, receive, send)


def create_simulator(
    data: Path, *, bots: Sequence[BotAccount] | None = None, limits: Limits | None = None
) -> Simulator:
    """A simulator that keeps everything in the folder ``data``; without ``bots`` it has the one of the demo."""
    return Simulator(data, (DEMO_BOT,) if bots is None else bots, limits or Limits())


def _pages(telegram: Telegram) -> Litestar:
    page = create_static_files_router(
        path="/chat", directories=[_PAGE], html_mode=True, name="chat", after_request=_with_page_headers
    )
    return Litestar(
        route_handlers=[*CONTROL, page],
        dependencies={"telegram": Provide(lambda: telegram, sync_to_thread=False)},
        exception_handlers={RefusedError: _refuse},
        request_max_body_size=_MAX_CONTROL_BODY,
        openapi_config=None,
        logging_config=None,
    )


def _refuse(_request: Request[Any, Any, Any], refusal: RefusedError) -> Response[dict[str, Any]]:
    return Response({"status_code": refusal.status, "detail": refusal.reason}, status_code=refusal.status)


def _with_page_headers(response: Response[Any]) -> Response[Any]:
    response.headers.update(_PAGE_HEADERS)
    return response
