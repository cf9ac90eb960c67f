"""Pictures, files, albums and places, sent, copied and changed, through two unrelated libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import telegram

from bot.simulator.samples import sample
from bot.simulator.settings import Limits
from tests.bot.simulator.test_messages import _download as download
from tests.bot.simulator.world import OTHER, Client, Resident, World, aiogram_client, running

PDF = b"%PDF-1.4 a plan"


def attached(client: Client, data: bytes, name: str) -> Any:
    """A file within an InputMedia, which one library wants to be told of."""
    if client.types is telegram:
        return telegram.InputFile(data, name, attach=True)
    return client.file(data, name)


def photo(client: Client, **what: Any) -> Any:
    return client.types.InputMediaPhoto(media=attached(client, sample("photo.jpg"), "a.jpg"), **what)


def document(client: Client, **what: Any) -> Any:
    return client.types.InputMediaDocument(media=attached(client, PDF, "plan.pdf"), **what)


async def last(resident: Resident) -> dict[str, Any]:
    return (await resident.messages())[-1]


async def test_an_album_of_uploads_and_of_ids(world: World, client: Client) -> None:
    amal = await world.guest()
    media = [photo(client, caption="<b>One</b>", parse_mode="HTML"), photo(client)]
    sent = await client.bot.send_media_group(chat_id=amal.id, media=media)
    assert [message.message_id for message in sent] == [2, 3]
    assert {message.media_group_id for message in sent} == {sent[0].media_group_id}
    assert sent[0].media_group_id
    assert (sent[0].caption, sent[0].caption_entities[0].type, sent[1].caption) == ("One", "bold", None)
    assert await download(client, sent[1].photo[-1].file_id) == sample("photo.jpg")
    again = [client.types.InputMediaPhoto(media=message.photo[-1].file_id) for message in sent]
    repeated = await client.bot.send_media_group(chat_id=amal.id, media=again)
    assert repeated[0].photo[-1].file_unique_id == sent[0].photo[-1].file_unique_id
    assert repeated[0].media_group_id != sent[0].media_group_id
    assert len(await amal.messages()) == 5


async def test_an_album_of_documents_answers_a_message(world: World, client: Client) -> None:
    amal = await world.guest()
    reply = client.types.ReplyParameters(message_id=1)
    sent = await client.bot.send_media_group(
        chat_id=amal.id, media=[document(client), document(client)], reply_parameters=reply, protect_content=True
    )
    assert [message.document.file_name for message in sent] == ["plan.pdf"] * 2
    assert [message.reply_to_message.message_id for message in sent] == [1, 1]
    assert sent[0].has_protected_content is True


async def test_an_album_goes_whole_or_not_at_all(world: World, client: Client) -> None:
    amal = await world.guest()
    broken = client.types.InputMediaPhoto(media=attached(client, b"no picture", "b.jpg"))
    with client.refused(400, 'failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"'):
        await client.bot.send_media_group(chat_id=amal.id, media=[photo(client), broken])
    with client.refused(400, "document can't be mixed with other media types"):
        await client.bot.send_media_group(chat_id=amal.id, media=[photo(client), document(client)])
    assert len(await amal.messages()) == 1


async def test_an_album_counts_as_many_messages(tmp_path: Path) -> None:
    async with running(tmp_path, limits=Limits(chat_burst=4)) as world, aiogram_client(world) as client:
        amal = await world.guest()
        await client.bot.send_media_group(amal.id, [photo(client)] * 10)
        with client.refused(429, "Too Many Requests: retry after"):
            await client.bot.send_message(amal.id, "x")


async def test_a_refused_upload_leaves_no_file_behind(tmp_path: Path) -> None:
    async with running(tmp_path, limits=Limits(chat_burst=1)) as world, aiogram_client(world) as client:
        amal = await world.guest()
        await client.bot.send_photo(amal.id, client.file(sample("photo.jpg"), "a.jpg"))
        with client.refused(429, "Too Many Requests"):
            await client.bot.send_photo(amal.id, client.file(sample("photo.jpg"), "a.jpg"))
        with client.refused(429, "Too Many Requests"):
            await client.bot.send_media_group(amal.id, [photo(client)] * 2)
        assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


async def test_ids_of_uploads_are_good_again_for_the_same_bot_only(world: World, client: Client) -> None:
    amal = await world.guest()
    await amal.act("send", bot=OTHER.username, start="")
    sent = await client.bot.send_document(chat_id=amal.id, document=client.file(PDF, "plan.pdf"))
    again = await client.bot.send_document(chat_id=amal.id, document=sent.document.file_id, caption="once more")
    assert again.document.file_id == sent.document.file_id
    assert await download(client, again.document.file_id) == PDF
    refused = await world.call("sendDocument", token=OTHER.token, chat_id=amal.id, document=sent.document.file_id)
    assert refused["description"] == "Bad Request: wrong file identifier/HTTP URL specified"


async def test_a_place_has_a_name(world: World, client: Client) -> None:
    amal = await world.guest()
    sent = await client.bot.send_venue(
        chat_id=amal.id, latitude=51.52, longitude=7.46, title="مركز الحي", address="Nordmarkt 1"
    )
    assert (sent.venue.title, sent.venue.address) == ("مركز الحي", "Nordmarkt 1")
    assert sent.venue.location.latitude == sent.location.latitude == 51.52


async def test_a_message_is_copied_without_its_origin(world: World, client: Client) -> None:
    amal, ion = await world.guest(), await world.guest()
    text = await client.bot.send_message(
        chat_id=amal.id, text="<b>x</b>", parse_mode="HTML", reply_markup=client.button()
    )
    picture = await client.bot.send_photo(
        chat_id=amal.id, photo=client.file(sample("photo.jpg"), "a.jpg"), caption="before"
    )
    place = await client.bot.send_venue(chat_id=amal.id, latitude=1, longitude=2, title="a", address="b")
    ids = []
    for message in (text, picture, place):
        copied = await client.bot.copy_message(chat_id=ion.id, from_chat_id=amal.id, message_id=message.message_id)
        ids.append(copied.message_id)
    assert ids == [2, 3, 4]
    copies = (await ion.messages())[1:]
    assert (copies[0]["text"], copies[0]["entities"][0]["type"]) == ("x", "bold")
    assert "reply_markup" not in copies[0]
    assert (copies[1]["caption"], copies[1]["photo"][0]["file_id"]) == ("before", picture.photo[0].file_id)
    assert copies[2]["venue"]["title"] == "a"
    to: dict[str, Any] = {"chat_id": ion.id, "from_chat_id": amal.id, "message_id": picture.message_id}
    await client.bot.copy_message(**to, caption="after", reply_markup=client.button())
    assert (await last(ion))["caption"] == "after"
    assert "reply_markup" in await last(ion)
    assert (await world.call("copyMessage", **to, caption=""))["ok"]
    assert "caption" not in await last(ion)


async def test_what_is_not_there_can_not_be_copied(world: World, client: Client) -> None:
    amal = await world.guest()
    with client.refused(400, "Bad Request: message to copy not found"):
        await client.bot.copy_message(chat_id=amal.id, from_chat_id=amal.id, message_id=99)


async def test_a_picture_becomes_another_or_a_file(world: World, client: Client) -> None:
    amal = await world.guest()
    sent = await client.bot.send_photo(
        chat_id=amal.id, photo=client.file(sample("photo.jpg"), "a.jpg"), caption="old", reply_markup=client.button()
    )
    to = {"chat_id": amal.id, "message_id": sent.message_id}
    edited = await client.bot.edit_message_media(media=document(client, caption="<i>new</i>", parse_mode="HTML"), **to)
    assert (edited.document.file_name, edited.caption, edited.photo or None) == ("plan.pdf", "new", None)
    assert edited.reply_markup is None
    media = client.types.InputMediaPhoto(media=sent.photo[-1].file_id)
    back = await client.bot.edit_message_media(media=media, reply_markup=client.button("z"), **to)
    assert (back.photo[-1].file_id, back.document, back.caption) == (sent.photo[-1].file_id, None, None)
    with client.refused(400, "message is not modified"):
        await client.bot.edit_message_media(media=media, reply_markup=client.button("z"), **to)
    assert len(await amal.messages()) == 2


async def test_a_text_becomes_a_picture(world: World, client: Client) -> None:
    amal = await world.guest()
    sent = await client.bot.send_message(chat_id=amal.id, text="x")
    edited = await client.bot.edit_message_media(
        chat_id=amal.id, message_id=sent.message_id, media=photo(client, caption="y")
    )
    assert (edited.text, edited.caption) == (None, "y")
    assert "text" not in await last(amal)


async def test_what_can_not_become_a_picture(world: World, client: Client) -> None:
    amal = await world.guest()
    voice = await client.bot.send_voice(chat_id=amal.id, voice=client.file(sample("voice.oga"), "a.oga"))
    with client.refused(400, "there is no media in the message to edit"):
        await client.bot.edit_message_media(chat_id=amal.id, message_id=voice.message_id, media=photo(client))
    album = await client.bot.send_media_group(chat_id=amal.id, media=[photo(client), photo(client)])
    with client.refused(400, "can't change media type in the album"):
        await client.bot.edit_message_media(chat_id=amal.id, message_id=album[0].message_id, media=document(client))
    await client.bot.edit_message_caption(chat_id=amal.id, message_id=album[1].message_id, caption="<b>z</b>")
    assert (await last(amal))["media_group_id"] == album[0].media_group_id


@pytest.mark.parametrize("length", [1024, 1025])
async def test_captions_count_utf16_units_after_their_tags(world: World, client: Client, length: int) -> None:
    amal = await world.guest()
    caption = "<b>" + "😀" * 512 + "</b>" + "x" * (length - 1024)
    media = [photo(client, caption=caption, parse_mode="HTML"), photo(client)]
    if length == 1024:
        assert await client.bot.send_media_group(chat_id=amal.id, media=media)
    else:
        with client.refused(400, "message caption is too long"):
            await client.bot.send_media_group(chat_id=amal.id, media=media)


async def test_a_resident_answers_a_message(world: World, client: Client) -> None:
    amal = await world.guest()
    sent = await client.bot.send_message(
        chat_id=amal.id, text="Translate this", reply_markup=client.types.ForceReply(selective=True)
    )
    assert (await amal.view())["keyboard"] == {"force_reply": True, "selective": True}
    await amal.send(text="Çeviri", reply_to=sent.message_id)
    answer = (await client.bot.get_updates(offset=-1))[0].message
    assert (answer.reply_to_message.message_id, answer.reply_to_message.text) == (sent.message_id, "Translate this")
    assert answer.reply_to_message.from_user.is_bot


async def test_a_resident_sends_an_album(world: World, client: Client) -> None:
    amal = await world.guest()
    sent = await amal.send(album=[True, True, True], caption="three")
    messages = [update.message for update in await client.bot.get_updates(offset=-3)]
    assert [message.message_id for message in messages] == sent["message_ids"]
    assert [message.caption for message in messages] == ["three", None, None]
    assert len({message.media_group_id for message in messages}) == 1


async def test_a_sound_and_a_film_are_uploaded_once_and_sent_again_by_their_ids(world: World, client: Client) -> None:
    amal = await world.guest()
    sound = await client.bot.send_audio(
        chat_id=amal.id,
        audio=client.file(sample("audio.mp3"), "song.mp3"),
        title="Song",
        caption="<b>Hear</b>",
        parse_mode="HTML",
    )
    assert (sound.audio.file_name, sound.audio.mime_type, sound.audio.title) == ("song.mp3", "audio/mpeg", "Song")
    assert (sound.caption, await download(client, sound.audio.file_id)) == ("Hear", sample("audio.mp3"))
    film = await client.bot.send_video(chat_id=amal.id, video=client.file(sample("video.mp4"), "film.mp4"), duration=3)
    assert (film.video.width, film.video.height) == (320, 180)
    assert (await last(amal))["video"]["duration"] == 3
    again = await client.bot.send_video(chat_id=amal.id, video=film.video.file_id)
    assert again.video.file_unique_id == film.video.file_unique_id
    with client.refused(400, "can't use file of type Video as Audio"):
        await client.bot.send_audio(chat_id=amal.id, audio=film.video.file_id)
    with client.refused(400, "wrong file type"):
        await client.bot.send_video(chat_id=amal.id, video=client.file(sample("photo.jpg"), "film.mp4"))
    copy = await client.bot.copy_message(chat_id=amal.id, from_chat_id=amal.id, message_id=film.message_id)
    assert (await last(amal))["video"]["file_id"] == film.video.file_id
    assert copy.message_id == (await last(amal))["message_id"]


async def test_residents_send_sounds_films_and_files(world: World) -> None:
    amal = await world.guest()
    await amal.send(audio=True)
    await amal.send(video=True, caption="Look", file_name="square.mp4")
    await amal.send(document=True)
    await amal.send(document="aGVsbG8=", file_name="../../note.txt", media_type="text/plain")
    *_, audio, video, pdf, note = [each["message"] for each in await world.updates()]
    assert audio["audio"]["mime_type"] == "audio/mpeg"
    assert (video["video"]["file_name"], video["caption"]) == ("square.mp4", "Look")
    assert pdf["document"]["mime_type"] == "application/pdf"
    assert (note["document"]["mime_type"], note["document"]["file_size"]) == ("text/plain", 5)
    for file in (audio["audio"], video["video"], pdf["document"], note["document"]):
        found = await world.call("getFile", file_id=file["file_id"])
        assert found["ok"]
        assert ".." not in found["result"]["file_path"]
    await amal.act("send", 400, video="aGVsbG8=")
