"""Messages that belong to no campaign: an answer to a member, or a test to one's own phone."""

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.runtime import Runtime
from storage import messages
from storage.models import Message


async def queue_alone(rt: Runtime, session: AsyncSession, message: Message) -> bool:
    """Queues the message in this transaction; False when it is known already, as after a second click."""
    chunk = await messages.queue_alone(session, message)
    if chunk is None:
        return False
    await rt.engine.enqueue(session, [chunk])
    return True
