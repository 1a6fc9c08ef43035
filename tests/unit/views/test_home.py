"""The Home: one button first, then what needs somebody, then the lists."""

import pytest

from commands.views import home
from storage.states import Role
from tests.unit.views import examples as ex


def shown(**changed):
    return home.view(ex.home(**changed), ex.ENGLISH)


def test_staff_can_text_from_the_home():
    assert ex.actions_of(shown())[:2] == ["open_compose", "open_contacts"]


def test_who_may_not_text_is_told_who_decides():
    view = shown(role=None)
    assert ex.actions_of(view) == []
    assert "An admin of the workspace adds you" in ex.texts_of(view)


SAID = [
    ({"channel_id": None}, "*Choose the channel* where cards", "an admin can mend it"),
    ({"channel_id": None, "role": Role.COACH}, "an admin chooses it", "a coach cannot"),
    (
        {"channel_trouble": "The club's channel is archived."},
        "<#C0CLUB> · The club's channel is archived.",
        "trouble",
    ),
    ({"waiting_replies": 2}, "*2 replies without an answer* · <#C0CLUB>", "somebody waits"),
    ({"waiting_replies": 1, "channel_id": None}, "*1 reply without an answer*", "somebody waits, nowhere"),
    ({"scheduled": (ex.row(),)}, "*Scheduled SMS*", "something will leave"),
    ({"sent": ()}, "Nothing was sent yet.", "a new club"),
    ({"segments_today": 120}, "Today: 120 of 2,000 SMS", "the day's use"),
    ({}, "Your phone is not known", "no phone"),
    ({"my_phone": "+33 •• 78"}, "Your phone: +33 •• 78", "a phone"),
]


@pytest.mark.parametrize(("changed", "said", "why"), SAID, ids=[case[-1] for case in SAID])
def test_the_home_says_it(changed, said, why):
    assert said in ex.texts_of(shown(**changed))


@pytest.mark.parametrize("unsaid", ["Scheduled SMS", "without an answer", ":warning:"])
def test_a_quiet_club_has_a_quiet_home(unsaid):
    assert unsaid not in ex.texts_of(shown())


def test_the_homes_pages_are_its_own():
    view = shown(page=1, pages=2)
    assert ex.elements_of(view, "button")[-1]["value"] == "home:2"


def test_a_trouble_is_told_in_the_persons_language():
    sentence = "The club's channel is archived. Choose another one in /sms-settings."
    view = home.view(ex.home(channel_trouble=sentence), ex.FRENCH)
    assert "Le canal du club est archivé." in ex.texts_of(view)
