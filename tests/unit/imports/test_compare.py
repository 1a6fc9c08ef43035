"""People taken many at once become what they become when each is taken alone."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.imports.compare import Comparison
from bot.imports.known import Club
from bot.imports.people import Guardian, Person, key_of
from storage.imports import Known

ANN, BEN = "+33612345678", "+33612345679"
KNOWN: Sequence[Known] = [
    ("1" * 32, "Ann", "Known", ANN, ANN, None, None, "", "[]", "[]", "A1", "{}", False),
    ("2" * 32, "Old", "Known", "", None, "empty", None, "", "[]", "[]", "A2", "{}", True),
]
GUARDIANS = (Guardian("Mum", "Known", BEN, BEN), Guardian("", "Known", ANN, ANN, is_named=False))


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Somebody, mostly new, of few names and numbers: many are met twice."""
    first, e164 = (
        draw(st.sampled_from(["Ann", "Ben", "Cleo", "Dan", "Eve"])),
        draw(st.sampled_from(["", ANN, BEN])),
    )
    guardians = draw(st.sampled_from([(), (), (), *[(one,) for one in GUARDIANS]]))
    agrees = draw(st.sampled_from([None, None, None, None, True, False]))
    return Person(
        first,
        "Known",
        e164,
        e164,
        reference=draw(st.sampled_from(["", "", "A1", "A2", *map(str, range(20))])),
        guardians=guardians,
        agrees=agrees,
        evidence="paper",
        key=key_of(e164, first, "Known"),
    )


def nobody(_born: str) -> bool:
    """Nobody is a minor."""
    return False


def came_to(batches: Sequence[Sequence[Person]], *, at_once: bool) -> object:
    """Everything that comes of these people; ids by the order in which they are new."""
    comparison, problems = Comparison(Club.of(KNOWN, [], {ANN: True}), is_minor=nobody), []
    lines = iter(range(2, 10_000))
    for batch in batches:
        numbered = [(next(lines), person) for person in batch]
        columns = list(zip(*batch, strict=True))
        if at_once and comparison.take_new([line for line, _ in numbered], columns):
            continue
        problems += [(line, comparison.take(line, person)) for line, person in numbered]
    got, rest = comparison.gathered(), [row for portion in comparison.rest() for row in portion.new]
    names = {row[0]: f"new {n}" for n, row in enumerate([*got.new, *rest])}
    told = [(names[who], *said) for who, *said in [*got.new, *rest]]
    pairs = [(names.get(child, child), names.get(guardian, guardian)) for child, guardian in got.pairs]
    consents = [(names.get(who, who), *said) for who, *said in got.consents]
    wrong = [(line, problem) for line, found in problems for problem in found]
    return wrong, comparison.outcomes, told, got.changed, pairs, consents


@given(st.lists(st.lists(people(), min_size=1, max_size=4), max_size=6))
def test_many_at_once_become_what_each_becomes_alone(batches: Sequence[Sequence[Person]]) -> None:
    assert came_to(batches, at_once=True) == came_to(batches, at_once=False)


def test_new_people_are_taken_at_once_and_nobody_else_is() -> None:
    comparison = Comparison(Club.of(KNOWN, [], {}), is_minor=nobody)
    new = Person("Zoë", "New", key=key_of("", "Zoë", "New"))
    known = Person("Ann", "Known", ANN, ANN, key=key_of(ANN, "Ann", "Known"))
    archived = new._replace(reference="A2")
    agreed = new._replace(agrees=False)
    tried = [[new, new], [known], [archived], [agreed], [new._replace(guardians=GUARDIANS)], [new], [new]]
    taken = [comparison.take_new(range(len(some)), list(zip(*some, strict=True))) for some in tried]
    assert taken == [False, False, False, False, False, True, False]
