"""Who may be texted for what."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.consent import (
    LeftOut,
    Standing,
    Why,
    agreement,
    how_of,
    kept_from_agreeing,
    may_text,
    state_of,
)
from bot.rules.refusals import CARRIER, MEMBER, Line
from storage.states import ConsentHow, Kind, OptOutScope, Purpose

ALL, PUB = OptOutScope.ALL, OptOutScope.MARKETING
ALERTS, MARKETING = Purpose.ALERTS, Purpose.MARKETING


@pytest.mark.parametrize(
    ("kind", "opted_out", "consent", "answer", "reason"),
    [
        (Kind.ALERT, None, False, None, "an alert needs no consent to marketing"),
        (Kind.ALERT, None, True, None, "nor does it mind"),
        (Kind.ALERT, PUB, False, None, "STOP PUB leaves alerts alone"),
        (Kind.ALERT, ALL, True, LeftOut.OPTED_OUT, "STOP is for everything"),
        (Kind.MARKETING, None, False, LeftOut.NO_CONSENT, "marketing needs consent"),
        (Kind.MARKETING, None, True, None, "and is allowed with it"),
        (Kind.MARKETING, PUB, True, LeftOut.OPTED_OUT_MARKETING, "an opt-out is stronger than consent"),
        (Kind.MARKETING, PUB, False, LeftOut.OPTED_OUT_MARKETING, "and the better reason"),
        (Kind.MARKETING, ALL, True, LeftOut.OPTED_OUT, "STOP is for everything"),
    ],
)
def test_a_number_may_get_a_kind_of_text(
    kind: Kind, opted_out: OptOutScope | None, consent: bool, answer: LeftOut | None, reason: str
) -> None:
    assert may_text(kind, Standing(opted_out, consent)) is answer, reason


def test_nothing_on_record_means_alerts_only() -> None:
    assert may_text(Kind.ALERT, Standing()) is None
    assert may_text(Kind.MARKETING, Standing()) is LeftOut.NO_CONSENT


ANA, BEN = UUID(int=1), UUID(int=2)
DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 6)]


def line(day: int, *, given: bool = True, of: UUID | None = ANA, purpose: Purpose = MARKETING) -> Line:
    return Line(UUID(int=day), purpose, given, "Form", "U0ADMIN", DAYS[day], of)


def stands(record: Sequence[Line], **known: object) -> tuple[bool, Why]:
    usual = {"holders": {ANA}, "opted_out": None, "is_minor": False}
    state = state_of(MARKETING, record, **{**usual, **known})  # type: ignore[arg-type]  # of many sorts
    return state.may, state.why


STANDS: list[tuple[Sequence[Line], dict[str, object], tuple[bool, Why], str]] = [
    ([], {}, (False, Why.NOTHING_SAID), "nobody said anything"),
    ([line(1)], {}, (True, Why.AGREED), "agreed"),
    ([line(1, purpose=ALERTS)], {}, (False, Why.NOTHING_SAID), "to something else"),
    ([line(1, of=BEN)], {}, (False, Why.NOTHING_SAID), "by somebody whose number it is no longer"),
    ([line(1, of=BEN)], {"holders": {ANA, BEN}}, (True, Why.AGREED), "by somebody who shares the number"),
    ([line(1, of=None)], {"holders": ()}, (True, Why.AGREED), "by the number itself, whoever has it"),
    ([line(1), line(2, given=False)], {}, (False, Why.WITHDRAWN), "taken back since"),
    ([line(2), line(1, given=False)], {}, (True, Why.AGREED), "given anew"),
    ([line(2, given=False), line(1)], {}, (False, Why.WITHDRAWN), "what is recorded late counts as of its day"),
    ([line(1), line(1, given=False)], {}, (False, Why.WITHDRAWN), "at one moment the refusal holds"),
    ([line(1), line(2, given=False, of=BEN)], {}, (False, Why.WITHDRAWN), "taken back by whoever shares it"),
    ([line(1), line(2, given=False, of=None)], {}, (False, Why.WITHDRAWN), "taken back by SMS"),
    ([line(1)], {"opted_out": PUB}, (False, Why.OPTED_OUT_MARKETING), "STOP PUB beats it"),
    ([line(1)], {"opted_out": ALL}, (False, Why.OPTED_OUT), "STOP beats it"),
    ([line(1)], {"is_minor": True}, (False, Why.MINOR), "no minor gets advertising"),
    ([line(1)], {"is_minor": True, "opted_out": ALL}, (False, Why.OPTED_OUT), "an opt-out beats all"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "known", "answer", "reason"), STANDS, ids=[row[-1] for row in STANDS])
def test_the_state_of_marketing_follows_from_the_record(
    record: Sequence[Line], known: dict[str, object], answer: tuple[bool, Why], reason: str
) -> None:
    assert stands(record, **known) == answer, reason


def test_the_state_names_the_line_that_decides() -> None:
    record = [line(1), line(3), line(2, given=False), line(4, given=False, purpose=ALERTS)]
    for opted_out, is_minor, decides in ((None, False, 3), (PUB, False, 2), (None, True, None)):
        state = state_of(MARKETING, record, holders={ANA}, opted_out=opted_out, is_minor=is_minor)
        assert (state.line and state.line.at) == (decides and DAYS[decides])


def test_alerts_need_no_consent_and_stop_at_stop_alone() -> None:
    agreed = [line(1, purpose=ALERTS)]
    for record, opted_out, is_minor, answer in (
        ([], None, True, (True, Why.NOTHING_SAID)),
        (agreed, PUB, True, (True, Why.AGREED)),
        (agreed, ALL, False, (False, Why.OPTED_OUT)),
    ):
        state = state_of(ALERTS, record, holders={ANA}, opted_out=opted_out, is_minor=is_minor)
        assert (state.may, state.why) == answer


LINES = st.builds(
    line,
    st.integers(0, 4),
    given=st.booleans(),
    of=st.sampled_from([ANA, BEN, None]),
    purpose=st.sampled_from(Purpose),
)


@given(
    st.lists(LINES, max_size=8),
    st.sets(st.sampled_from([ANA, BEN])),
    st.sampled_from([None, PUB, ALL]),
    st.randoms(),
)
def test_the_state_is_what_the_delivery_goes_by_in_whatever_order_the_record_stands(
    record: list[Line], holders: set[UUID], opted_out: OptOutScope | None, chance: Random
) -> None:
    standing = Standing(opted_out, agreement(record, MARKETING, holders) is not None)
    mixed = chance.sample(record, len(record))
    for kind, purpose in ((Kind.ALERT, ALERTS), (Kind.MARKETING, MARKETING)):
        state = state_of(purpose, mixed, holders=holders, opted_out=opted_out, is_minor=False)
        assert state.may is (may_text(kind, standing) is None)
    # Whoever takes something back is heard, whatever stands in the record so far.
    late = [*record, Line(UUID(int=9), MARKETING, False, "Form", "U0ADMIN", DAYS[4])]
    assert agreement(late, MARKETING, holders) is None


@pytest.mark.parametrize(
    ("evidence", "recorded_by", "how", "read"),
    [
        ("Form", "U0ADMIN", ConsentHow.PAPER, ConsentHow.PAPER),
        ("Form", "U0ADMIN", None, ConsentHow.STAFF),
        ("SMS SM1: STOP", MEMBER, None, ConsentHow.SMS),
        ("page: Plus aucun SMS", MEMBER, None, ConsentHow.PAGE),
        ("carrier 21610", CARRIER, None, ConsentHow.CARRIER),
    ],
)
def test_how_it_was_said_is_read_from_lines_of_older_bots_too(
    evidence: str, recorded_by: str, how: ConsentHow | None, read: ConsentHow
) -> None:
    assert how_of(Line(UUID(int=1), MARKETING, True, evidence, recorded_by, DAYS[0], how=how)) is read


KEPT: list[tuple[Purpose, Sequence[Line], dict[str, object], Why | None, str]] = [
    (MARKETING, [], {}, None, "nothing stands against it"),
    (MARKETING, [line(1, given=False)], {}, None, "withdrawn before"),
    (MARKETING, [line(2, given=False)], {}, Why.WITHDRAWN, "withdrawn at that moment"),
    (MARKETING, [line(3, given=False, of=BEN)], {}, Why.WITHDRAWN, "withdrawn since, by whomever"),
    (MARKETING, [line(3, given=False, purpose=ALERTS)], {}, None, "something else was withdrawn"),
    (MARKETING, [], {"is_minor": True}, Why.MINOR, "no minor agrees to advertising"),
    (ALERTS, [], {"is_minor": True}, None, "but to alerts"),
    (MARKETING, [], {"opted_out": PUB}, Why.OPTED_OUT_MARKETING, "STOP PUB"),
    (ALERTS, [], {"opted_out": PUB}, None, "leaves alerts alone"),
    (ALERTS, [], {"opted_out": ALL, "is_minor": True}, Why.OPTED_OUT, "STOP is for everything"),
]


@pytest.mark.parametrize(("purpose", "record", "known", "why", "reason"), KEPT, ids=[row[-1] for row in KEPT])
def test_nobody_records_consent_against_what_stands(
    purpose: Purpose, record: Sequence[Line], known: dict[str, object], why: Why | None, reason: str
) -> None:
    usual = {"opted_out": None, "is_minor": False}
    found = kept_from_agreeing(purpose, record, DAYS[2], **{**usual, **known})  # type: ignore[arg-type]  # of many sorts
    assert found is why, reason
