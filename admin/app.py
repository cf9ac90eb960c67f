"""The web admin as one application: its pages, its headers, and where its templates and files lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar, MediaType, Response, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database
from storage.queries.state import load_state

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_admin(database: Database, *, chat: str | None = None) -> Litestar:
    """The admin over a database. ``chat``: where the demo's chat page is; it makes ``/`` a page that leads on."""

    @get("/", sync_to_thread=False)
    def front() -> Template:
        return Template("front.html", context={"chat": chat})

    @get("/admin")
    async def state() -> Template:
        async with database.read() as connection:
            return Template("state.html", context={"state": await load_state(connection), "chat": chat})

    @get("/health", media_type=MediaType.JSON)
    async def health() -> Response[dict[str, str]]:
        try:
            async with database.read() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return Response({"status": "the database does not answer"}, status_code=503)
        return Response({"status": "ok"})

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    headers: dict[str, Any] = HEADERS
    return Litestar(
        [front, state, health, create_static_files_router(path="/static", directories=[HERE / "static"])],
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment)),
        response_headers=headers,
        openapi_config=None,
        logging_config=None,
    )
