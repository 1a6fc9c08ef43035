"""Lists of campaigns: a line each, the menu of the moment, pages."""

import pytest

from commands.views import lists
from storage.states import CampaignState
from tests.unit.views import examples as ex


def sent(*rows, page=1, pages=1):
    return lists.sent(rows, ex.ENGLISH, zone=ex.ZONE, page=page, pages=pages)


def menu_of(blocks):
    return [option["value"] for option in ex.elements_of(blocks, "overflow")[0]["options"]]


def test_a_sent_campaign_is_told_in_one_line():
    text, blocks = sent(ex.row())
    line = (
        "Sunday, November 22 at 19:30 by <@U0COACH> · U13 · 36 of 38 delivered · 2 not delivered · 3 replies"
    )
    assert line in ex.texts_of(blocks)
    assert line in text


def test_what_did_not_happen_is_not_told():
    text, _ = sent(ex.row(failed=0, replies=0))
    assert text.endswith("36 of 38 delivered")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (CampaignState.DONE, "· 36 of 38 delivered"),
        (CampaignState.STOPPED, "Stopped, 36 of 38 delivered"),
        (CampaignState.PAUSED, "Paused, 36 of 38 delivered"),
        (CampaignState.CANCELLED, "· Cancelled ·"),
    ],
)
def test_the_state_is_told_where_it_matters(state, said):
    assert said in sent(ex.row(state=state))[0]


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (CampaignState.DONE, ["details:c1"]),
        (CampaignState.SENDING, ["details:c1", "stop:c1"]),
        (CampaignState.PAUSED, ["details:c1", "resume:c1", "stop:c1"]),
    ],
)
def test_the_menu_offers_what_can_be_done_now(state, verbs):
    assert menu_of(sent(ex.row(state=state))[1]) == verbs


def test_a_scheduled_campaign_can_be_moved_or_cancelled():
    text, blocks = lists.scheduled([ex.row()], ex.ENGLISH, zone=ex.ZONE, page=1, pages=1)
    assert menu_of(blocks) == ["why:c1", "reschedule:c1", "cancel:c1"]
    assert "Leaves Sunday, November 22 at 19:30 · U13 · 38 recipients · by <@U0COACH>" in text


def test_empty_lists_say_so():
    assert "Nothing was sent yet." in ex.texts_of(sent()[1])
    blocks = lists.scheduled([], ex.ENGLISH, zone=ex.ZONE, page=1, pages=1)[1]
    assert "Nothing is waiting to leave." in ex.texts_of(blocks)


@pytest.mark.parametrize(
    ("page", "pages", "buttons"),
    [
        (1, 1, []),
        (1, 3, [("page", "sent:2")]),
        (2, 3, [("page.previous", "sent:1"), ("page", "sent:3")]),
        (3, 3, [("page.previous", "sent:2")]),
    ],
)
def test_pages_lead_to_their_neighbours(page, pages, buttons):
    _, blocks = sent(ex.row(), page=page, pages=pages)
    assert [(one["action_id"], one["value"]) for one in ex.elements_of(blocks, "button")] == buttons


def test_a_choice_in_a_menu_is_read_back():
    assert lists.read_row("cancel:0b0c:1") == ("cancel", "0b0c:1")


@pytest.mark.parametrize(("value", "read"), [("sent:3", ("sent", 3)), ("home:0", ("home", 1))])
def test_a_turned_page_is_read_back(value, read):
    assert lists.read_page(value) == read


def test_titles_cannot_become_markup():
    text, _ = sent(ex.row(title="<!channel> *now*"))
    assert "<!" not in text
