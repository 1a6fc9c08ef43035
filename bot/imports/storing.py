"""What an import brings, made ready beforehand and then stored: nobody else writes meanwhile, so that it has to be short."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.imports.errors import ChangedMeanwhile
from bot.imports.spool import Portion, Spool
from bot.rules import moments
from bot.rules.phones import PhoneRefusal
from storage.folding import found_by
from storage.imports import WRITTEN, Row, Writer, as_json, as_json_object, listed, values

_E164 = 1 + WRITTEN.index("e164")  # behind the id


def prepared(spool: Spool, *, zone: str, now: datetime) -> Spool:
    """The same as rows, down to the texts that are stored; whoever has it closes it. Touches nothing else.

    Everybody comes first: a guardian may stand below the child, and is there only then.
    """
    ready = Spool()
    try:
        for portion in spool:
            new = [_contact(*said) for said in portion.new]
            changed = [_changed(*columns) for columns in portion.changed]
            ready.add(Portion(new, changed))
        for portion in spool:
            consents = [_consent(*line, zone=zone, now=now) for line in portion.consents]
            if portion.pairs or consents:
                ready.add(Portion(pairs=portion.pairs, consents=consents))
    except BaseException:
        ready.close()
        raise
    return ready


async def store(
    session: AsyncSession, writer: Writer, ready: Spool, progress: Callable[[int], object]
) -> None:
    """Stores it. Raises `ChangedMeanwhile` when somebody to be changed is gone."""
    done = 0
    for portion in ready:
        if await writer.change(session, portion.changed) not in (len(portion.changed), -1):
            raise ChangedMeanwhile
        await writer.add(session, portion.new)
        done += len(portion.new) + len(portion.changed)
        progress(done)
        await writer.join(session, portion.pairs)
        await writer.agree(session, portion.consents)


def numbers(ready: Spool) -> Iterator[str]:
    """The numbers of all whom it brings in or changes."""
    for portion in ready:
        yield from (row[_E164] for row in (*portion.new, *portion.changed) if row[_E164])


def _contact(
    who: str,
    first_name: str,
    last_name: str,
    mobile: str,
    e164: str,
    birth_date: str,
    language: str,
    roles: tuple[str, ...],
    tags: tuple[str, ...],
    reference: str,
    fields: tuple[tuple[str, str], ...],
    refusal: str = PhoneRefusal.EMPTY.value,
) -> Row:
    own = (value for _, value in fields)
    return (
        who,
        first_name,
        last_name,
        mobile,
        e164 or None,
        None if e164 else refusal,
        birth_date or None,
        language,
        as_json(roles),
        as_json(tags),
        reference or None,
        as_json_object(fields),
        found_by(last_name, first_name, e164, mobile, reference, *roles, *tags, *own),
    )


def _consent(
    who: str, e164: str, agrees: bool, evidence: str, agreed_on: str, *, zone: str, now: datetime
) -> Row:
    """A line for the record: an agreement as old as its day allows, a refusal as of now."""
    at = moments.began(date.fromisoformat(agreed_on), zone) if agrees else now
    return uuid4().hex, who, e164, agrees, evidence or "import", at.isoformat()


def _changed(*columns: Any) -> Row:
    """A contact as it is to be, from the columns of `COMPARED`, whose lists are as they are stored unless they changed."""
    who, first_name, last_name, mobile, e164, refusal, born, language, *rest = columns
    roles, tags, reference, fields, _ = rest
    return _contact(
        who,
        first_name,
        last_name,
        mobile,
        e164 or "",
        born or "",
        language,
        _listed(roles),
        _listed(tags),
        reference or "",
        tuple(values(fields).items()) if isinstance(fields, str) else fields,
        refusal or PhoneRefusal.EMPTY.value,
    )


def _listed(stored: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(listed(stored) if isinstance(stored, str) else stored)
