"""Who gets a text by their age."""

from datetime import date
from typing import Any

import pytest

from bot.rules.audience import (
    GUARDIANS_GET_IT,
    Audience,
    Because,
    LeftOut,
    Person,
)
from bot.rules.consent import Standing
from bot.rules.families import Ages, generations
from storage.states import Kind, OptOutScope, Route
from tests.unit.rules.people import (
    AGES,
    ANNE,
    CHILD,
    CHOSEN,
    GROWN,
    GUARDIAN,
    JAN,
    LEA,
    MIA,
    PAUL,
    TEENAGER,
    TOM,
    ZOE,
    audience,
    line,
    recipient,
    recipients,
)


@pytest.mark.parametrize(
    ("born", "kind", "reached", "reason"),
    [
        ("", Kind.ALERT, (TOM, ANNE), "nobody knows: both, as ever"),
        (CHILD, Kind.ALERT, (ANNE,), "a guardian in the child's place"),
        (TEENAGER, Kind.ALERT, (TOM, ANNE), "both"),
        (GROWN, Kind.ALERT, (TOM,), "of age since this morning: nobody answers for him"),
        ("", Kind.MARKETING, (TOM, ANNE), "nobody knows"),
        (CHILD, Kind.MARKETING, (ANNE,), "no advertising to minors"),
        (TEENAGER, Kind.MARKETING, (ANNE,), "no advertising to minors"),
        (GROWN, Kind.MARKETING, (TOM,), "of age"),
    ],
)
def test_who_gets_a_childs_text_goes_by_its_age(
    born: str, kind: Kind, reached: tuple[Person, ...], reason: str
) -> None:
    agreed = dict.fromkeys((TOM.e164, ANNE.e164), Standing(marketing_consent=True))
    got = audience([TOM._replace(born=born)], {TOM.id: [ANNE]}, kind=kind, standing=agreed)
    assert [each.e164 for each in got.recipients] == [one.e164 for one in reached], reason
    assert all(each.for_ids == (TOM.id,) for each in got.recipients)


def test_a_child_without_a_guardian_who_can_be_reached_is_texted_itself() -> None:
    child = TOM._replace(born=CHILD)
    assert audience([child]).lines == (line(child),)
    got = audience([child], {TOM.id: [ANNE]}, standing={ANNE.e164: Standing(OptOutScope.ALL)})
    assert [each.e164 for each in got.recipients] == [TOM.e164]


def test_a_childs_line_says_that_a_guardian_gets_it_and_a_minors_that_it_is_under_age() -> None:
    child, teenager = TOM._replace(born=CHILD), PAUL._replace(born=TEENAGER)
    got = audience([child], {TOM.id: [ANNE]})
    assert got.lines[0] == line(child, left_out=LeftOut.TOO_YOUNG, detail=GUARDIANS_GET_IT)
    assert (got.left_out, got.reached) == ((), 1)
    agreed = {PAUL.e164: Standing(marketing_consent=True)}
    got = audience([teenager], kind=Kind.MARKETING, standing=agreed)
    assert got.lines == got.left_out == (line(teenager, left_out=LeftOut.MINOR),)


def test_a_mothers_number_written_with_her_child_is_hers() -> None:
    child = MIA._replace(born=CHILD)
    got = audience([child], {MIA.id: [ANNE]})
    assert recipients(got) == (recipient(ANNE.e164, [MIA], [ANNE], first_name="Mia"),)


def test_a_child_that_was_texted_by_nobody_else_is_named_when_its_guardian_cannot_be() -> None:
    got = audience([TOM._replace(born=CHILD)], {TOM.id: [ANNE]}).without({ANNE.e164: LeftOut.SHORT_LINK})
    assert [each.left_out for each in got.left_out] == [LeftOut.TOO_YOUNG, LeftOut.SHORT_LINK]


def test_a_guardian_who_is_a_child_takes_nobodys_place_for_its_own_guardian_gets_none_of_that() -> None:
    child, brother = TOM._replace(born=CHILD), PAUL._replace(born=CHILD)
    got = audience([child, brother], {TOM.id: [brother], PAUL.id: [ANNE]})
    assert {each.e164 for each in got.recipients} == {TOM.e164, ANNE.e164}
    assert got.lines[0] == line(child)


@pytest.mark.parametrize("kind", Kind)
def test_nobody_without_a_number_is_told_that_a_guardian_gets_it_who_is_too_young_for_that(
    kind: Kind,
) -> None:
    brother = PAUL._replace(born=CHILD)
    agreed = dict.fromkeys((PAUL.e164, ANNE.e164), Standing(marketing_consent=True))
    got = audience([LEA, brother], {LEA.id: [brother], PAUL.id: [ANNE]}, kind=kind, standing=agreed)
    assert [each.e164 for each in got.recipients] == [ANNE.e164]
    assert got.lines[0] == line(LEA, left_out=LeftOut.NO_NUMBER)
    assert LEA.id in {each.contact_id for each in got.left_out}


SECOND = ZOE._replace(e164="+33612345605", refusal=None)
ACCOMPANIED = generations(Ages(second_adult_under=18), date(2027, 3, 27))


def accompanied(
    chosen: list[Person], guardians: dict[str, list[Person]] | None = None, **changes: Any
) -> Audience:
    return audience(chosen, guardians, **{"generations": ACCOMPANIED, "second": SECOND} | changes)


def test_the_second_adult_goes_along_with_minors_who_are_texted_without_a_guardian() -> None:
    child, teenager = TOM._replace(born=CHILD), PAUL._replace(born=TEENAGER)
    got = accompanied([child, teenager, JAN._replace(born=GROWN)], route=Route.WORLD)
    assert recipients(got)[-1] == recipient(
        SECOND.e164, [child, teenager], [SECOND], first_name="Tom et Paul"
    )
    assert got.lines[-1] == line(SECOND, Because.SECOND_ADULT)._replace(along_with=(TOM.id, PAUL.id))
    assert len(got.recipients) == 4


NOT_NEEDED = [
    ([TOM._replace(born=TEENAGER)], {TOM.id: [ANNE]}, {}, "a guardian goes along"),
    ([TOM._replace(born=CHILD)], {TOM.id: [ANNE]}, {}, "a guardian gets it in its place"),
    ([TOM._replace(born=GROWN)], {}, {}, "of age"),
    ([TOM], {}, {}, "nobody knows"),
    ([LEA._replace(born=CHILD)], {}, {}, "it gets none"),
    ([TOM._replace(born=CHILD, e164=SECOND.e164)], {}, {}, "on the very number of that adult"),
    ([TOM._replace(born=TEENAGER)], {}, {"standing": {SECOND.e164: Standing(OptOutScope.ALL)}}, "opted out"),
    ([TOM._replace(born=TEENAGER)], {}, {"second": LEA}, "without a number"),
    ([TOM._replace(born=TEENAGER)], {}, {"second": None}, "nobody is named"),
    ([TOM._replace(born=TEENAGER)], {}, {"generations": AGES}, "the club does not ask for it"),
]


@pytest.mark.parametrize(
    ("chosen", "guardians", "changes", "reason"), NOT_NEEDED, ids=[row[-1] for row in NOT_NEEDED]
)
def test_the_second_adult_is_told_nothing_else(
    chosen: list[Person], guardians: dict[str, list[Person]], changes: dict[str, Any], reason: str
) -> None:
    got = accompanied(chosen, guardians, **changes)
    assert SECOND.id not in {each.contact_id for each in got.lines}, reason
    assert all(not each.along_with for each in got.lines)


def test_a_second_adult_who_is_a_guardian_or_chosen_gets_one_text_for_all() -> None:
    child, teenager = TOM._replace(born=CHILD), PAUL._replace(born=TEENAGER)
    got = accompanied([teenager, child], {TOM.id: [SECOND]})
    assert recipients(got)[-1] == recipient(
        SECOND.e164, [teenager, child], [SECOND], first_name="Paul et Tom"
    )
    guardian = next(each for each in got.lines if each.contact_id == SECOND.id)
    assert (guardian.because, guardian.guardian_of, guardian.along_with) == (GUARDIAN, (TOM.id,), (PAUL.id,))
    got = accompanied([SECOND, teenager])
    assert (got.lines[0].because, got.lines[0].along_with) == (CHOSEN, (PAUL.id,))
    assert len(got.recipients) == 2
