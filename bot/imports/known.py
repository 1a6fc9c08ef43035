"""What is known of a club before an import: its people, who answers for whom, and what numbers said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.imports.people import key_of
from bot.people.facts import OwnField
from storage.imports import COMPARED, Known

(
    ID,
    FIRST,
    LAST,
    MOBILE,
    E164,
    REFUSAL,
    BORN,
    LANGUAGE,
    ROLES,
    TAGS,
    REFERENCE,
    FIELDS,
    ARCHIVED,
) = range(len(COMPARED))
"""Where the columns of a `Known` stand."""
SEVERAL = ""
"""In the place of an id: more than one of the club's people have this key."""


@dataclass(frozen=True, slots=True)
class Club:
    """What is known of a club before the import: its people and fields, who answers for whom, what numbers said of marketing."""

    people: dict[str, Known]
    pairs: frozenset[tuple[str, str]]
    said: dict[str, bool]
    fingerprint: int
    by_reference: dict[str, str]
    by_key: dict[str, str]
    by_number: dict[str, str]
    """Whose a number is, as far as they are no children of anybody."""
    alike: Mapping[str, Sequence[str]]
    """Who they are that have the key of `SEVERAL`."""
    fields: tuple[OwnField, ...]

    @classmethod
    def of(
        cls,
        people: Sequence[Known],
        pairs: Iterable[tuple[str, str]],
        said: dict[str, bool],
        fields: Iterable[OwnField] = (),
    ) -> "Club":
        """Found by reference, and by number and name; who is archived where nobody else has them."""
        by_id = {row[ID]: row for row in people}
        by_reference = {row[REFERENCE]: row[ID] for row in by_id.values() if row[REFERENCE]}
        pairs = frozenset(pairs)
        children = {child for child, _ in pairs}
        having: dict[str, list[str]] = {}
        archived: dict[str, str] = {}
        by_number: dict[str, str] = {}
        for row in by_id.values():
            key = key_of(row[E164] or "", row[FIRST], row[LAST], row[BORN] or "")
            if row[ARCHIVED]:
                archived[key] = row[ID]
                continue
            having.setdefault(key, []).append(row[ID])
            if row[E164] and row[ID] not in children:
                by_number.setdefault(row[E164], row[ID])
        alike = {key: some for key, some in having.items() if len(some) > 1}
        by_key = archived | {key: some[0] for key, some in having.items()} | dict.fromkeys(alike, SEVERAL)
        fields = tuple(fields)
        fingerprint = fingerprint_of(people, pairs, said, fields)
        return cls(by_id, pairs, said, fingerprint, by_reference, by_key, by_number, alike, fields)

    def let_go(self) -> None:
        """Forgets its people one by one: whatever is freed at once, in any thread, holds up everybody."""
        for much in (self.people, self.said, self.by_reference, self.by_key, self.by_number):
            while much:
                much.popitem()


def fingerprint_of(
    people: Sequence[Known],
    pairs: Iterable[tuple[str, str]],
    said: Mapping[str, bool],
    fields: Iterable[OwnField],
) -> int:
    """Another number once anything of a club has changed; its people are in the order of their ids."""
    return hash((tuple(people), frozenset(pairs), frozenset(said.items()), tuple(fields)))
