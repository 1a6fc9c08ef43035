"""A group while somebody builds it: lines of a field, an operator and values, some of them in blocks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.rules.filters import CONDITIONS_MAX
from storage.conditions import Match, Operator

BLOCKS_MAX = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as a window shows it; `key` tells it from others, `revision` one state of its widgets from the next."""

    key: str
    field: str = ""
    operator: Operator = Operator.IS
    values: tuple[str, ...] = ()
    on: str = ""
    revision: int = 1

    def called(self, old: str, new: str) -> "Line":
        """The same line where the field `old` is called `new`."""
        return replace(self, field=new) if self.field == old else self


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of which all must hold, or one, to count as one line among others."""

    key: str
    match: Match
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A group as somebody builds it; `used` is the last key that was given."""

    name: str = ""
    match: Match = Match.ALL
    lines: tuple[Line, ...] = (Line("1"),)
    blocks: tuple[Block, ...] = ()
    used: int = 1

    def each(self) -> Iterator[Line]:
        """Every line, those of the blocks too."""
        yield from self.lines
        for block in self.blocks:
            yield from block.lines

    def to_json(self) -> dict[str, Any]:
        """The form for its row."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Form":
        """The form in a row."""
        blocks = (
            Block(block["key"], Match(block["match"]), _lines_of(block["lines"]))
            for block in stored["blocks"]
        )
        return cls(
            stored["name"], Match(stored["match"]), _lines_of(stored["lines"]), tuple(blocks), stored["used"]
        )


def with_line(form: Form, block_key: str = "") -> Form:
    """One more empty line, in this block or in none; nothing where there is no room."""
    if not has_room(form):
        return form
    line = Line(str(form.used + 1))
    if not block_key:
        return replace(form, lines=(*form.lines, line), used=form.used + 1)
    blocks = [
        replace(block, lines=(*block.lines, line)) if block.key == block_key else block
        for block in form.blocks
    ]
    return replace(form, blocks=tuple(blocks), used=form.used + 1)


def with_block(form: Form) -> Form:
    """One more block with one empty line, of the other kind than the whole, for else there is no need of one."""
    if not has_room(form) or len(form.blocks) == BLOCKS_MAX:
        return form
    match = Match.ANY if form.match is Match.ALL else Match.ALL
    block = Block(str(form.used + 1), match, (Line(str(form.used + 2)),))
    return replace(form, blocks=(*form.blocks, block), used=form.used + 2)


def without(form: Form, key: str) -> Form:
    """The line is gone, and its block with its last; what is left has one line at least."""
    blocks = [
        replace(block, lines=tuple(line for line in block.lines if line.key != key)) for block in form.blocks
    ]
    left = replace(
        form,
        lines=tuple(line for line in form.lines if line.key != key),
        blocks=tuple(block for block in blocks if block.lines),
    )
    return left if any(left.each()) else replace(left, lines=(Line(str(left.used + 1)),), used=left.used + 1)


def has_room(form: Form) -> bool:
    """Whether one more line fits."""
    return sum(1 for _ in form.each()) < CONDITIONS_MAX


def changed(form: Form, change: Callable[[Line], Line]) -> Form:
    """The form with each of its lines changed so."""
    return replace(
        form,
        lines=tuple(map(change, form.lines)),
        blocks=tuple(replace(block, lines=tuple(map(change, block.lines))) for block in form.blocks),
    )


def _lines_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(
        Line(**{**line, "operator": Operator(line["operator"]), "values": tuple(line["values"])})
        for line in stored
    )
