"""The method that asks what somebody is in a chat."""

from __future__ import annotations

from bot.simulator.errors import bad_request
from bot.simulator.methods.registry import Call, Json, known_chat, method
from bot.simulator.people import Group, Person

_RIGHTS = (
    "can_be_edited",
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "is_anonymous",
)
_NOT_GIVEN = frozenset({"can_be_edited", "can_promote_members", "is_anonymous"})


@method("getChatMember", "chat_id user_id")
def get_chat_member(call: Call) -> Json:
    """What somebody is in a chat: in private both are members, in a group whatever she was made or made herself."""
    chat = known_chat(call)
    user_id = call.parameters.integer("user_id", 0)
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    bots = {bot.id: bot for bot in call.telegram.bots.values()}
    if isinstance(chat, Person):
        return _in_private(call, chat, user_id)
    if user_id in bots:
        return {"status": "member", "user": call.telegram.bot_user(bots[user_id])}
    return _in_group(call, chat, user_id)


def _in_private(call: Call, person: Person, user_id: int) -> Json:
    if not call.telegram.chats.is_open(call.bot.id, person.id):
        raise bad_request("chat not found")
    if user_id not in (person.id, call.bot.id):
        raise bad_request("member not found")
    user = person.user() if user_id == person.id else call.telegram.bot_user(call.bot)
    return {"status": "member", "user": user}


def _in_group(call: Call, group: Group, user_id: int) -> Json:
    person = call.telegram.people.find(user_id)
    status = "left" if person is None else call.telegram.people.member_status(group.id, person.id)
    if person is None or (group.is_basic and status == "left"):
        raise bad_request("member not found" if group.is_basic else "PARTICIPANT_ID_INVALID")
    member: Json = {"status": status, "user": person.user()}
    if status == "administrator":
        member |= {right: right not in _NOT_GIVEN for right in _RIGHTS}
    elif status == "creator":
        member["is_anonymous"] = False
    elif status == "kicked":
        member["until_date"] = 0
    return member
