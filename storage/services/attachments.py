"""Files of broadcasts that nobody needs any more."""

from __future__ import annotations

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Attachment, Broadcast, Sending


async def drop_attachment(connection: AsyncConnection, *, broadcast_id: int, attachment_id: int) -> None:
    """Delete a file that a broadcast has no more, unless it may have been sent or is still to be sent."""
    sent = await connection.scalar(select(Sending.id).where(Sending.broadcast_id == broadcast_id).limit(1))
    if sent is None:
        used = exists().where(Broadcast.attachment_id == attachment_id)
        await connection.execute(delete(Attachment).where(Attachment.id == attachment_id, ~used))
