"""The eight rules, as far as they can be seen at each step, and whole once everything has settled."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.carriers import Outgoing
from bot.rules.lifecycle import CARRIER_STATUS, rank
from storage.states import MessageState
from tests.simulation.loop import Process
from tests.simulation.network import ADDRESS, Network, Sms
from tests.simulation.slack import Workspace
from tests.simulation.story import Story

AT_ONCE = 0.5
"""How long after a STOP or a stop a request may still be written: it had had its last look already."""
SENT = ("accepted", "sent", "delivered", "undelivered")
ENDED = (*SENT, "failed", "skipped", "unknown")

COUNTS = """
SELECT campaign_id, state, CASE WHEN state IN ('failed', 'undelivered') THEN coalesce(CAST(error_code AS TEXT), '') ELSE '' END,
       count(*), sum(segments)
FROM message WHERE campaign_id IS NOT NULL GROUP BY 1, 2, 3
"""


@dataclass
class Since:
    """When something was told, on the clock of everybody's awake time: who is frozen has not heard it."""

    at: float
    awake: Mapping[Process, float]

    def has_lasted(self, process: Process) -> float:
        """How long the process could have known it."""
        return process.awake_seconds() - self.awake.get(process, self.at)


@dataclass
class Watch:
    """Looks at each request and each text taken, and says at once which rule it breaks."""

    story: Story
    network: Network
    rows: sqlite3.Connection
    stopped_numbers: dict[str, Since] = field(default_factory=dict)
    stopped_campaigns: dict[str, Since] = field(default_factory=dict)

    def asked(self, process: Process, sms: Outgoing) -> None:
        """A request is written."""
        stop = self.stopped_numbers.get(sms.to)
        if stop and stop.has_lasted(process) > AT_ONCE:
            self.story.breaks("7 STOP", f"{sms.to} is texted {stop.has_lasted(process):.1f} s after its STOP")
        over = self.stopped_campaigns.get(self._campaign_of(sms))
        if over and over.has_lasted(process) > AT_ONCE:
            self.story.breaks(
                "8 stop", f"a request is written {over.has_lasted(process):.1f} s after the stop"
            )

    def taken(self, sms: Sms) -> None:
        """The carrier took a text."""
        twins = self.network.of_message[sms.message_id]
        if sms.body.startswith("campaign-"):
            # No two campaigns say the same, so this holds for what a restored database sends anew, too.
            twins = [one for one in self.network.ledger.values() if (one.to, one.body) == (sms.to, sms.body)]
        if len(twins) > 1:
            attempts = [twin.attempt for twin in twins]
            self.story.breaks("1 once", f"{sms.to} got the same text {len(twins)} times, attempts {attempts}")

    def forget(self, rows: sqlite3.Connection) -> None:
        """The database is another one now, which may not have heard of the last wishes."""
        self.rows = rows
        self.stopped_numbers.clear()
        self.stopped_campaigns.clear()

    def _campaign_of(self, sms: Outgoing) -> str:
        address = ADDRESS.search(sms.status_url)
        id_ = address["id"].replace("-", "") if address else ""
        found = self.rows.execute("SELECT campaign_id FROM message WHERE id = ?", (id_,)).fetchone()
        return str(found[0]) if found else ""


def settled(network: Network, rows: sqlite3.Connection) -> Iterable[tuple[str, str]]:
    """Which rules do not hold now that everything has settled, and why."""
    messages = rows.execute("SELECT id, state, sid, error_code, attempt, e164 FROM message").fetchall()
    for id_, state, sid, code, attempt, e164 in messages:
        taken = network.of_message.get(_dashed(id_), [])
        yield from _whole(state, sid, code, taken, f"{e164} attempt {attempt}")
    known = {sid for _, _, sid, *_ in messages if sid}
    if known != set(network.ledger):
        yield "3 same ids", f"phantoms {known - set(network.ledger)}, orphans {set(network.ledger) - known}"
    yield from _receipts(network, rows)


def _whole(
    state: str, sid: str | None, code: int | None, taken: list[Sms], who: str
) -> Iterable[tuple[str, str]]:
    if state not in ENDED:
        yield "2 an end", f"{who} is still {state}"
    elif state == "unknown":
        yield "2 an end", f"{who} is unknown though the list answers; the carrier has {len(taken)}"
    elif state in SENT and [sms.sid for sms in taken] != [sid]:
        yield "2 sent", f"{who} is {state} as {sid}, the carrier has {[sms.sid for sms in taken]}"
    elif state == "skipped" and taken:
        yield "2 not sent", f"{who} is skipped, the carrier has {taken[0].sid}"
    elif state == "failed" and taken and taken[0].status != "failed":
        yield "2 not sent", f"{who} failed with {code}, the carrier has {taken[0].sid} as {taken[0].status}"
    for sms in taken:
        yield from _furthest(state, sms, who)


def _furthest(state: str, sms: Sms, who: str) -> Iterable[tuple[str, str]]:
    said = [CARRIER_STATUS[status] or MessageState.ACCEPTED for status in sms.acknowledged]
    heard = max((rank(each) for each in said), default=0)
    true = rank(CARRIER_STATUS[sms.status] or MessageState.ACCEPTED)
    stands = rank(MessageState(state))
    if stands < heard:
        yield "4 furthest", f"{who} is {state}, and was told {sorted(sms.acknowledged)}"
    if stands > true:
        yield "4 furthest", f"{who} is {state}, the carrier says {sms.status}"


def _receipts(network: Network, rows: sqlite3.Connection) -> Iterable[tuple[str, str]]:
    stored = rows.execute("SELECT sid, status FROM receipt").fetchall()
    for sms in network.ledger.values():
        lost = sms.acknowledged - {status for sid, status in stored if sid == sms.sid}
        if lost:
            yield "4 durable", f"receipts {sorted(lost)} of {sms.sid} were acknowledged and are gone"


def _dashed(id_: str) -> str:
    return "-".join((id_[:8], id_[8:12], id_[12:16], id_[16:20], id_[20:]))


def shown(
    inbound: Mapping[str, str], workspace: Workspace, rows: sqlite3.Connection
) -> Iterable[tuple[str, str]]:
    """Which of the acknowledged replies and which campaigns are not shown as they should be."""
    posted = dict(rows.execute("SELECT sid, posted_ts FROM reply").fetchall())
    for sid, body in inbound.items():
        if sid not in posted:
            yield "5 durable", f"reply {sid} was acknowledged and is gone"
        elif posted[sid] not in workspace.posts:
            yield "5 one post", f"reply {sid} ({body}) is not shown"
    for title, ts in rows.execute("SELECT title, card_ts FROM campaign").fetchall():
        if ts not in workspace.posts:
            yield "6 card", f"{title} has no card"


def counted(rows: sqlite3.Connection) -> Iterable[tuple[str, str]]:
    """Where the counts that are kept differ from the messages."""
    kept = rows.execute(
        "SELECT campaign_id, what, detail, messages, segments FROM tally WHERE what != 'left_out' AND messages"
    ).fetchall()
    true = rows.execute(COUNTS).fetchall()
    if set(kept) != set(true):
        yield "6 counts", f"kept {sorted(set(kept) - set(true))}, true {sorted(set(true) - set(kept))}"
