"""What is to be stored, kept in a file of no name between the look at an import and the storing, however much it is."""

import marshal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_LENGTH_BYTES = 8


@dataclass(slots=True)
class Portion:
    """What some thousand rows ask to be stored, in plain values."""

    new: list[tuple[Any, ...]] = field(default_factory=list)
    """An id and what a `Person` says of itself, up to its fields."""
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    """The columns of `COMPARED` as they are to be."""
    pairs: list[tuple[str, str]] = field(default_factory=list)
    consents: list[tuple[Any, ...]] = field(default_factory=list)
    """Who, their number, whether they agree, and the evidence."""


class Spool:
    """Portions in the order they came; the file is gone when it is closed, or when the process is."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)

    def add(self, portion: Portion) -> None:
        """Keeps a portion."""
        text = marshal.dumps((portion.new, portion.changed, portion.pairs, portion.consents))
        self._file.write(len(text).to_bytes(_LENGTH_BYTES) + text)

    def __iter__(self) -> Iterator[Portion]:
        self._file.seek(0)
        # Whole, since `marshal.load` would ask the file for each value.
        while length := self._file.read(_LENGTH_BYTES):
            text = self._file.read(int.from_bytes(length))
            yield Portion(*marshal.loads(text))  # noqa: S302 (nobody else can write this file)

    def close(self) -> None:
        """Throws it away."""
        self._file.close()
