"""The control of faults, ``/sim/faults``: asks for them, lists them, clears them."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from bot.simulator.errors import RefusedError
from bot.simulator.faults import DELAY, RESET, STATUS, Fault
from bot.simulator.methods import METHODS
from bot.simulator.residents import Residents
from bot.simulator.telegram import Telegram

Json = dict[str, Any]
_DAY = 24 * 3600
_GET_UPDATES = "getUpdates"
_Seconds = Annotated[float, msgspec.Meta(gt=0, le=_DAY)]


class NewFault(msgspec.Struct, forbid_unknown_fields=True):
    """What shall go wrong, and with which calls; without ``methods``, ``chat`` and ``bot`` with all."""

    kind: Literal["status", "delay", "hang", "reset"]
    methods: Annotated[list[str], msgspec.Meta(min_length=1, max_length=100)] | None = None
    chat: int | None = None
    bot: str | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=10**9)] | None = None
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    seed: int | None = None
    duration: _Seconds | None = None
    carried_out: bool | None = None
    delay: _Seconds | None = None
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = None
    description: Annotated[str, msgspec.Meta(max_length=1000)] | None = None
    retry_after: Annotated[int, msgspec.Meta(ge=1, le=_DAY)] | None = None


class FaultActs(Controller):
    """The faults."""

    path = "/sim/faults"

    @post("/")
    async def add(self, data: JSONBody[NewFault], telegram: NamedDependency[Telegram]) -> Json:
        """Let something go wrong from now on."""
        fault = _fault(data, telegram)
        number = telegram.faults.add(fault)
        return _shown(number, fault, 0, True)

    @get("/")
    async def list_faults(self, telegram: NamedDependency[Telegram]) -> list[Json]:
        """What was asked for, and how often it struck."""
        return [_shown(*each) for each in telegram.faults.listed()]

    @delete("/", status_code=200)
    async def clear(self, telegram: NamedDependency[Telegram]) -> Json:
        """Let nothing go wrong any more."""
        telegram.faults.clear()
        return {"cleared": True}


def _fault(data: NewFault, telegram: Telegram) -> Fault:
    _check(data)
    return Fault(
        data.kind,
        methods=frozenset(_known(method) for method in data.methods or ()),
        chat=data.chat,
        bot=None if data.bot is None else Residents(telegram).bot(data.bot).username,
        count=data.count,
        share=1.0 if data.share is None else data.share,
        seed=data.seed,
        duration=math.inf if data.duration is None else data.duration,
        carried_out=data.kind != STATUS if data.carried_out is None else data.carried_out,
        delay=data.delay or 0.0,
        status=data.status or 0,
        description=data.description or "",
        retry_after=data.retry_after,
    )


def _check(data: NewFault) -> None:
    if (data.status is None) == (data.kind == STATUS):
        raise RefusedError(400, "A fault of the kind status needs a status (400 to 599), no other kind has one.")
    if data.kind != STATUS and (data.description is not None or data.retry_after is not None):
        raise RefusedError(400, "Only a fault of the kind status has a description or retry_after.")
    if data.retry_after is not None and data.status != 429:
        raise RefusedError(400, "Only the status 429 comes with retry_after.")
    if data.kind == DELAY and (data.delay is None or data.carried_out is False):
        raise RefusedError(400, "A fault of the kind delay needs delay, in seconds; the call is carried out after it.")
    if data.kind not in (STATUS, RESET, "hang") and data.carried_out is not None:
        raise RefusedError(400, "Only calls that get no answer, or a wrong one, may be carried out or not.")
    if data.seed is not None and data.share is None:
        raise RefusedError(400, "A seed is of use with a share only.")


def _known(method: str) -> str:
    lower = method.lower()
    if lower not in METHODS and lower != _GET_UPDATES.lower():
        raise RefusedError(400, f"There is no method {method!r} here.")
    return lower


def _shown(number: int, fault: Fault, struck: int, active: bool) -> Json:
    names = {_GET_UPDATES.lower(): _GET_UPDATES} | {key: known.name for key, known in METHODS.items()}
    shown: Json = {
        "id": number,
        "kind": fault.kind,
        "methods": sorted(names[method] for method in fault.methods) or None,
        "chat": fault.chat,
        "bot": fault.bot,
        "count": fault.count,
        "share": fault.share,
        "seed": fault.seed,
        "duration": None if math.isinf(fault.duration) else fault.duration,
        "carried_out": fault.carried_out,
        "delay": fault.delay,
    }
    if fault.kind == STATUS:
        error = fault.error()
        shown |= {"status": error.code, "description": error.description, "retry_after": fault.retry_after}
    return {**shown, "struck": struck, "active": active}
