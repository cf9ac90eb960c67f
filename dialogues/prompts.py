"""The channel-neutral vocabulary of a conversation: what a resident does, and what we say back.

Every dialogue is a function from its state and an input to a new state and replies. Nothing here knows how a
channel draws a prompt; that is ``bot/render.py`` for Telegram and ``dialogues/walk.py`` for the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dialogues.markup import Markup

# --- what a resident does -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tap:
    """A button was pressed.

    ``key`` is the option's key; ``revision`` is the revision of the prompt that carried the button (0 for standing
    buttons, which are valid for ever).
    """

    key: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """The resident wrote something. The text is as it arrived: any script, any length, not yet trusted."""

    text: str


class MediaKind(StrEnum):
    """What else a chat can bring that is neither a tap nor a text."""

    PHOTO = "photo"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that a resident sent. Its content is not here: the channel fetches it once its name is an answer.

    ``name``: made by the channel, random, unique within the town, with an ending that fits the type: what an answer
    stores. ``media_type``: as the sender's phone claims it (``image/jpeg``). ``size``: bytes; None where unknown.
    """

    name: str
    media_type: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class SentPlace:
    """A place that a resident shared: degrees (WGS 84), and how exact it is, in metres; 0 where that is unknown."""

    latitude: float
    longitude: float
    accuracy: float = 0.0


@dataclass(frozen=True, slots=True)
class Media:
    """The resident sent a photo, a voice note, a place, a contact or something else.

    ``file`` comes with a photo, a voice note, an audio file, a video or a document, ``place`` with a location.
    """

    kind: MediaKind
    file: SentFile | None = None
    place: SentPlace | None = None


@dataclass(frozen=True, slots=True)
class Show:
    """Nothing was done by the resident, but the current prompt is to be shown (resume, a changed language).

    ``anew`` sends it as a new message; otherwise the present message is redrawn.
    """

    anew: bool = True


Input = Tap | Text | Media | Show

# --- what we say back -----------------------------------------------------------------------------------------------


class Role(StrEnum):
    """What a button is for; a channel may draw the roles differently, never in another order."""

    ANSWER = "answer"
    """One of the answers to choose from."""
    NAVIGATION = "navigation"
    """Back, skip, done, continue later."""


@dataclass(frozen=True, slots=True)
class Option:
    """One button.

    ``key`` is opaque ASCII, at most 32 bytes, unique within its prompt. It says what pressing means as a fact to be
    reached ("c3+" chooses the third, "c3-" takes it back), so pressing twice does no harm. ``label`` is plain text in
    the reader's language. ``many``: one of several that can be chosen together. ``standing``: valid for ever, whatever
    the prompt's revision. ``url``: the address that pressing opens; nothing is told us then.
    """

    key: str
    label: str
    chosen: bool = False
    role: Role = Role.ANSWER
    many: bool = False
    standing: bool = False
    url: str = ""


class IllustrationKind(StrEnum):
    """What can be shown or played with a question."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Illustration:
    """A file of a questionnaire that is shown or played with a question, by the name that it has there.

    ``caption``: plain text; the choice that a picture stands for, or empty.
    """

    kind: IllustrationKind
    name: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A message with its buttons.

    ``text`` is safe markup. ``rows`` are rows of buttons in reading order: a channel mirrors them for right-to-left
    languages. ``revision`` goes into every button, so that an outdated button is recognised. ``asks`` is true where
    an answer is awaited: the channel remembers such a message as the one that will be redrawn or settled.
    ``illustrations`` come before the message when it is said; redrawing it leaves them alone. A file that is not at
    hand is left out.
    """

    text: Markup
    language: str
    rows: tuple[tuple[Option, ...], ...] = ()
    revision: int = 0
    asks: bool = False
    illustrations: tuple[Illustration, ...] = ()


@dataclass(frozen=True, slots=True)
class Say:
    """A new message at the end of the chat."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Replace:
    """The message that asks now (or that carried the tapped button) becomes this one, in its place."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The message that asks now goes away: what it asks comes again at the end of the chat."""


@dataclass(frozen=True, slots=True)
class Toast:
    """A short line in answer to a tap. Plain text, at most 200 characters. A channel without taps says it."""

    text: str


Reply = Say | Replace | Withdraw | Toast


def asks(reply: Reply) -> bool:
    """Whether a reply leaves something to be answered."""
    return isinstance(reply, Say | Replace) and reply.prompt.asks
