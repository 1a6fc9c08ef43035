"""Workbooks written by hand, good ones and bombs."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
    '<sheet name="Membres" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_OF_ALL = f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
_OF_BOOK = (
    f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_REL}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
# The second format is a date's (14).
_STYLES = f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)

Day = int
"""Days since the last of 1899, as workbooks count."""


def behind_hidden(path: Path, book: Path) -> Path:
    """The workbook with a sheet before its own that nobody sees, and an empty one."""
    before = (
        '<sheets><sheet name="Listes" sheetId="2" state="hidden" r:id="rId4"/>'
        '<sheet name="Feuil1" sheetId="3" r:id="rId5"/>'
    )
    theirs = "".join(
        f'<Relationship Id="rId{n + 2}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in (2, 3)
    )
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            text = text.replace("<sheets>", before).replace("</Relationships>", theirs + "</Relationships>")
            target.writestr(name, text)
        row = f'<row r="1">{_cell("U13", 1, 0)}</row>'
        for n, rows in ((2, row), (3, "")):
            sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
            target.writestr(f"xl/worksheets/sheet{n}.xml", sheet)
    return path


def workbook(path: Path, rows: Sequence[Sequence[str | float | tuple[Day]]]) -> Path:
    """A workbook with these cells: texts, numbers, and days in a tuple."""
    cells = "".join(
        f'<row r="{n}">{"".join(_cell(value, n, c) for c, value in enumerate(row))}</row>'
        for n, row in enumerate(rows, 1)
    )
    return packed(path, [cells])


def packed(path: Path, rows: Sequence[str] | Iterator[str], shared: str = "") -> Path:
    """A workbook with these rows as XML, and this shared text."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _OF_ALL)
        archive.writestr("xl/workbook.xml", _WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _OF_BOOK)
        archive.writestr("xl/styles.xml", _STYLES)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}"><si><t>{shared}</t></si></sst>')
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for row in rows:
                sheet.write(row.encode())
            sheet.write(b"</sheetData></worksheet>")
    return path


def _cell(value: str | float | tuple[Day], row: int, column: int) -> str:
    place = f'r="{chr(65 + column)}{row}"'
    if isinstance(value, str):
        return f'<c {place} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    if isinstance(value, tuple):
        return f'<c {place} s="1"><v>{value[0]}</v></c>'
    return f"<c {place}><v>{value}</v></c>"
