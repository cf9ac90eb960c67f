"""A questionnaire's own texts: plain text with the little Markdown of XLSForm, turned into the safe subset of markup.

A questionnaire is an upload like any other: what is not one of the known signs is escaped.
"""

from __future__ import annotations

import re

from dialogues.markup import FSI, PDI, Markup, clean, escape, insert, plain_text

__all__ = ["from_xlsform", "without_signs"]

_DEPTH = 3
_QUOTED = re.compile(f"{FSI}([^{FSI}{PDI}]*){PDI}")
_NEEDS_WORK = re.compile(r"[*_#\[\]\\<\n" + FSI + "]")
_PLACE = FSI + PDI  # where a quoted answer will stand; nothing else can look like it, since isolates are cleaned away
_HEADING = re.compile(r"#{1,6} +(?P<text>\S.*)")
_STYLE_TAGS = re.compile(f"</?(?:span|p)(?: [^<>{FSI}]{{0,200}})?>", re.IGNORECASE)
_SIGN = re.compile(
    r"\\(?P<literal>[\\*_#\[\]()])"
    r"|\[(?P<name>[^\[\]\n]{1,300})\]\((?P<url>https?://[^\s()<>\"" + FSI + r"]{1,1000})\)"
    r"|\*\*(?=\S)(?P<bold>[^\n]{1,1000}?)(?<=\S)\*\*"
    r"|\*(?=[^\s*])(?P<italic>[^*\n]{1,1000}?)(?<=\S)\*"
    r"|(?<!\w)__(?=\S)(?P<bold_too>[^\n]{1,1000}?)(?<=\S)__(?!\w)"
    r"|(?<!\w)_(?=[^\s_])(?P<italic_too>[^\n]{1,1000}?)(?<=\S)_(?!\w)"
)


def from_xlsform(text: str) -> Markup:
    """Render a label, hint or message of a questionnaire.

    Known are ``**bold**``, ``__bold__``, ``*italic*``, ``_italic_``, ``[text](https://…)``, headings with ``#`` (bold)
    and ``\\`` before a sign; the style tags ``<span>`` and ``<p>`` are left out, all else is escaped. What stands in
    first-strong isolates is an answer the questionnaire quotes: its signs are kept as written.
    """
    if not _NEEDS_WORK.search(text):
        return escape(clean(text).strip())
    pieces = _QUOTED.split(text)
    own = _PLACE.join(clean(piece) for piece in pieces[::2]).strip()
    rendered = Markup("\n").join(_line(_STYLE_TAGS.sub("", line)) for line in own.split("\n"))
    return _with_answers(rendered, pieces[1::2])


def without_signs(text: str) -> str:
    """Render a questionnaire's text as plain text on one line, as for a button."""
    if not _NEEDS_WORK.search(text):
        return " ".join(clean(text).split())
    return " ".join(plain_text(from_xlsform(text)).split("\n"))


def _with_answers(rendered: Markup, answers: list[str]) -> Markup:
    first, *rest = rendered.split(_PLACE)
    return first + Markup("").join(insert(answer) + piece for answer, piece in zip(answers, rest, strict=True))


def _line(line: str) -> Markup:
    heading = _HEADING.fullmatch(line)
    if heading:
        return Markup("<b>{}</b>").format(_signs(heading["text"], _DEPTH))
    return _signs(line, _DEPTH)


def _signs(text: str, depth: int) -> Markup:
    written: list[Markup] = []
    position = 0
    for match in _SIGN.finditer(text) if depth else ():
        written += escape(text[position : match.start()]), _sign(match, depth)
        position = match.end()
    return Markup("").join([*written, escape(text[position:])])


def _sign(match: re.Match[str], depth: int) -> Markup:
    if match["literal"]:
        return escape(match["literal"])
    if match["name"]:
        return Markup('<a href="{}">{}</a>').format(match["url"], _signs(match["name"], 0))
    bold = match["bold"] or match["bold_too"]
    if bold:
        return Markup("<b>{}</b>").format(_signs(bold, depth - 1))
    return Markup("<i>{}</i>").format(_signs(match["italic"] or match["italic_too"], depth - 1))
