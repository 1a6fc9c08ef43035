"""Tables of messages and of the Home drawn as HTML."""

from collections.abc import Sequence
from typing import Any

from htpy import Node, caption, div, p, table, tbody, td, th, thead, tr

from bot.playground.web.blocks.mrkdwn import render_plain
from bot.playground.web.blocks.rich_text import render_rich_text
from bot.playground.web.blocks.scene import Json, Names


def render_table(block: Json, names: Names) -> Node:
    """Draw a table block; its first row is the header."""
    columns = block.get("column_settings") or ()
    aligned = [str((column or {}).get("align", "left")) for column in columns]
    return _table(block.get("rows", ()), names, aligned=aligned)


def render_data_table(block: Json, names: Names) -> Node:
    """Draw a data_table block with its caption; every row at once, as this page does not leaf through them."""
    rows = block.get("rows", ())
    header_column = int(block.get("row_header_column_index", 0))
    name = str(block.get("caption", ""))
    return [
        _table(rows, names, name=name, header_column=header_column),
        p(".note")[f"{max(len(rows) - 1, 0)} rows"],
    ]


def _table(
    rows: Sequence[Sequence[Any]],
    names: Names,
    *,
    aligned: Sequence[str] = (),
    name: str = "",
    header_column: int | None = None,
) -> Node:
    head, *body = rows or [[]]
    aligned = aligned or _aligned_by(body)
    return div(".table-frame", tabindex="0", role="region", aria_label=name or "Table")[
        table[
            name and caption[name],
            thead[
                tr[
                    [
                        th(scope="col", class_=_align(aligned, at))[_cell(cell, names)]
                        for at, cell in enumerate(head)
                    ]
                ]
            ],
            tbody[
                [
                    tr[
                        [
                            _body_cell(cell, names, at == header_column, _align(aligned, at))
                            for at, cell in enumerate(row)
                        ]
                    ]
                    for row in body
                ]
            ],
        ]
    ]


def _body_cell(cell: Any, names: Names, is_header: bool, align: str | None) -> Node:
    if is_header:
        return th(scope="row", class_=align)[_cell(cell, names)]
    return td(class_=align)[_cell(cell, names)]


def _aligned_by(body: Sequence[Sequence[Any]]) -> Sequence[str]:
    first = body[0] if body else ()
    return ["right" if cell and cell.get("type") == "raw_number" else "left" for cell in first]


def _align(aligned: Sequence[str], at: int) -> str | None:
    return aligned[at] if at < len(aligned) and aligned[at] in ("center", "right") else None


def _cell(cell: Any, names: Names) -> Node:
    if not cell:
        return None
    if cell.get("type") == "rich_text":
        return render_rich_text(cell, names)
    text = cell.get("text")
    return render_plain(str(cell.get("value", "") if text is None else text))
