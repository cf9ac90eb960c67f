"""Files that a page gives to be kept, with the types of those that questionnaires come as."""

from __future__ import annotations

from litestar import Response

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "zip": "application/zip",
}


def download(content: bytes, name: str) -> Response[bytes]:
    """A file to be kept; ``name`` is of plain letters."""
    media_type = MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
