"""Says in plain words why texts have not left: what the rows tell, for somebody at a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.delivery.reconcile import GIVE_UP_AFTER
from bot.delivery.visits import account_key, sender_key
from bot.rules import text
from bot.rules.moments import is_too_late
from bot.rules.outcomes import outcome_of
from bot.settings import Settings
from storage import cases, counted
from storage.cases import Case, Moment
from storage.counted import Taken
from storage.db import Database
from storage.states import CampaignState, MessageState

PATIENCE = timedelta(minutes=1)
"""How long what is due may wait before somebody should worry: every chore ticks within seconds."""
LATEST, OF_LATE = 1000, timedelta(days=7)
"""How many texts are counted again, and how old they may be: what differed once long ago is over."""
LOOK_PATIENCE = timedelta(minutes=5)
"""The same of lost answers, which wait for a grace that each process counts by itself."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something has not left; `is_stuck` when it will not leave until somebody does something."""

    words: str
    is_stuck: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A campaign or a single message, and why it is not done."""

    title: str
    age: timedelta
    counts: str
    reasons: Sequence[Reason]

    @property
    def is_stuck(self) -> bool:
        """Whether somebody must do something."""
        return any(reason.is_stuck for reason in self.reasons)


async def examine(db: Database, settings: Settings, now: datetime) -> Sequence[Diagnosis]:
    """All that is open, campaigns first. Only reads, as of one moment, beside a bot at work."""
    at = Moment(now, now - GIVE_UP_AFTER, now - settings.longest_request)
    account = account_key(settings)
    async with db.snapshot() as session:
        open_ = [
            *await cases.campaigns(session, at, due_before=now - PATIENCE),
            *await cases.singles(session, at),
        ]
        keys = {account, *(sender_key(case.club_id, case.sender) for case in open_)}
        free_at = await cases.free_at(session, keys)
    return [
        diagnose(case, now, _latest(free_at.get(account), free_at.get(sender_key(case.club_id, case.sender))))
        for case in open_
    ]


async def count_again(db: Database, now: datetime) -> str:
    """In words, how the carrier counts otherwise than we do; empty when it does not."""
    async with db.read() as session:
        return differences(await counted.latest(session, since=now - OF_LATE, limit=LATEST))


def differences(taken: Sequence[Taken]) -> str:
    """How many of these texts the carrier counts otherwise, and by how many SMS; empty when none."""
    ours = [(one, text.count(one.body).segments) for one in taken]
    other = [(one, one.segments - segments) for one, segments in ours if one.segments != segments]
    if not other:
        return ""
    more, fewer = (sum(max(sign * by, 0) for _, by in other) for sign in (1, -1))
    first, by = other[0]
    return (
        f"Of the last {len(taken)} texts the carrier counts {len(other)} otherwise than Touchline: {more} SMS more, {fewer} fewer. "
        f"The newest: {first.title or 'a single text'}, {first.segments} SMS instead of {first.segments - by}. "
        "The carrier's count is what it bills and what cards show; the composer and the preview are wrong by as much."
    )


def diagnose(
    case: Case, now: datetime, free_at: datetime | None = None, *, grace: timedelta = LOOK_PATIENCE
) -> Diagnosis:
    """Why this is not done; `free_at` is when its sender has its turn again."""
    said = [
        *_campaign(case, now),
        *_waiting(case, now, free_at),
        *_left_behind(case, now, grace),
        *_counted(case),
    ]
    reasons = said or [Reason("Nothing keeps it: it is leaving, or closes within seconds.")]
    reasons += [
        Reason(f"{n} skipped: {_spoken(why) or 'no reason noted'}.")
        for why, n in sorted(case.skipped.items())
    ]
    return Diagnosis(case.title, now - case.since_at, _counts(case), reasons)


def _campaign(case: Case, now: datetime) -> Iterator[Reason]:
    if case.state is CampaignState.SCHEDULED:
        yield Reason(
            f"Its time was {_at(case.since_at, case, now)} and nobody released it. {NOBODY}", is_stuck=True
        )
    if case.state is CampaignState.PAUSED:
        yield Reason(_paused(case), is_stuck=True)


NOBODY = "Does a bot run (`touchline run`), and what does its /health/ready say?"


def _paused(case: Case) -> str:
    if case.pause_code is not None:
        outcome = outcome_of(case.pause_code)
        return f"Paused by the carrier's number {case.pause_code}: {outcome.pause_words or outcome.words}"
    if case.release_at and is_too_late(case.release_at, case.since_at):
        return "Paused: it missed its time by hours, since no bot ran. Its card asks whether to send it now."
    return "Paused: the club's SMS of a day are used up. An admin can let it go on from its card."


def _waiting(case: Case, now: datetime, free_at: datetime | None) -> Iterator[Reason]:
    contents, chunks = case.contents, case.chunks
    if case.state is CampaignState.SCHEDULED:
        return
    if chunks.due_since and now - chunks.due_since > PATIENCE:
        since = _at(chunks.due_since, case, now)
        yield Reason(f"Nobody works: {_many(chunks.due, 'chunk')} due since {since}. {NOBODY}", is_stuck=True)
    if contents.chunkless or (chunks.parked and case.state is CampaignState.SENDING):
        yield Reason(
            f"Some of it is in no queue; a bot at work puts that right within seconds. {NOBODY}",
            is_stuck=True,
        )
    if contents.given_back and contents.again_at:
        yield Reason(
            f"{contents.given_back} given back, since the carrier was too busy or out of reach; "
            f"again from {_at(contents.again_at, case, now)}."
        )
    if free_at and free_at > now and _waits(case) and case.state is not CampaignState.PAUSED:
        yield Reason(f"Waits for its sender's turn until {_at(free_at, case, now)}.")


def _left_behind(case: Case, now: datetime, grace: timedelta) -> Iterator[Reason]:
    contents = case.contents
    if contents.abandoned and contents.lease_until:
        lease = _at(contents.lease_until, case, now)
        is_stuck = now - contents.lease_until > PATIENCE
        then = NOBODY if is_stuck else "Then they are looked for."
        yield Reason(
            f"{contents.abandoned} claimed by a process that has died; its lease ends at {lease}. {then}",
            is_stuck,
        )
    if contents.in_doubt and contents.in_doubt_since and contents.look_at:
        is_stuck = now - contents.look_at > grace
        look = _at(contents.look_at, case, now)
        then = (
            f"They should have been looked for at {look}: the carrier's list cannot be had, or no bot runs."
            if is_stuck
            else f"They are looked for in the carrier's list at {look}."
        )
        since = _at(contents.in_doubt_since, case, now)
        yield Reason(f"{contents.in_doubt} in doubt since {since}: the answers were lost. {then}", is_stuck)
    if contents.given_up:
        yield Reason(f"{contents.given_up} never settled: they stay unknown, and are sent by nobody.")


def _counted(case: Case) -> Iterator[Reason]:
    if case.state is None or case.kept == case.counts:
        return
    keys = sorted(case.kept.keys() | case.counts.keys())
    wrong = ", ".join(
        f"{' '.join((_spoken(key.what), key.detail)).strip()} {case.kept.get(key, 0)} instead of {case.counts.get(key, 0)}"
        for key in keys
        if case.kept.get(key, 0) != case.counts.get(key, 0)
    )
    yield Reason(f"The counts kept are not those of its messages: {wrong}.", is_stuck=True)


def _waits(case: Case) -> bool:
    return any(key.what == MessageState.QUEUED.value for key in case.counts)


def _counts(case: Case) -> str:
    totals: dict[str, int] = {}
    for key, messages in case.counts.items():
        totals[key.what] = totals.get(key.what, 0) + messages
    return ", ".join(f"{totals[state]} {state}" for state in MessageState if state in totals)


def _at(at: datetime, case: Case, now: datetime) -> str:
    """The club's wall clock: the time, with its day unless that is today."""
    there, today = at.astimezone(ZoneInfo(case.zone)), now.astimezone(ZoneInfo(case.zone))
    return f"{there:%H:%M}" if there.date() == today.date() else f"{there:%d %b %H:%M}"


def _latest(*times: datetime | None) -> datetime | None:
    return max((at for at in times if at), default=None)


def _many(n: int, noun: str) -> str:
    return f"{n} {noun} is" if n == 1 else f"{n} {noun}s are"


def _spoken(word: str) -> str:
    return word.replace("_", " ")
