"""Everybody as a table: read by spreadsheets as it was written, and computed by none."""

import csv
import io

from bot.campaigns.explained import InGroup, Relative
from bot.rules.audience import GUARDIANS_GET_IT, LeftOut
from bot.rules.phones import PhoneRefusal
from commands.views import why_file
from storage.states import MessageState
from tests.unit.views import examples as ex


def read(*rows, words=ex.ENGLISH, delimiter=","):
    content = why_file.table(ex.why(*rows), words)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_a_row_says_who_gets_it_at_which_number_by_which_rule_and_what_became_of_it():
    heading, delivered, lost = read(
        ex.explained(state=MessageState.DELIVERED, wards=("Tom & <Zoé>",)),
        ex.explained(state=MessageState.FAILED, trouble="no such number"),
    )
    assert heading == ["Name", "Mobile number", "Gets it", "Why", "Guardians", "SMS"]
    rule = "in the group U13 · guardian of Tom & <Zoé>"
    assert delivered == ["Léa Martin", "33 •••• •• 01", "yes", rule, "", "delivered"]
    assert lost[-1] == "no such number"


def test_a_row_says_what_keeps_it_from_somebody_and_of_which_guardians():
    anne = Relative("p2", "Anne", LeftOut.BAD_NUMBER, PhoneRefusal.LANDLINE)
    paul = Relative("p3", "Paul")
    _, out, young = read(
        ex.explained(number="", left_out=LeftOut.NO_NUMBER, guardians=(anne,)),
        ex.explained(left_out=LeftOut.TOO_YOUNG, detail=GUARDIANS_GET_IT, guardians=(paul,)),
    )
    assert out[2:] == [
        "no",
        "no mobile number · in the group U13",
        "guardian Anne: a landline, which gets no SMS",
        "",
    ]
    assert young[2] == "through guardians"
    assert young[4] == "guardian Paul: gets it"


def test_no_cell_is_computed_whatever_people_are_called():
    group = InGroup("=1+1")
    (_, row) = read(ex.explained(name='=HYPERLINK("x")', number="+33 •••• •• 01", group=group))
    assert row[0] == '\'=HYPERLINK("x")'
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_spreadsheets_open_accents_and_french_columns():
    content = why_file.table(ex.why(ex.explained(name="Zoë; Lefèvre")), ex.FRENCH)
    assert content.startswith(b"\xef\xbb\xbf")
    assert read(ex.explained(name="Zoë; Lefèvre"), words=ex.FRENCH, delimiter=";")[1][0] == "Zoë; Lefèvre"


def test_whoever_is_gone_is_said_to_be():
    assert read(ex.explained(name=""))[1][0] == "somebody who is no longer there"


def test_the_file_is_called_by_its_campaign_and_by_nothing_that_names_a_folder():
    assert why_file.filename("../Gym: U13 ?", ex.ENGLISH) == "Who gets it Gym U13.csv"
