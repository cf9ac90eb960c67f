"""What a bot says about itself, and what of it each resident sees."""

from __future__ import annotations

from typing import Any

from tests.bot.simulator.world import BOT, Client, Resident, World


async def _seen(resident: Resident) -> dict[str, Any]:
    path = f"/sim/users/{resident.id}/commands"
    answer = await resident.world.control.get(path, params={"bot": BOT.username})
    seen: dict[str, Any] = answer.json()
    return seen


async def test_the_nearest_command_list_counts(world: World, client: Client) -> None:
    amal, ion = await world.guest(language_code="ar"), await world.guest(language_code="ro-MD")
    bot, types = client.bot, client.types

    async def name(command: str, **where: Any) -> None:
        assert await bot.set_my_commands(commands=[types.BotCommand(command=command, description=command)], **where)

    async def commands(resident: Resident) -> list[str]:
        return [command["command"] for command in (await _seen(resident))["commands"]]

    assert await commands(amal) == []
    await name("a")
    assert (await commands(amal), await commands(ion)) == (["a"], ["a"])
    await name("b", language_code="ro")
    assert (await commands(amal), await commands(ion)) == (["a"], ["b"])
    await name("c", scope=types.BotCommandScopeAllPrivateChats())
    assert (await commands(amal), await commands(ion)) == (["c"], ["c"])
    await name("d", scope=types.BotCommandScopeAllGroupChats())
    await name("e", scope=types.BotCommandScopeChat(chat_id=amal.id))
    assert (await commands(amal), await commands(ion)) == (["e"], ["c"])
    await name("f", scope=types.BotCommandScopeChat(chat_id=amal.id), language_code="ar")
    assert await commands(amal) == ["f"]
    listed = await bot.get_my_commands(scope=types.BotCommandScopeChat(chat_id=amal.id))
    assert [command.command for command in listed] == ["e"]
    await bot.delete_my_commands(scope=types.BotCommandScopeChat(chat_id=amal.id), language_code="ar")
    assert await commands(amal) == ["e"]


async def test_name_and_descriptions_have_languages(world: World, client: Client) -> None:
    amal = await world.guest(language_code="ar")
    bot = client.bot
    await bot.set_my_name(name="Mitsprache")
    await bot.set_my_name(name="صوتك", language_code="ar")
    await bot.set_my_description(description="Say it")
    await bot.set_my_description(description="قل", language_code="ar")
    await bot.set_my_short_description(short_description="short")
    assert (await bot.get_my_name(language_code="ar")).name == "صوتك"
    assert (await bot.get_my_name(language_code="de")).name == "Mitsprache"
    assert (await bot.get_my_description()).description == "Say it"
    assert (await bot.get_my_short_description(language_code="tr")).short_description == "short"
    assert (await bot.get_me()).first_name == "Mitsprache"
    async with amal.page() as page:
        assert page.greeting["description"] == "قل"
        assert page.greeting["bot"]["username"] == BOT.username
        assert page.greeting["user"]["id"] == amal.id


async def test_the_menu_button_of_a_chat(world: World, client: Client) -> None:
    amal = await world.guest()
    assert (await client.bot.get_chat_menu_button(chat_id=amal.id)).type == "default"
    async with amal.page() as page:
        await client.bot.set_chat_menu_button(chat_id=amal.id, menu_button=client.types.MenuButtonCommands())
        name, event = await page.next()
        assert (name, event["menu_button"]) == ("commands", {"type": "commands"})
    assert (await _seen(amal))["menu_button"] == {"type": "commands"}
    assert (await client.bot.get_chat_menu_button()).type == "default"
