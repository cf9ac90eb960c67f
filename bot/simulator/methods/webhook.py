"""The methods that set a webhook, delete it, and ask how it does. Webhooks lie on this machine only."""

from __future__ import annotations

import re

from bot.simulator.errors import bad_request, not_simulated, webhook_was_set
from bot.simulator.kinds import read_kinds
from bot.simulator.methods.registry import Call, Json, method
from bot.simulator.posting import Webhook

_HERE = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::([0-9]{1,5}))?(?:[/?][!-\[\]-~]*)?", re.IGNORECASE)
"""Nothing that two readers of addresses could read differently: neither a user before the host nor a backslash."""
_SECRET = re.compile(r"[A-Za-z0-9_-]+")
_MAX_SECRET = 256
_MAX_CONNECTIONS = 100
_USUAL_CONNECTIONS = 40


@method("setWebhook", "url max_connections allowed_updates drop_pending_updates secret_token")
def set_webhook(call: Call) -> bool:
    """Have all updates posted to an address from now on; an empty one ends that."""
    parameters, telegram, bot = call.parameters, call.telegram, call.bot.id
    if parameters.uploads:
        raise not_simulated("a certificate of a webhook")
    url = parameters.text("url").strip()
    if not url:
        return delete_webhook(call) is True
    hook = Webhook(_checked(url), _secret(call), _connections(call))
    telegram.updates.allow(bot, read_kinds(parameters))
    if parameters.flag("drop_pending_updates"):
        telegram.updates.drop(bot)
    telegram.updates.end_poller(bot, webhook_was_set())
    telegram.webhooks.set(bot, hook)
    return True


@method("deleteWebhook", "drop_pending_updates")
def delete_webhook(call: Call) -> bool:
    """No webhook any more, if there was one; waiting updates can be dropped this way in any case."""
    call.telegram.webhooks.delete(call.bot.id)
    if call.parameters.flag("drop_pending_updates"):
        call.telegram.updates.drop(call.bot.id)
    return True


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> Json:
    """How the webhook does; without one, still how many updates wait."""
    telegram, bot = call.telegram, call.bot.id
    hook = telegram.webhooks.find(bot)
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": telegram.updates.pending_count(bot),
    }
    if hook:
        info |= {"ip_address": "127.0.0.1", "max_connections": hook.max_connections}
    error = telegram.webhooks.last_error(bot)
    if error:
        info |= {"last_error_date": error[0], "last_error_message": error[1]}
    allowed = telegram.updates.allowed(bot)
    if allowed is not None:
        info["allowed_updates"] = allowed
    return info


def _checked(url: str) -> str:
    if not url.lower().startswith(("http://", "https://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    here = _HERE.fullmatch(url)
    if here is None:
        raise not_simulated("a webhook outside this machine")
    if not 0 < int(here[1] or 80) < 2**16:
        raise bad_request("bad webhook: invalid port specified")
    return url


def _secret(call: Call) -> str:
    secret = call.parameters.text("secret_token")
    if len(secret) > _MAX_SECRET:
        raise bad_request("secret token is too long")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    return secret


def _connections(call: Call) -> int:
    return min(max(call.parameters.integer("max_connections", _USUAL_CONNECTIONS), 1), _MAX_CONNECTIONS)
