"""What becomes of an accepted message, step by step, and the status callbacks that tell it."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bot.playground.carrier.agenda import Agenda
from bot.playground.carrier.faults import Reports, Scenario
from bot.playground.carrier.phones import Phones
from bot.playground.carrier.state import Change, Network, Sms, Status
from bot.playground.carrier.webhooks import Webhooks

# https://www.twilio.com/docs/api/errors/30003 : unreachable destination handset.
UNREACHABLE = 30003
AT_ONCE = 50
"""How many messages may be in the middle of a step: a customer who is slow to take reports holds up the others' steps."""

PATHS: dict[Status, tuple[Status, ...]] = {
    Status.DELIVERED: (Status.SENDING, Status.SENT, Status.DELIVERED),
    Status.UNDELIVERED: (Status.SENDING, Status.SENT, Status.UNDELIVERED),
    Status.SENT: (Status.SENDING, Status.SENT),
    Status.SENDING: (Status.SENDING,),
    Status.FAILED: (Status.FAILED,),
    Status.QUEUED: (),
}


@dataclass(frozen=True, slots=True)
class Latency:
    """How long the network takes."""

    answer: timedelta = timedelta(0)
    """From a request to its answer."""
    sending: timedelta = timedelta(milliseconds=200)
    sent: timedelta = timedelta(milliseconds=500)
    receipt: timedelta = timedelta(seconds=2)
    """From sent to delivered or undelivered."""

    def before(self, status: Status) -> timedelta:
        """The time that passes before a message is in this state."""
        if status in (Status.QUEUED, Status.SENDING, Status.FAILED):
            return self.sending
        return self.sent if status is Status.SENT else self.receipt


@dataclass(frozen=True, slots=True)
class Step:
    """After some time the message moves, and reports leave."""

    after: timedelta
    status: Status | None
    reports: tuple[Status, ...]
    error: int | None = None
    arrives: bool = False
    """Whether the handset now has it."""


def plan(scenario: Scenario, latency: Latency, *, with_service: bool) -> tuple[Step, ...]:
    """The steps of one message after it was accepted."""
    path = PATHS[scenario.outcome]
    if with_service:
        path = (Status.QUEUED, *path)
    steps = tuple(_step(status, scenario, latency) for status in path)
    return _misreported(steps, scenario)


def _step(status: Status, scenario: Scenario, latency: Latency) -> Step:
    is_last = status is scenario.outcome
    return Step(
        after=latency.before(status),
        status=status,
        reports=(status,),
        error=scenario.error if is_last and status in (Status.UNDELIVERED, Status.FAILED) else None,
        arrives=is_last and status in (Status.DELIVERED, Status.SENT),
    )


def _misreported(steps: tuple[Step, ...], scenario: Scenario) -> tuple[Step, ...]:
    silent = tuple(replace(step, reports=()) for step in steps)
    reports = tuple(step.status for step in steps if step.status is not None)
    match scenario.reports:
        case Reports.LOST:
            return silent
        case Reports.LAST_LOST:
            return steps[:-1] + silent[-1:]
        case Reports.DOUBLED:
            return tuple(replace(step, reports=step.reports * 2) for step in steps)
        case Reports.DISORDERED:
            return (*silent, Step(timedelta(0), None, reports[::-1]))
        case Reports.LATE:
            return (*silent, Step(scenario.report_delay, None, reports))
        case Reports.NORMAL | Reports.EARLY:
            return steps


class Delivery:
    """Takes messages along their steps."""

    def __init__(
        self, network: Network, agenda: Agenda, webhooks: Webhooks, phones: Phones, latency: Latency
    ) -> None:
        self._network = network
        self._agenda = agenda
        self._webhooks = webhooks
        self._phones = phones
        self._latency = latency
        self._under_way = asyncio.Semaphore(AT_ONCE)

    def begin(self, sms: Sms, scenario: Scenario) -> None:
        """Put the message on its way."""
        told = asyncio.Event()
        told.set()
        self._plan_next(sms.sid, self._steps(sms, scenario), told)

    async def finish(self, sms: Sms, scenario: Scenario) -> None:
        """Take the message to its end at once."""
        for step in self._steps(sms, scenario):
            self._take(sms.sid, step)
            await self._report(sms.sid, step)

    def _steps(self, sms: Sms, scenario: Scenario) -> tuple[Step, ...]:
        if scenario.outcome is Status.DELIVERED and not self._phones.is_reachable(sms.to):
            scenario = replace(scenario, outcome=Status.UNDELIVERED, error=UNREACHABLE)
        return plan(scenario, self._latency, with_service=sms.service_sid is not None)

    def _plan_next(self, sid: str, steps: tuple[Step, ...], told: asyncio.Event) -> None:
        if steps:
            self._agenda.add(steps[0].after, partial(self._go_on, sid, steps, told))

    async def _go_on(self, sid: str, steps: tuple[Step, ...], told: asyncio.Event) -> None:
        """One step; its reports follow those of the step before, however long these take: the message waits for none."""
        self._take(sid, steps[0])
        told_too = asyncio.Event()
        self._plan_next(sid, steps[1:], told_too)
        await told.wait()
        async with self._under_way:
            await self._report(sid, steps[0])
        told_too.set()

    def _take(self, sid: str, step: Step) -> None:
        if step.status is not None:
            sms = self._network.move(sid, step.status, error_code=step.error)
            if step.arrives:
                self._phones.receive(sms)

    async def _report(self, sid: str, step: Step) -> None:
        sms = self._network.messages[sid]
        if sms.status_url is None:
            return
        account = self._network.accounts[sms.account_sid]
        for status in step.reports:
            fields = report_fields(sms, status, self._network.now())
            await self._webhooks.post(account, sms.status_url, fields)
            self._network.tell(Change("report", sid=sms.sid, number=sms.to))


def report_fields(sms: Sms, status: Status, now: datetime) -> dict[str, str]:
    """What a status callback carries."""
    # https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
    fields = {
        "MessageSid": sms.sid,
        "SmsSid": sms.sid,
        "MessageStatus": status.value,
        "SmsStatus": status.value,
        "To": sms.to,
        "From": sms.sender or "",
        "AccountSid": sms.account_sid,
        "ApiVersion": "2010-04-01",
    }
    if sms.service_sid is not None:
        fields["MessagingServiceSid"] = sms.service_sid
    if status in (Status.UNDELIVERED, Status.FAILED) and sms.error_code is not None:
        fields["ErrorCode"] = str(sms.error_code)
    if status in (Status.DELIVERED, Status.UNDELIVERED):
        # https://www.twilio.com/en-us/changelog of 14 Feb 2023: YYMMDDhhmm, without a time zone.
        fields["RawDlrDoneDate"] = now.strftime("%y%m%d%H%M")
    return fields
