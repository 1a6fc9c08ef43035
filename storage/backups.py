"""A whole copy of an SQLite file, beside those who write into it."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path


def copy(source: Path, target: Path) -> int:
    """Writes what the file holds at this moment into a new one, which is there whole or not at all; its size in bytes.

    It reads as of one moment and holds up no writer. What was erased is in no page of it, as it may be in the file's own
    free ones. Raises `FileExistsError` for a target that is there, `OSError` and `sqlite3.Error` for all else.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (name,))
        os.fsync(handle)
        part.replace(target)
    finally:
        os.close(handle)
        part.unlink(missing_ok=True)
    _make_last(target.parent)
    return target.stat().st_size


def _make_last(folder: Path) -> None:
    """Has the folder's new name for the file outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
