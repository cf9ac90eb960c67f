"""The same conversation with the same bot, written once for aiogram and once for python-telegram-bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiogram
import aiogram.enums
import pytest
import telegram
from aiogram.filters import CommandObject, CommandStart
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from tests.bot.simulator.world import BOT, World, aiogram_client


@asynccontextmanager
async def _aiogram_bot(world: World) -> AsyncIterator[None]:
    dispatcher = aiogram.Dispatcher()
    types = aiogram.types

    @dispatcher.message(CommandStart())
    async def start(message: aiogram.types.Message, command: CommandObject) -> None:
        button = types.InlineKeyboardButton(text="نعم", callback_data="yes")
        keyboard = types.InlineKeyboardMarkup(inline_keyboard=[[button]])
        await message.answer(f"<b>{command.args}</b>?", parse_mode="HTML", reply_markup=keyboard)

    @dispatcher.callback_query()
    async def tapped(query: aiogram.types.CallbackQuery) -> None:
        await query.answer("ok")
        assert isinstance(query.message, types.Message)
        await query.message.edit_text(f"chosen: {query.data}")

    @dispatcher.message()
    async def other(message: aiogram.types.Message) -> None:
        await message.reply(f"got {aiogram.enums.ContentType(message.content_type).value}")

    async with aiogram_client(world) as client:
        polling = asyncio.create_task(dispatcher.start_polling(client.bot, handle_signals=False, polling_timeout=2))
        yield
        await dispatcher.stop_polling()
        await polling


@asynccontextmanager
async def _ptb_bot(world: World) -> AsyncIterator[None]:
    async def start(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        button = telegram.InlineKeyboardButton(text="نعم", callback_data="yes")
        keyboard = telegram.InlineKeyboardMarkup([[button]])
        text = f"<b>{(context.args or [''])[0]}</b>?"
        await update.message.reply_text(text, parse_mode="HTML", reply_markup=keyboard)

    async def tapped(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("ok")
        await update.callback_query.edit_message_text(f"chosen: {update.callback_query.data}")

    async def other(update: telegram.Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        kind = "photo" if update.message.photo else "text"
        await update.message.reply_text(f"got {kind}", do_quote=True)

    builder = Application.builder().token(BOT.token).base_url(f"{world.address}/bot")
    application: Any = builder.base_file_url(f"{world.address}/file/bot").build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(tapped))
    application.add_handler(MessageHandler(filters.ALL, other))
    async with application:
        await application.start()
        await application.updater.start_polling(timeout=2)
        yield
        await application.updater.stop()
        await application.stop()


BOTS: dict[str, Callable[[World], AbstractAsyncContextManager[None]]] = {
    "aiogram": _aiogram_bot,
    "python-telegram-bot": _ptb_bot,
}


@pytest.mark.parametrize("bot", list(BOTS))
async def test_a_conversation_runs_alike(world: World, bot: str) -> None:
    amal = await world.resident("أمل", language_code="ar")
    async with BOTS[bot](world), amal.page() as page:
        await amal.send(start="square")
        assert await _next(page.next, "message") == "/start square"
        assert await _next(page.next, "message") == "square?"
        await amal.tap(2)
        seen = dict([await page.next(), await page.next()])
        assert (seen["toast"]["text"], seen["edited"]["text"]) == ("ok", "chosen: yes")
        await amal.send(photo=True)
        await page.next()
        assert await _next(page.next, "message") == "got photo"
    texts = [message.get("text") for message in await amal.messages()]
    assert texts == ["/start square", "chosen: yes", None, "got photo"]
    assert (await amal.messages())[-1]["reply_to_message"]["message_id"] == 3
    assert await world.updates() == []


async def _next(read: Callable[[], Any], expected: str) -> Any:
    name, data = await read()
    assert name == expected
    return data.get("text")
