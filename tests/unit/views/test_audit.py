"""The audit log as a table, and the page it shows."""

import csv
import io

import pytest

from bot.audit import AuditLog, Entry
from commands.views import audit, spreadsheet
from tests.unit.views import examples as ex


def log(*rows: Entry) -> AuditLog:
    return AuditLog(rows, len(rows), 1, 1, ex.ZONE)


@pytest.mark.parametrize(("words", "delimiter"), [(ex.ENGLISH, ","), (ex.FRENCH, ";")], ids=["en", "fr"])
def test_a_line_of_the_file_says_when_who_what_and_its_details_and_computes_nothing(words, delimiter):
    row = Entry(ex.AT, "U0COACH", "import", "=cmd.csv", "3 pages", {"new": 3})
    content = audit.table(log(row), {"U0COACH": "=Camille"}, words).decode(spreadsheet.ENCODING)
    heading, line = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    assert len(heading) == 4
    assert line[0] == words.moment(ex.AT, ex.ZONE)
    assert line[1].endswith("=Camille")
    assert not line[1].startswith("=")
    assert "=cmd.csv" in line[2]
    assert line[3] == '3 pages; {"new": 3}'


def test_who_is_not_known_stands_by_their_id_and_without_details_there_are_none():
    row = Entry(ex.AT, "retention", "contact_erased", "")
    content = audit.table(log(row), {}, ex.ENGLISH).decode(spreadsheet.ENCODING)
    assert list(csv.reader(io.StringIO(content, newline="")))[1][1:] == ["retention", "erased a person", ""]


def test_the_modal_knows_its_page():
    view = audit.view(AuditLog((), 0, 7, 9, ex.ZONE), ex.ENGLISH)
    assert audit.page_of(view) == 7
