"""Tables for spreadsheets: read as they were written, and computed by none."""

import csv
import io
from collections.abc import Iterable, Sequence

from bot.i18n import Words
from bot.imports.cells import harmless

# By its first three bytes a spreadsheet knows the letters for UTF-8: https://www.unicode.org/faq/utf_bom.html#bom4
ENCODING = "utf-8-sig"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], words: Words) -> bytes:
    """The file; no cell of it is computed by who opens it."""
    written = io.StringIO(newline="")
    # Spreadsheets expect what their country's decimals leave free.
    lines = csv.writer(written, delimiter=";" if words.language == "fr" else ",")
    lines.writerow(heading)
    lines.writerows(map(harmless, cells) for cells in rows)
    return written.getvalue().encode(ENCODING)
