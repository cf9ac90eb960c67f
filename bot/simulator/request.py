"""Reads the body of an HTTP request into parameters. It knows encodings and sizes, and no method."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartParser,
    parse_options_header,
)

from bot.simulator.errors import ApiError, bad_request
from bot.simulator.parameters import Parameters, Upload, load_json

_MAX_FIELDS = 200


async def read_parameters(scope: Any, receive: Any, *, limit: int) -> Parameters:
    """The parameters of a request to ``/bot<token>/<method>``; raises ApiError 400 or 413."""
    values: dict[str, Any] = _form(scope["query_string"])
    headers = dict(scope["headers"])
    body = await _body(receive, limit, headers.get(b"content-length"))
    content_type, options = parse_options_header(headers.get(b"content-type", b"").decode("latin-1"))
    if not body:
        return Parameters(values)
    if content_type == "application/json":
        return Parameters({**values, **_json(body)})
    if content_type == "multipart/form-data":
        fields, uploads = _multipart(body, options.get("boundary", ""))
        return Parameters({**values, **fields}, uploads)
    if content_type == "application/x-www-form-urlencoded":
        return Parameters({**values, **_form(body)})
    raise bad_request(f"content type {content_type!r} is not supported")


async def _body(receive: Any, limit: int, announced: bytes | None) -> bytes:
    too_large = ApiError(413, "Request Entity Too Large")
    if announced and announced.isdigit() and int(announced) > limit:
        raise too_large
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise bad_request("the request broke off")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return dict(pairs)


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = load_json(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("object expected as JSON body")
    return value


def _multipart(body: bytes, boundary: str) -> tuple[dict[str, Any], dict[str, Upload]]:
    fields: dict[str, Any] = {}
    uploads: dict[str, Upload] = {}
    try:
        parser = MultipartParser(
            BytesIO(body),
            boundary,
            content_length=len(body),
            part_limit=_MAX_FIELDS,
            spool_limit=len(body) + 1,
            memory_limit=len(body) + 1,
        )
        for part in parser:
            if part.filename:
                uploads[part.name] = Upload(part.filename, part.content_type or "", part.raw)
            else:
                fields[part.name] = part.raw.decode()
    except (MultipartError, ValueError):
        raise bad_request("can't parse multipart form data") from None
    return fields, uploads
