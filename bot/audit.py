"""The audit log: who did what in the club, and when, for its admins."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
from bot.clubs import AdminsOnly
from bot.runtime import Runtime, Who
from bot.slack.client import SlackError
from storage.models import Audit
from storage.states import Role

log = structlog.get_logger()

PAGE = 20
_SUBJECT = re.compile(r"(\w+) ([0-9a-f-]{36})(?:: (.*))?", re.DOTALL)
_SLACK_USER = re.compile(r"[UW][A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `actor` is a Slack user or a part of Touchline, `name` what it was done to is called today, empty when gone."""

    at: datetime
    actor: str
    action: str
    name: str
    more: str = ""
    """What of it, in the words of the record."""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_person(self) -> bool:
        """Whether somebody in Slack did it."""
        return _SLACK_USER.fullmatch(self.actor) is not None


@dataclass(frozen=True, slots=True)
class AuditLog:
    """A page of the log, the newest line first; pages count from 1, `total` is of all pages."""

    rows: tuple[Entry, ...]
    total: int
    page: int
    pages: int
    zone: str


async def read(rt: Runtime, who: Who, *, page: int = 1) -> AuditLog:
    """A page of the log; the last one when there are fewer. Raises `AdminsOnly`."""
    _refuse_others(who)
    async with rt.db.snapshot() as session:
        total = await storage.audit.how_many(session, who.club.id)
        pages = max(1, -(-total // PAGE))
        page = min(page, pages)
        rows = await storage.audit.newest(session, who.club.id, limit=PAGE, offset=(page - 1) * PAGE)
        entries = await _entries(session, who.club.id, rows)
    return AuditLog(entries, total, page, pages, who.club.zone)


async def everything(rt: Runtime, who: Who) -> tuple[AuditLog, Mapping[str, str]]:
    """The whole log as one page, and what its people are called in Slack, as far as it says. Raises `AdminsOnly`."""
    _refuse_others(who)
    async with rt.db.snapshot() as session:
        rows = await storage.audit.newest(session, who.club.id, limit=None)
        entries = await _entries(session, who.club.id, rows)
    people = dict.fromkeys(entry.actor for entry in entries if entry.is_person)
    known = {actor: await _called(rt, actor) for actor in people}
    return AuditLog(entries, len(entries), 1, 1, who.club.zone), known


def _refuse_others(who: Who) -> None:
    if who.role is not Role.ADMIN:
        raise AdminsOnly


async def _called(rt: Runtime, actor: str) -> str:
    try:
        return (await rt.slack.person(actor)).name or actor
    except SlackError as error:
        log.info("actor_unknown", error=type(error).__name__)
        return actor


async def _entries(session: AsyncSession, club_id: UUID, rows: Sequence[Audit]) -> tuple[Entry, ...]:
    parsed = [_SUBJECT.fullmatch(row.subject) for row in rows]
    ids: dict[str, list[UUID]] = {}
    for found in filter(None, parsed):
        ids.setdefault(found[1], []).append(UUID(found[2]))
    names = {what: await storage.audit.names(session, club_id, what, some) for what, some in ids.items()}
    return tuple(
        Entry(row.at, row.actor, row.action, *_about(row, found, names), row.detail)
        for row, found in zip(rows, parsed, strict=True)
    )


def _about(
    row: Audit, found: re.Match[str] | None, names: Mapping[str, Mapping[UUID, str]]
) -> tuple[str, str]:
    if found is None:
        return row.subject, ""
    return names[found[1]].get(UUID(found[2]), ""), found[3] or ""
