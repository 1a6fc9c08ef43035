"""What is to be stored, kept in a file of no name between the look at an import and the storing, however much it is."""

import marshal
import tempfile
from collections.abc import Iterator

from bot.imports.compare import Portion


class Spool:
    """Portions in the order they came; the file is gone when it is closed, or when the process is."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)

    def add(self, portion: Portion) -> None:
        """Keeps a portion."""
        marshal.dump((portion.new, portion.changed, portion.pairs, portion.consents), self._file)

    def __iter__(self) -> Iterator[Portion]:
        self._file.seek(0)
        while True:
            try:
                yield Portion(*marshal.load(self._file))  # noqa: S302 (nobody else can write this file)
            except EOFError:
                return

    def close(self) -> None:
        """Throws it away."""
        self._file.close()
