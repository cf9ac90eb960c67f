"""What somebody of the staff settles for themselves: their own chat with the bot, and a mediator's languages."""

from __future__ import annotations

import secrets
from typing import Any

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler

from admin.access import Everybody, Right, needs
from admin.broadcast_texts import name_in
from admin.pages.posters import code_of
from admin.site import NoLinkYetError, Site
from admin.viewing import Asking, in_order, note, texts
from dialogues.desk import CODE_PREFIX
from dialogues.texts import LANGUAGES
from storage.queries.staff import find_profile
from storage.services.staff import CODE_LASTS, offer_link, set_translates, unlink_chat

CODE_BYTES = 24
HERE = "/admin/profile"


def routes(site: Site) -> list[BaseRouteHandler]:
    """The profile, the code that links a chat, and its end."""

    async def page(request: Asking, *, link: str = "") -> Response[str]:
        async with site.database.read() as connection:
            profile = await find_profile(connection, request.user.id)
        return site.page(
            request,
            "profile/profile.html",
            profile=profile,
            link=link,
            code=code_of(link) if link else "",
            minutes=int(CODE_LASTS.total_seconds()) // 60,
            may_translate=request.user.may(Right.TRANSLATE),
            names=in_order(site.language(request)),
            named=name_in(site.language(request)),
        )

    @get(HERE, opt=needs(Everybody.STAFF))
    async def show(request: Asking) -> Response[str]:
        return await page(request)

    @post(f"{HERE}/code", status_code=200, opt=needs(Everybody.STAFF))
    async def make(request: Asking) -> Response[Any]:
        _, code = site.say(request), CODE_PREFIX + secrets.token_urlsafe(CODE_BYTES)
        try:
            link = site.link(code)
        except NoLinkYetError:
            return site.go_to(HERE, notice=_("The bot’s address is not known yet. Please try again in a minute."))
        async with site.database.write() as connection:
            await offer_link(connection, town_id=site.town_id, staff_id=request.user.id, code=code, now=site.now())
        return await page(request, link=link)

    @post(f"{HERE}/unlink", opt=needs(Everybody.STAFF))
    async def unlink(request: Asking) -> Response[None]:
        _ = site.say(request)
        async with site.database.write() as connection:
            done = await unlink_chat(connection, staff_id=request.user.id)
            if done:
                await note(site, connection, request, "staff.unlink", None, name=request.user.name)
        return site.go_to(HERE, notice=_("Your chat is linked no more.") if done else "")

    @post(f"{HERE}/languages", opt=needs(Right.TRANSLATE))
    async def choose(request: Asking) -> Response[None]:
        _, chosen = site.say(request), texts(await request.form(), "language")
        async with site.database.write() as connection:
            languages = [each for each in LANGUAGES if each in chosen]
            await set_translates(connection, staff_id=request.user.id, languages=languages)
            await note(site, connection, request, "staff.translates", None, languages=languages)
        return site.go_to(HERE, notice=_("Saved."))

    return [show, make, unlink, choose]
