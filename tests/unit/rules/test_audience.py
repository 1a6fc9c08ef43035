"""From contacts to recipients."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.audience import (
    GUARDIANS_GET_IT,
    LeftOut,
    Person,
    known_language,
)
from bot.rules.consent import Standing
from storage.states import Kind, OptOutScope, Route
from tests.unit.rules.people import (
    AGES,
    ANNE,
    CHILD,
    CHOSEN,
    GROWN,
    GUARDIAN,
    IDA,
    JAN,
    LEA,
    MIA,
    PAUL,
    TEENAGER,
    TOM,
    ZOE,
    audience,
    line,
    person,
    recipient,
    recipients,
)


def test_nobody_chosen_is_nobody_reached() -> None:
    assert (audience([]).recipients, audience([]).lines) == ((), ())


def test_chosen_people_are_reached_in_the_order_of_choice() -> None:
    got = audience([PAUL, TOM])
    assert got.lines == (line(PAUL), line(TOM))
    assert recipients(got) == (
        recipient(PAUL.e164, [PAUL], [PAUL], first_name="Paul"),
        recipient(TOM.e164, [TOM], [TOM], first_name="Tom"),
    )


def test_somebody_chosen_twice_is_reached_once() -> None:
    got = audience([TOM, TOM])
    assert got.lines == (line(TOM),)
    assert [each.for_ids for each in got.recipients] == [(TOM.id,)]


def test_a_childs_text_reaches_the_child_and_the_guardians() -> None:
    got = audience([TOM], {TOM.id: [ANNE, PAUL]})
    assert got.lines == (line(TOM), line(ANNE, GUARDIAN, wards=[TOM]), line(PAUL, GUARDIAN, wards=[TOM]))
    assert recipients(got) == (
        recipient(TOM.e164, [TOM], [TOM], first_name="Tom"),
        recipient(ANNE.e164, [TOM], [ANNE], first_name="Tom"),
        recipient(PAUL.e164, [TOM], [PAUL], first_name="Tom"),
    )


def test_guardians_of_people_who_were_not_chosen_are_left_alone() -> None:
    assert audience([PAUL], {TOM.id: [ANNE]}).lines == (line(PAUL),)


def test_a_child_without_a_number_is_left_out_and_the_line_says_that_guardians_get_it() -> None:
    got = audience([LEA], {LEA.id: [ANNE]})
    assert got.lines[0].detail == "guardians"
    assert got.lines == (
        line(LEA, left_out=LeftOut.NO_NUMBER, detail=GUARDIANS_GET_IT),
        line(ANNE, GUARDIAN, wards=[LEA]),
    )
    assert recipients(got) == (recipient(ANNE.e164, [LEA], [ANNE], first_name="Léa"),)


def test_a_child_whose_guardians_are_out_of_reach_is_simply_without_a_number() -> None:
    got = audience([LEA], {LEA.id: [JAN]})
    assert got.lines == (
        line(LEA, left_out=LeftOut.NO_NUMBER),
        line(JAN, GUARDIAN, LeftOut.ABROAD, wards=[LEA]),
    )
    assert recipients(got) == ()


def test_a_bad_number_keeps_its_own_reason_though_guardians_get_the_text() -> None:
    got = audience([IDA], {IDA.id: [ANNE]})
    assert got.lines[0] == line(IDA, left_out=LeftOut.BAD_NUMBER, detail="landline")


def test_two_siblings_with_one_mother_are_one_text() -> None:
    got = audience([LEA, ZOE], {LEA.id: [ANNE], ZOE.id: [ANNE]})
    assert recipients(got) == (recipient(ANNE.e164, [LEA, ZOE], [ANNE], first_name="Léa et Zoé"),)
    assert [each.contact_id for each in got.lines] == [LEA.id, ANNE.id, ZOE.id]
    assert got.lines[1] == line(ANNE, GUARDIAN, wards=[LEA, ZOE])
    assert got.lines[2] == line(ZOE, left_out=LeftOut.NO_NUMBER, detail=GUARDIANS_GET_IT)


def test_three_siblings_are_listed_with_one_and() -> None:
    everybody = {who.id: [ANNE] for who in (LEA, TOM, ZOE)}
    mother = audience([LEA, TOM, ZOE], everybody, joiner=" and ").recipients[0]
    assert mother.values == {"first_name": "Léa, Tom and Zoé", "last_name": "Martin"}


def reading(who: Person, language: str = "", **values: str) -> Person:
    reads = known_language(language)
    return who._replace(values={**who.values, **values}, language=reads or "fr", reads=reads)


@pytest.mark.parametrize(
    ("child", "mother", "reads", "reason"),
    [
        ("", "", "fr", "nobody's is known: the club's"),
        ("es", "", "es", "the child's, when hers is not known"),
        ("es", "de-CH", "de", "hers, since she reads it"),
        ("", "Deutsch", "fr", "no language as one writes them"),
        ("es", "ja", "es", "none that we write"),
    ],
)
def test_a_text_is_in_the_language_of_whose_phone_it_is(
    child: str, mother: str, reads: str, reason: str
) -> None:
    lea, anne = reading(LEA, language=child), reading(ANNE, language=mother)
    assert audience([lea], {lea.id: [anne]}).recipients[0].language == reads, reason


def test_dates_of_siblings_are_joined_as_their_reader_writes_them() -> None:
    lea, zoe = (
        reading(LEA, born=" 2015-03-04", due="2027-01-02"),
        reading(ZOE, born="2017-05-06", due="2027-01-02"),
    )
    anne = reading(ANNE, language="en")
    got = audience([lea, zoe], {lea.id: [ANNE], zoe.id: [ANNE]}).recipients[0].values
    assert (got["born"], got["due"]) == ("04/03/2015 et 06/05/2017", "2027-01-02")
    got = audience([lea, zoe], {lea.id: [anne], zoe.id: [anne]}).recipients[0].values
    assert got["born"] == "4 Mar 2015 et 6 May 2017"


def test_values_that_are_missing_or_blank_are_not_joined() -> None:
    odd = Person(
        id=UUID(int=9).hex, first_name="Eve", last_name="", e164="", values={"last_name": " ", "club": "AS"}
    )
    mother = audience([odd, LEA], {odd.id: [ANNE], LEA.id: [ANNE]}).recipients[0]
    assert mother.values == {"last_name": "Martin", "club": "AS", "first_name": "Léa"}
    twins = audience([odd, person(10, " ", None)], {odd.id: [ANNE], UUID(int=10).hex: [ANNE]}).recipients[0]
    assert twins.values["first_name"] == ""


def test_a_mother_who_was_chosen_too_is_one_text_for_both() -> None:
    got = audience([LEA, ANNE], {LEA.id: [ANNE]})
    assert got.lines[1] == line(ANNE, CHOSEN, wards=[LEA])
    assert recipients(got) == (recipient(ANNE.e164, [ANNE, LEA], [ANNE], first_name="Anne et Léa"),)


def test_a_number_that_a_child_shares_with_its_mother_is_one_text() -> None:
    got = audience([MIA], {MIA.id: [ANNE]})
    assert recipients(got) == (recipient(ANNE.e164, [MIA], [MIA, ANNE], first_name="Mia"),)
    assert [each.left_out for each in got.lines] == [None, None]


def test_two_who_share_a_number_share_a_text_that_names_both() -> None:
    got = audience([MIA, ANNE, TOM])
    assert recipients(got)[0] == recipient(ANNE.e164, [MIA, ANNE], [MIA, ANNE], first_name="Mia et Anne")
    assert len(recipients(got)) == 2


def test_whose_name_it_is_and_how_many_are_reached() -> None:
    got = audience([LEA, TOM, IDA], {LEA.id: [ANNE]})
    assert (got.reached, got.name_of(TOM.id)) == (2, "Tom Martin")
    assert [each.contact_id for each in got.left_out] == [IDA.id], "Léa's mother gets it in her place"


def test_without_some_numbers_each_has_its_reason() -> None:
    got = audience([TOM, ANNE, IDA])
    assert got.without({}) is got
    left = got.without({TOM.e164: LeftOut.SHORT_LINK})
    assert [each.e164 for each in left.recipients] == [ANNE.e164]
    assert [each.left_out for each in left.lines] == [LeftOut.SHORT_LINK, None, LeftOut.BAD_NUMBER]
    again = left.without({TOM.e164: LeftOut.NO_HOUR})
    assert again.lines == left.lines, "the first reason stays"


def test_nobody_is_their_own_guardian() -> None:
    assert audience([TOM], {TOM.id: [TOM]}).lines == (line(TOM),)


@pytest.mark.parametrize(
    ("who", "left_out", "detail", "reason"),
    [
        (person(20, "A", None), LeftOut.NO_NUMBER, "", "nothing typed"),
        (person(21, "B", None, ""), LeftOut.NO_NUMBER, "", "nothing typed"),
        (person(22, "C", None, "empty"), LeftOut.NO_NUMBER, "", "nothing typed"),
        (person(23, "D", None, "two_numbers"), LeftOut.BAD_NUMBER, "two_numbers", "the reason is kept"),
        (person(24, "E", "", "letters"), LeftOut.BAD_NUMBER, "letters", "an empty number is none"),
        (person(25, "F", "+33612345625", "letters"), None, "", "a number is stronger than an old refusal"),
    ],
)
def test_a_contact_without_a_number_is_left_out(
    who: Person, left_out: LeftOut | None, detail: str, reason: str
) -> None:
    assert audience([who]).lines == (line(who, left_out=left_out, detail=detail),), reason


@pytest.mark.parametrize(
    ("kind", "route", "standing", "left_out", "reason"),
    [
        (Kind.ALERT, Route.DOMESTIC, None, None, "an alert at home"),
        (Kind.MARKETING, Route.DOMESTIC, None, LeftOut.NO_CONSENT, "marketing needs consent"),
        (Kind.MARKETING, Route.DOMESTIC, Standing(None, True), None, "and has it"),
        (Kind.ALERT, Route.DOMESTIC, Standing(OptOutScope.ALL), LeftOut.OPTED_OUT, "an opt-out"),
        (Kind.ALERT, Route.DOMESTIC, Standing(OptOutScope.MARKETING), None, "from marketing alone"),
        (Kind.MARKETING, Route.WORLD, Standing(OptOutScope.MARKETING, True), LeftOut.OPTED_OUT_MARKETING, "which it is"),
    ],
)  # fmt: skip
def test_consent_decides(
    kind: Kind, route: Route, standing: Standing | None, left_out: LeftOut | None, reason: str
) -> None:
    records = {TOM.e164: standing} if standing else {}
    got = audience([TOM], kind=kind, route=route, standing=records)
    assert got.lines == (line(TOM, left_out=left_out),), reason
    assert len(got.recipients) == (left_out is None), reason


def test_only_the_worlds_route_leaves_the_country() -> None:
    assert audience([JAN]).lines == (line(JAN, left_out=LeftOut.ABROAD),)
    assert audience([JAN], route=Route.WORLD).lines == (line(JAN),)
    assert audience([person(30, "Ali", "+262692123456")]).recipients != ()


def test_an_opt_out_is_by_number() -> None:
    other = person(40, "Anne", "+33612345640")
    got = audience([ANNE, MIA, other], standing={ANNE.e164: Standing(OptOutScope.ALL)})
    assert [each.left_out for each in got.lines] == [LeftOut.OPTED_OUT, LeftOut.OPTED_OUT, None]
    assert [each.e164 for each in got.recipients] == [other.e164]


NUMBERS = [None, "", "+33612345601", "+33612345602", "+262692123456", "+32470123456"]
STANDINGS = st.builds(Standing, st.sampled_from([None, *OptOutScope]), st.booleans())
PEOPLE = st.lists(
    st.builds(
        lambda n, e164, refusal, name, born: person(n, name, e164, refusal)._replace(born=born),
        st.integers(1, 12), st.sampled_from(NUMBERS), st.sampled_from([None, "empty", "letters"]), st.sampled_from(["Léa", "Tom", ""]), st.sampled_from(["", CHILD, TEENAGER, GROWN]),
    ),
    max_size=8,
)  # fmt: skip


@given(
    PEOPLE,
    st.dictionaries(st.integers(1, 12).map(lambda n: UUID(int=n).hex), PEOPLE),
    st.dictionaries(st.sampled_from(NUMBERS[2:]), STANDINGS),
    st.sampled_from(Kind),
    st.sampled_from(Route),
)
def test_every_audience_keeps_its_promises(
    chosen: list[Person],
    guardians: dict[str, list[Person]],
    standing: dict[str | None, Standing],
    kind: Kind,
    route: Route,
) -> None:
    got = audience(chosen, guardians, standing=standing, kind=kind, route=route)
    numbers = [each.e164 for each in got.recipients]
    contacts = [each.contact_id for each in got.lines]
    chosen_ids = {each.id for each in chosen}
    ages = {each.id: each for each in got.concerned.people.values()}
    wards = {id for id in chosen_ids if not AGES.is_alone(ages[id].born)}
    concerned = chosen_ids | {guardian.id for id in wards for guardian in guardians.get(id, [])}
    reached = {each.contact_id for each in got.lines if each.left_out is None}

    assert len(numbers) == len(set(numbers)), "no number twice"
    assert sorted(contacts) == sorted(concerned), "each contact concerned has exactly one line"
    for each in got.lines:
        is_chosen = each.contact_id in chosen_ids
        assert each.because is (CHOSEN if is_chosen else GUARDIAN), "each line says by which rule"
        assert is_chosen or each.guardian_of, "and for whom"
        assert each.e164 in numbers or each.left_out, "or why not"
    assert {id for each in got.recipients for id in each.owner_ids} == reached, "lines and recipients agree"
    assert {id for each in got.recipients for id in each.for_ids} <= chosen_ids, "a text is for chosen people"
    assert all(each.for_ids and each.owner_ids for each in got.recipients), "no text is for nobody"
    owners = [ages[id] for each in got.recipients for id in each.owner_ids]
    assert kind is Kind.ALERT or not any(AGES.is_minor(each.born) for each in owners), "none to minors"
    for e164 in numbers:
        opted_out = standing.get(e164, Standing()).opted_out
        assert opted_out is not OptOutScope.ALL, "no number that opted out"
        assert opted_out is None or kind is Kind.ALERT, "no marketing to a number that opted out of it"
        assert kind is Kind.ALERT or standing.get(e164, Standing()).marketing_consent, (
            "no marketing without consent"
        )
        assert route is Route.WORLD or not e164.startswith("+32"), "nothing abroad on the domestic route"
    assert got == audience(chosen, guardians, standing=standing, kind=kind, route=route), "the same again"
