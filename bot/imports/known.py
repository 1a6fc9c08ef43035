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

    people: Mapping[str, Known]
    pairs: frozenset[tuple[str, str]]
    said: Mapping[str, bool]
    by_reference: Mapping[str, str]
    by_key: Mapping[str, str]
    by_number: Mapping[str, str]
    """Whose a number is, as far as they are no children of anybody."""
    alike: Mapping[str, Sequence[str]]
    """Who they are that have the key of `SEVERAL`."""
    fields: tuple[OwnField, ...]

    @classmethod
    def of(
        cls,
        people: Iterable[Known],
        pairs: Iterable[tuple[str, str]],
        said: Mapping[str, bool],
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
        return cls(by_id, pairs, said, by_reference, by_key, by_number, alike, tuple(fields))

    @property
    def fingerprint(self) -> int:
        """Another number once anything of it has changed."""
        # Their ids decide the order; the sets have none.
        return hash((tuple(self.people.values()), self.pairs, frozenset(self.said.items()), self.fields))
