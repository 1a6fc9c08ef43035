"""Files of people brought into a club: looked at first, then stored whole or not at all."""

import asyncio
import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.imports.choices import choices_of
from bot.imports.errors import ChangedMeanwhile, ColumnsAlike, FileRefused, NoNames
from bot.imports.problems import Reason
from bot.rules.erasure import digest_of
from bot.rules.phones import PhoneRefusal
from storage import people
from storage.models import Audit, Consent, Contact, ContactField, ErasedNumber, Guardianship, OptOut
from storage.states import ConsentHow, OptOutScope, Purpose
from tests import factories
from tests.integration.imports.conftest import NOW, Desk, counts

LONG_ENOUGH_SECONDS = 0.3
"""For another transaction to come as far as it can."""
FAMILIES = """\
Licence;Prénom;Nom;Portable;Né(e) le;Étiquettes;Équipe;Cotisation;Poste;Portable mère;Prénom père;Nom père;Portable père;Ville
A1;Léa;Martin;;07/03/2014;bus, photo;U13;12,50;gardien;06 12 34 56 78;Karim;Benali;0623456789;Lyon
A2;Tom;Martin;;2012-01-31;;U15;;;06 12 34 56 78;;;;Lyon
A3;Karim;Benali;+33 6 23 45 67 89;1980-05-05;;;;;;;;;Lyon
"""


async def test_a_file_of_families_becomes_people_and_who_answers_for_them(desk: Desk) -> None:
    looked = await desk.bring_in(FAMILIES)
    assert (counts(looked), looked.guardians, looked.mapped.ignored) == ((3, 0, 0, 0), 1, ("Ville",))
    people = await desk.people()
    assert set(people) == {"Léa Martin", "Tom Martin", "Karim Benali", "Martin"}
    lea = people["Léa Martin"]
    assert (lea.birth_date, lea.tags, lea.reference, lea.e164) == (
        date(2014, 3, 7),
        ["bus", "photo"],
        "A1",
        None,
    )
    assert lea.fields == {"Équipe": "U13", "Cotisation": "12.50", "Poste": "Gardien"}
    assert (people["Karim Benali"].e164, people["Karim Benali"].reference) == ("+33623456789", "A3")
    assert people["Martin"].e164 == "+33612345678"
    assert await desk.families() == {
        ("Léa Martin", "Martin"),
        ("Tom Martin", "Martin"),
        ("Léa Martin", "Karim Benali"),
    }


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    await desk.bring_in(FAMILIES)
    before = [await desk.rows(table) for table in (Contact, Guardianship, Consent, Audit)]
    again = await desk.bring_in(FAMILIES)
    assert (counts(again), again.guardians, again.changes_nothing) == ((0, 0, 3, 0), 0, True)
    assert [await desk.rows(table) for table in (Contact, Guardianship, Consent, Audit)] == before


async def test_a_look_stores_nothing(desk: Desk) -> None:
    looked = await desk.look(FAMILIES)
    looked.spool.close()
    assert await desk.rows(Contact) == []


async def test_the_reference_finds_whose_name_and_number_changed(desk: Desk) -> None:
    await desk.bring_in("Ref,First name,Last name,Mobile\nA1,Lea,Martin,0612345678\n")
    (before,) = await desk.rows(Contact)
    looked = await desk.bring_in("Ref,First name,Last name,Mobile\nA1,Léa,Benali,0623456789\n")
    (after,) = await desk.rows(Contact)
    assert counts(looked) == (0, 1, 0, 0)
    assert (after.id, after.first_name, after.last_name, after.e164) == (
        before.id,
        "Léa",
        "Benali",
        "+33623456789",
    )


async def test_without_a_reference_number_and_name_find_them(desk: Desk) -> None:
    await desk.bring_in("First name,Last name,Mobile\nLéa,Martin,0612345678\nTom,Martin,0612345678\n")
    looked = await desk.bring_in(
        "First name,Last name,Mobile,Ref,Tags\nLEA,MARTIN,+33 6 12 34 56 78,A1,bus\n"
    )
    assert counts(looked) == (0, 1, 0, 0)
    found = {one.reference: one for one in await desk.rows(Contact)}
    assert set(found) == {None, "A1"}
    assert found["A1"].tags == ["bus"]


async def test_empty_cells_change_nothing_and_tags_are_added(desk: Desk) -> None:
    await desk.bring_in(FAMILIES)
    looked = await desk.bring_in("Licence;Prénom;Nom;Portable;Étiquettes;Équipe\nA1;Léa;Martin;;bus, fête;\n")
    lea = (await desk.people())["Léa Martin"]
    assert counts(looked) == (0, 1, 0, 0)
    assert (lea.tags, lea.fields["Équipe"], lea.birth_date) == (
        ["bus", "photo", "fête"],
        "U13",
        date(2014, 3, 7),
    )


REFUSED = [
    ("Zoé,Roy,01 42 00 00 00,,", PhoneRefusal.LANDLINE),
    ("Zoé,Roy,06 12 34,,", PhoneRefusal.INVALID),
    ("Zoé,Roy,0612345678 ou 0623456789,,", PhoneRefusal.TWO_NUMBERS),
    (",,0612345678,,", Reason.NO_NAME),
    ("Zoé,=HYPERLINK(A1),0612345678,,", Reason.FORMULA),
    ("Zoé,Roy,0612345678,31/02/2014,", Reason.NO_DATE),
    ("Zoé,Roy,0612345678,2030-01-01,", Reason.NOT_BORN),
    ("Zoé,Roy,0612345678,,,Lyon", Reason.TOO_MANY_CELLS),
    ("Léa,Martin,0612345678,,", Reason.TWICE),
    ("Zoé,Roy,0612345678,,L1", Reason.REFERENCE_TWICE),
    (f"Zoé,{'x' * 1001},0612345678,,", Reason.TOO_LONG),
]


@pytest.mark.parametrize(("row", "reason"), REFUSED, ids=[str(reason) for _, reason in REFUSED])
async def test_a_bad_row_is_refused_with_its_reason_and_the_others_are_taken(
    desk: Desk, row: str, reason: Reason | PhoneRefusal
) -> None:
    start = "First name,Last name,Mobile,Birth date,Ref\nLéa,Martin,0612345678,,L1\n"
    looked = await desk.bring_in(f"{start}{row}\n")
    assert (counts(looked), looked.reasons) == ((1, 0, 0, 1), {reason: 1})
    assert set(await desk.people()) == {"Léa Martin"}


def report_of(path: Path | None) -> list[dict[str, str]]:
    assert path
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


async def test_refused_rows_are_corrected_in_their_report_and_imported_again(desk: Desk) -> None:
    first = await desk.look(
        "Prénom;Nom;Portable\nZoé;Roy;01 42 00 00 00\nLéa;Martin;+33612345678\n=1+1;Faure;+33 6\n", "fr"
    )
    await desk.store(first)
    assert first.report == desk.folder / "people.refused.csv"
    zoe, faure = report_of(first.report)
    assert (zoe["Portable"], zoe["Touchline: line"], faure["Touchline: line"]) == ("01 42 00 00 00", "2", "4")
    assert "01 42 00 00 00" in zoe["Touchline: reason"]
    assert (faure["Prénom"], faure["Portable"]) == ("'=1+1", "'+33 6"), "no spreadsheet computes it"
    text = first.report.read_text(encoding="utf-8-sig") if first.report else ""
    mended = text.replace("01 42 00 00 00;", "06 42 00 00 00;", 1).replace(
        "'=1+1;Faure;'+33 6", "Éva;Faure;'+33 6 45 00 00 00"
    )
    again = await desk.bring_in(desk.file(mended, "people.refused.csv"))
    assert (counts(again), again.mapped.ignored, again.report) == ((2, 0, 0, 0), (), None)
    assert (await desk.people())["Éva Faure"].e164 == "+33645000000"


async def test_a_report_of_a_report_takes_its_place(desk: Desk) -> None:
    first = await desk.look("Prénom;Nom;Portable\nZoé;Roy;01 42 00 00 00\nTom;Roy;01\n")
    again = await desk.look(first.report or Path())
    for one in (first, again):
        one.spool.close()
    assert again.report == first.report
    assert list(report_of(again.report)[0]) == [
        "Prénom",
        "Nom",
        "Portable",
        "Touchline: line",
        "Touchline: reason",
    ]


async def test_a_row_with_more_cells_than_columns_keeps_them_all_until_it_is_corrected(desk: Desk) -> None:
    looked = await desk.bring_in("Prénom;Nom;Portable\nLéa;Anne;Roy;0645000009;\n")
    assert looked.report
    assert looked.report.read_text(encoding="utf-8-sig").splitlines()[1].endswith(";0645000009;")
    again = await desk.bring_in(looked.report)
    assert again.reasons == {Reason.TOO_MANY_CELLS: 1}
    assert again.report
    assert again.report.read_text(encoding="utf-8-sig").splitlines()[1].endswith(";0645000009;")


CONSENTS = "First name,Last name,Mobile,Marketing consent,Consent date,Evidence\n"


async def test_consent_to_marketing_is_carried_with_its_day_and_evidence_alone(desk: Desk) -> None:
    file = (
        CONSENTS
        + "Léa,Martin,0612345678,yes,03/09/2026,form in the office\nTom,Roy,0623456789,yes,03/09/2026,\n"
        + "Zoé,Roy,,yes,03/09/2026,form\nÉva,Roy,0634567890,no,,\nAna,Roy,0634567891,yes,,form of 2026-09-03\n"
        + "Bea,Roy,0634567892,yes,one day,form\nCléa,Roy,0634567893,yes,2099-01-01,form\n"
    )
    looked = await desk.bring_in(file)
    assert (counts(looked), looked.consents, looked.consents_refused) == ((7, 0, 0, 0), 1, 5)
    (line,) = await desk.rows(Consent)
    assert (line.e164, line.given, line.evidence, line.purpose, line.how) == (
        "+33612345678",
        True,
        "form in the office",
        Purpose.MARKETING,
        ConsentHow.IMPORT,
    )
    # The day begins in Paris.
    assert (line.at, line.recorded_at) == (datetime(2026, 9, 2, 22, tzinfo=UTC), NOW)
    assert looked.reasons == {Reason.NO_EVIDENCE: 1, Reason.NOBODY_TO_AGREE: 1, Reason.NO_CONSENT_DATE: 3}
    assert looked.report
    assert looked.report.read_text(encoding="utf-8-sig").count("\n") == 6
    again = await desk.bring_in(file)
    assert (counts(again), len(await desk.rows(Consent))) == ((0, 0, 7, 0), 1)


async def test_an_erased_number_that_wanted_no_texts_wants_none_when_a_file_brings_it_back(
    desk: Desk,
) -> None:
    digest = digest_of("k" * 32, desk.club.id, "+33612345678")
    mark = ErasedNumber(club_id=desk.club.id, digest=digest, scope=OptOutScope.ALL, since_at=NOW)
    await factories.keep(desk.db, mark)
    await desk.bring_in(FAMILIES)
    assert [(row.e164, row.scope) for row in await desk.rows(OptOut)] == [("+33612345678", OptOutScope.ALL)]
    assert await desk.rows(ErasedNumber) == []


LEA = "Léa,Martin,0612345678,{},2026-01-02,{}\n"


async def test_a_file_never_brings_back_a_consent_that_was_taken_back(desk: Desk) -> None:
    file = CONSENTS + LEA.format("yes", "form")
    await desk.bring_in(file)
    stop = OptOut(club_id=desk.club.id, e164="+33612345678", scope=OptOutScope.ALL, since_at=NOW)
    await factories.keep(desk.db, stop)
    again = await desk.bring_in(file)
    assert (again.consents, again.reasons) == (0, {Reason.SAID_NO: 1})


async def test_a_file_takes_a_consent_back_once_and_for_good(desk: Desk) -> None:
    await desk.bring_in(CONSENTS + LEA.format("yes", "form"))
    looked = await desk.bring_in(CONSENTS + LEA.format("no", "letter"))
    assert counts(looked) == (0, 1, 0, 0)
    assert (await desk.bring_in(CONSENTS + LEA.format("no", "letter"))).consents == 0
    assert (await desk.bring_in(CONSENTS + LEA.format("yes", "form"))).reasons == {Reason.SAID_NO: 1}
    assert sorted((one.given, one.evidence) for one in await desk.rows(Consent)) == [
        (False, "letter"),
        (True, "form"),
    ]


async def test_nothing_is_stored_when_somebody_changed_the_club_meanwhile(desk: Desk) -> None:
    looked = await desk.look(FAMILIES)
    await factories.keep(desk.db, factories.contact(desk.club))
    with pytest.raises(ChangedMeanwhile):
        await desk.store(looked)
    assert len(await desk.rows(Contact)) == 1


async def test_another_club_has_its_own_people(desk: Desk) -> None:
    other = factories.club(slack_team_id="T0OTHER")
    await factories.keep(desk.db, other)
    await Desk(desk.db, other, desk.folder).bring_in(FAMILIES)
    looked = await desk.bring_in(FAMILIES)
    assert counts(looked) == (3, 0, 0, 0)


async def test_whoever_is_archived_is_not_changed(desk: Desk) -> None:
    gone = factories.contact(desk.club, reference="A1", archived_at=NOW)
    await factories.keep(desk.db, gone)
    assert (await desk.bring_in(FAMILIES)).reasons == {Reason.ARCHIVED: 1}


async def test_two_of_the_club_with_one_name_and_number_are_not_mixed_up(desk: Desk) -> None:
    twins = [
        factories.contact(desk.club, first_name="Léa", last_name="Roy", e164="+33612345678") for _ in range(2)
    ]
    await factories.keep(desk.db, *twins)
    looked = await desk.bring_in("Prénom,Nom,Portable\nLéa,Roy,0612345678\n")
    assert looked.reasons == {Reason.SEVERAL: 1}


async def test_an_import_leaves_a_line_of_who_did_it_and_how_much(desk: Desk) -> None:
    await desk.bring_in(FAMILIES)
    (line,) = await desk.rows(Audit)
    assert (line.actor, line.action, line.subject) == ("the test", "import", "people.csv")
    assert line.detail == {
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "guardians": 1,
        "consents": 0,
    }


async def test_whoever_was_brought_in_or_changed_is_found_by_what_stands_there_now(desk: Desk) -> None:
    await desk.bring_in(FAMILIES)
    await desk.bring_in(FAMILIES.replace("bus, photo", "Éléphants"))

    async def found(typed: str) -> list[str]:
        async with desk.db.read() as session:
            return [one.first_name for one in await people.search(session, desk.club.id, typed, limit=9)]

    assert [await found(typed) for typed in ("elephant", "lea martin", "0623456789")] == [
        ["Léa"],
        ["Léa"],
        ["Karim"],
    ]


async def test_what_staff_change_at_that_moment_is_not_written_over(desk: Desk) -> None:
    await desk.bring_in(FAMILIES)
    looked = await desk.look(FAMILIES.replace("bus, photo", "bus, photo, gardienne"))
    lea = (await desk.people())["Léa Martin"]
    async with desk.db.begin() as session:
        await people.alone(session, desk.club.id)
        lea.first_name = "Léonie"
        await people.store(session, await session.merge(lea))
        storing = asyncio.create_task(desk.store(looked))
        await asyncio.sleep(LONG_ENOUGH_SECONDS)
    with pytest.raises(ChangedMeanwhile):
        await storing
    assert (await desk.people())["Léonie Martin"].tags == ["bus", "photo"]


SOPHIE = "Prénom;Nom;Portable\nSophie;Durand;0612345678\n"
LEA_AND_TOM = "Prénom;Nom;Portable mère\nLéa;Martin;06 12 34 56 78\nTom;Petit;06 12 34 56 78\n"


@pytest.mark.parametrize(
    "files",
    [
        (SOPHIE, LEA_AND_TOM),
        (LEA_AND_TOM, LEA_AND_TOM.replace("Martin", "Roux")),
        ("Prénom;Nom;Portable;Portable mère\nSophie;Durand;0612345678;\nLéa;Martin;;0612345678\n",),
        ("Prénom;Nom;Portable;Portable mère\nLéa;Martin;;0612345678\nSophie;Durand;0612345678;\n",),
    ],
    ids=["whom the club knows", "another name of the child", "a row above", "a row below"],
)
async def test_a_guardian_by_number_alone_is_whoever_has_it(desk: Desk, files: tuple[str, ...]) -> None:
    for file in files:
        await desk.bring_in(file)
    people = await desk.people()
    mothers = {one.id for one in people.values() if one.e164 == "+33612345678"}
    assert len(mothers) == 1
    assert {pair.guardian_id for pair in await desk.rows(Guardianship)} == mothers


async def test_a_child_with_its_mothers_number_is_not_its_own_guardian_nor_its_siblings(desk: Desk) -> None:
    await desk.bring_in(
        "Prénom;Nom;Portable;Portable mère\nLéa;Martin;0612345678;0612345678\nTom;Martin;;0612345678\n"
    )
    names = {child for child, _ in await desk.families()}
    assert names == {"Léa Martin", "Tom Martin"}
    assert {guardian for _, guardian in await desk.families()} == {"Martin"}


async def test_columns_hold_what_staff_choose_in_the_place_of_what_is_guessed(desk: Desk) -> None:
    guessed = await desk.look("Prénom;Nom;Tél;Ville\nZoé;Roy;06 45 00 00 01;Lyon\n")
    choices = choices_of(guessed.mapped)
    guessed.spool.close()
    assert choices == {0: "first_name", 1: "last_name", 2: "mobile"}
    assert guessed.columns.samples == [["Zoé"], ["Roy"], ["06 45 00 00 01"], ["Lyon"]]
    (own,) = [one for one in await desk.rows(ContactField) if one.name == "Équipe"]
    await desk.store(
        await desk.look(guessed.file, choices={0: "first_name", 2: "mobile@mother", 3: f"own:{own.id.hex}"})
    )
    zoe = (await desk.people())["Zoé"]
    assert (zoe.last_name, zoe.mobile, zoe.fields) == ("", "", {"Équipe": "Lyon"})
    assert [child for child, _ in await desk.families()] == ["Zoé"]


@pytest.mark.parametrize(
    ("choices", "refused"),
    [
        ({0: "first_name", 1: "first_name"}, ColumnsAlike),
        ({0: "first_name", 1: "mobile@mother", 2: "mobile@mother"}, ColumnsAlike),
        ({2: "mobile"}, NoNames),
        ({0: "own:0000", 1: "field", 2: "roles@mother", 3: "anything"}, NoNames),
    ],
    ids=["two first names", "two numbers of a mother", "no name", "what nobody offers"],
)
async def test_a_choice_that_says_nothing_clear_is_refused(
    desk: Desk, choices: dict[int, str], refused: type[FileRefused]
) -> None:
    with pytest.raises(refused):
        await desk.look("Prénom;Nom;Tél;Ville\nZoé;Roy;06 45 00 00 01;Lyon\n", choices=choices)


async def test_others_have_their_turn_while_a_long_file_is_read(desk: Desk) -> None:
    rows = "\n".join(f"Zoé;Roy {n};06{45_000_000 + n};0{n % 9 + 1}/03/2012" for n in range(90_000))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    waiting = asyncio.create_task(others())
    (await desk.look(f"Prénom;Nom;Portable;Né le\n{rows}\n")).spool.close()
    waiting.cancel()
    # Of portions of a thousand rows with a turn between them there would be some ninety.
    assert turns > 100


async def test_who_waits_no_longer_ends_the_reading_too(desk: Desk) -> None:
    path = desk.file("Prénom;Nom\n" + "Zoé;Roy\n" * 50_000)
    read: list[int] = []
    begun, loop = asyncio.Event(), asyncio.get_running_loop()

    def told(rows: int) -> None:
        read.append(rows)
        loop.call_soon_threadsafe(begun.set)

    looking = asyncio.create_task(desk.look(path, progress=told))
    await begun.wait()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    await asyncio.sleep(LONG_ENOUGH_SECONDS)
    assert read[-1] < 50_000
    assert not path.with_name("people.refused.csv").exists()
