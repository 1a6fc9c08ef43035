"""What a file says of consent: as the club's own windows would take it, whichever row comes first."""

from datetime import UTC, date, datetime

import pytest

import storage.consent
from bot.imports.problems import Reason
from bot.rules.erasure import digest_of
from storage.models import Consent, ErasedNumber
from storage.states import OptOutScope, Purpose
from tests import factories
from tests.integration.imports.conftest import Desk, counts

HEADERS = "First name,Last name,Mobile,Reference,Marketing consent,Consent date,Evidence\n"
YES = "Léa,Martin,0645000001,A1,yes,2026-01-02,form\n"
NO = "Tom,Martin,0645000001,A2,no,,\n"


async def said(desk: Desk) -> list[tuple[str, bool]]:
    lines = sorted(await desk.rows(Consent), key=lambda line: line.at)
    return [(line.e164, line.given) for line in lines]


async def test_whoever_is_known_by_reference_speaks_for_the_number_they_have(desk: Desk) -> None:
    await desk.bring_in("First name,Last name,Mobile,Reference\nLéa,Martin,0645000001,A1\n")
    by_reference = "First name,Last name,Reference,Marketing consent,Consent date,Evidence\nLéa,Martin,A1,"
    looked = await desk.bring_in(by_reference + "yes,2026-01-02,form\n")
    assert (counts(looked), looked.reasons) == ((0, 1, 0, 0), {})
    assert counts(await desk.bring_in(by_reference + "no,,\n")) == (0, 1, 0, 0)
    assert await said(desk) == [("+33645000001", True), ("+33645000001", False)]


@pytest.mark.parametrize(
    ("rows", "noted", "refused"),
    [
        (YES + NO, [True, False], {}),
        (NO + YES, [], {Reason.SAID_BOTH: 1}),
        (NO + NO.replace("A2", "A3").replace("Tom", "Zoé"), [], {}),
    ],
    ids=["yes first", "no first", "twice no"],
)
async def test_where_two_rows_differ_about_one_number_the_refusal_holds(
    desk: Desk, rows: str, noted: list[bool], refused: dict[Reason, int]
) -> None:
    looked = await desk.bring_in(HEADERS + rows)
    assert (counts(looked), looked.reasons) == ((2, 0, 0, 0), refused)
    assert [given for _, given in await said(desk)] == noted
    again = await desk.bring_in(HEADERS + rows)
    assert (counts(again), again.consents) == ((0, 0, 2, 0), 0)


async def test_two_refusals_of_one_number_are_noted_once(desk: Desk) -> None:
    await desk.bring_in(HEADERS + YES)
    looked = await desk.bring_in(HEADERS + NO + NO.replace("A2", "A3").replace("Tom", "Zoé"))
    assert looked.consents == 1
    assert await said(desk) == [("+33645000001", True), ("+33645000001", False)]


async def test_no_consent_of_a_file_counts_against_what_was_said_before_an_erasure(desk: Desk) -> None:
    number, said_at = "+33645000001", datetime(2026, 3, 1, tzinfo=UTC)
    digest = digest_of("k" * 32, desk.club.id, number)
    mark = ErasedNumber(club_id=desk.club.id, digest=digest, scope=OptOutScope.ALL, since_at=said_at)
    await factories.keep(desk.db, mark)
    await desk.bring_in(HEADERS + YES)
    refusals = {(line.purpose, line.at) for line in await desk.rows(Consent) if not line.given}
    assert refusals == {(purpose, said_at) for purpose in Purpose}
    async with desk.db.begin() as session:
        assert await storage.consent.opt_in(session, desk.club.id, number), "as START does"
    async with desk.db.read() as session:
        assert not await storage.consent.agreed_to_marketing(session, desk.club.id, [number])
    assert (await desk.bring_in(HEADERS + YES)).reasons == {Reason.SAID_NO: 1}


async def test_no_file_carries_the_consent_of_a_minor(desk: Desk) -> None:
    born = HEADERS.replace("Reference", "Birth date")
    child, adult = YES.replace("A1", "2014-03-27"), YES.replace("A1", "1990-03-27").replace("Léa", "Ana")
    looked = await desk.bring_in(born + child)
    assert (counts(looked), looked.reasons) == ((1, 0, 0, 0), {Reason.MINOR: 1})
    assert "no minor gets advertising" in looked.examples[0][1]
    assert (await desk.bring_in(born + adult)).consents == 1


async def test_a_minor_known_by_number_and_name_is_one_without_a_birth_date_in_the_file(desk: Desk) -> None:
    lea = factories.contact(
        desk.club, first_name="Léa", last_name="Martin", e164="+33645000001", birth_date=date(2014, 3, 27)
    )
    await factories.keep(desk.db, lea)
    assert (await desk.bring_in(HEADERS + YES)).reasons == {Reason.MINOR: 1}
