"""What strangers send: texts in all scripts, numbers in all scripts, commands, and everything that is no text."""

# ruff: noqa: E501 (lists, more to be skimmed than read)
from __future__ import annotations

from random import Random
from typing import Any

Json = dict[str, Any]

WORDS = (
    "Hello?", "Guten Tag, ich möchte etwas sagen", "شكراً جزيلاً لكم", "Благодаря Ви много", "Mulțumesc frumos",
    "Teşekkür ederim, İstanbul'dan IĞDIR'a", "Привіт", "Γειά σας", "שלום", "नमस्ते", "你好，世界", "こんにちは", "안녕하세요", "สวัสดี",
    "yes", "no", "Ja", "Nein", "نعم", "لا", "да", "не", "da", "nu", "evet", "hayır",
    "English", "Deutsch", "العربية", "Български", "Română", "Türkçe", "türkce", "deutsch bitte",
)  # fmt: skip
NUMBERS = (
    "0", "1", "3", "7", "12", "100", "-4", "+5", "2.5", "2,5", "1.234,5", "1,234.5", "١٢", "٠٫٥", "۱۲", "१२", "１２", "๑๒",
    "²", "½", "Ⅳ", "④", "1e9", "9" * 40, "NaN", "Infinity", "0x10", "1_000", "drei", "two", "trei", "üç", "три", "ثلاثة",
)  # fmt: skip
DATES = (
    "2024-02-29", "2023-02-29", "31.12.1999", "1.1.", "gestern", "today", "12/31/2020", "3 mai 2019", "3 Mayıs 2019",
    "٣ مايو ٢٠١٩", "3 май 2019", "0000-00-00", "9999-12-31", "99.99.9999",
)  # fmt: skip
NASTY = (
    "<b>bold</b> & <script>alert(1)</script>", "<b>", "</i>", "&amp;&lt;&#0;", "*bold* _italic_ [x](y) `code`",
    "=1+1", "+SUM(A1)", "-2+3", "@cmd", "=HYPERLINK(\"http://x\";\"y\")", "\t=1+1", "'; DROP TABLE answer; --",
    "{contact} {0} {n} {title!r}", "%s %(name)s %d", "${living} ../answer", "{{ 7*7 }}", "None", "null", "undefined",
    "Traceback (most recent call last): Error", "\u202eabc\u202c evil", "\u2066x\u2067y\u2068z\u2069", "\u2069\u2069\u2069out",
    "a\u0000b\u0007c\u001b[31md", "line one\nline two\n\n\nline five", "  spaces   around  ", "\u200f\u200e\u200b\u2060x", "\u00a0x",
    "👨‍👩‍👧‍👦", "🏳️‍🌈🇹🇷🇩🇪", "👍🏽", "✓ ☑ ☐ – Skipped", "🙂" * 300, "Z̷̡̛a̸͜l̵g̷o̶̢" * 20, "ﷺ" * 50, "İıIi", "ß", "ﬃ",
    "http://example.org/?a=1&b=2 @somebody #tag mail@example.org +49 351 000000", "a" * 4096, "ä " * 2000, "؟" * 3000,
    "<" * 4096, "\u0301" * 500 + "x", "/", "//", "/ start", "／start", ".", "-", "?", "1. 2. 3.",
)  # fmt: skip
COMMANDS = (
    "/help", "/language", "/stop", "/mydata", "/start", "/help me", "/stop 5", "/mydata all", "/language ar",
    "/delete everything", "/delete", "/unknown", "/START", "/Help", "/start@another_bot x", "/help@nobody_bot", "/пomощь",
    "/start " + "x" * 64, "/start " + "x" * 200, "/start nope", "/start a b c", "/start \u202e", "/cancel", "/settings", "/_", "/1",
)  # fmt: skip
DATA = (
    "", "s:", "s:agree:999999", "s:agree:x", "s:survey:99999999999999999999", "s:survey:-1", "s:survey:٣", "s:area:0", "s:area:x",
    "s:lang:xx", "s:lang:", "s:nothing", "q:0:0:a0", "q:zzzzzzzzzzzzzzzzzzzz:1:a0", "q:1:2", "q:::", "x:1", "s:refuse:1", "s:ok", "s:no",
    "s:age:yes", "s:age:no", "s:area:elsewhere", "s:area", "s:start", "s:resume", "s:messages:on", "s:messages:off", "s:delete:keep",
    "s:private", "\u0000", "q:1:1:" + "9" * 50, "🙂" * 16,
)  # fmt: skip
FILE = {"file_id": "AgAD", "file_unique_id": "AgAD1"}
USER = {"id": 99, "is_bot": False, "first_name": "Samir <b>"}
OTHER_MEDIA: tuple[Json, ...] = (
    {"sticker": {**FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}},
    {"video": {**FILE, "width": 640, "height": 480, "duration": 3}, "caption": "=1+1 <b>"},
    {"video_note": {**FILE, "length": 240, "duration": 3}},
    {"audio": {**FILE, "duration": 10, "title": "None"}},
    {"document": {**FILE, "file_name": "../../etc/passwd\u202efdp.exe"}},
    {"animation": {**FILE, "width": 10, "height": 10, "duration": 1}, "document": FILE},
    {"dice": {"emoji": "🎲", "value": 6}},
    {"venue": {"location": {"latitude": 51.0, "longitude": 13.7}, "title": "Hof", "address": "Lindenstraße 5"}},
    {"location": {"latitude": 51.0, "longitude": 13.7, "live_period": 60, "heading": 90}},
    {
        "poll": {
            "id": "1", "question": "Which?", "options": [{"text": "A", "voter_count": 0, "persistent_id": "a"},
            {"text": "B", "voter_count": 0, "persistent_id": "b"}], "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False,
            "members_only": False,
        }
    },
    {"story": {"chat": {"id": 99, "type": "private", "first_name": "Samir"}, "id": 1}},
    {"game": {"title": "x", "description": "y", "photo": [{**FILE, "width": 1, "height": 1}]}},
    {"users_shared": {"request_id": 1, "users": [{"user_id": 7}]}},
    {"text": "forwarded", "forward_origin": {"type": "user", "date": 1, "sender_user": USER}},
    {"text": "by another bot", "via_bot": {"id": 98, "is_bot": True, "first_name": "Gif"}},
)  # fmt: skip
"""Contents of a Message object that the simulator's residents cannot send themselves."""
SERVICE: tuple[Json, ...] = (
    {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    {"write_access_allowed": {"from_request": True}},
    {"connected_website": "example.org"},
    {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
)
"""What Telegram itself writes into a chat."""


def some_text(chance: Random) -> str:
    """Something that somebody might write, short or absurd, in any script."""
    kind = chance.choices((WORDS, NUMBERS, DATES, NASTY), (4, 4, 2, 5))[0]
    text = chance.choice(kind)
    if len(text) < 60 and chance.random() < 0.3:
        text = chance.choice((f"{text} {chance.choice(WORDS)}", f"{chance.choice(NASTY)[:50]}{text}", text.upper()))
    return text
