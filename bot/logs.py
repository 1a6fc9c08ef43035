"""Log lines: for people on a terminal, as JSON elsewhere. Numbers and texts never stand in them."""

import logging
import sys
from typing import Protocol
from uuid import UUID

import structlog


class Attempted(Protocol):
    """A message in one of its attempts."""

    @property
    def id(self) -> UUID:
        """Its own id."""
        ...

    @property
    def campaign_id(self) -> UUID | None:
        """Its campaign; none of a single message."""
        ...

    @property
    def attempt(self) -> int:
        """How often the carrier was asked, or may have been."""
        ...


def marks(one: Attempted) -> dict[str, str | int | None]:
    """What a line says of a message: which it is, and never whose."""
    campaign = str(one.campaign_id) if one.campaign_id else None
    return {"campaign": campaign, "message": str(one.id), "attempt": one.attempt}


def set_up(*, level: int = logging.INFO) -> None:
    """Sends structlog's and the libraries' lines to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
