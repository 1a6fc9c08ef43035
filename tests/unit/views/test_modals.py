"""The smaller modals: settings, answer, another time, who was missed; notices and help."""

from datetime import time

import pytest

from bot.campaigns.facts import Missed
from bot.campaigns.values import Choice
from bot.campaigns.weights import Counted
from bot.rules.countries import Window
from bot.rules.families import Ages
from bot.rules.text import count
from commands.views import details, help, kept, notices, reply, reschedule, settings
from tests.unit.views import examples as ex


def test_settings_are_read_back_as_they_were():
    read = settings.read(ex.filled(settings.view(ex.settings(), ex.ENGLISH)))
    assert read == settings.Typed(
        my_phone="+33 6 39 98 00 01",
        coaches=("U0COACH", "U1COACH"),
        channel_id="C0CLUB",
        zone="Europe/Paris",
        confirm_above=200,
        undo_seconds=10,
        max_segments=3,
        segments_a_day=2000,
        link_hosts=[],
        own_texts_from=15,
        alone_from=18,
        second_adult_under=0,
        second_adult="",
        marketing_hours={
            "days": [0, 1, 2, 3, 4, 5],
            "opens": "08:00",
            "closes": "20:00",
            "on_holidays": False,
        },
        wording="I agree.",
        optin_keyword="",
        keep_texts_months=36,
        keep_archived_months=36,
    )


def test_days_on_which_the_law_lets_no_advertising_leave_are_not_offered():
    most = Window(days=frozenset({0, 5}), opens=time(8), closes=time(20), on_holidays=False)
    view = settings.view(ex.settings(marketing=most, marketing_most=most), ex.ENGLISH)
    (boxes,) = ex.elements_of(view, "checkboxes")
    assert [one["text"]["text"] for one in boxes["options"]] == ["Mondays", "Saturdays"]


def test_where_nobody_checked_the_rules_there_are_no_hours_to_choose():
    view = settings.view(ex.settings(marketing=None), ex.ENGLISH)
    assert ex.elements_of(view, "checkboxes") == []
    assert settings.read(ex.filled(view)).marketing_hours is None


def test_who_has_read_the_rules_is_asked_where_nobody_checked_them():
    view = settings.view(ex.settings(marketing=None, asks_rules=True), ex.ENGLISH)
    (boxes,) = ex.elements_of(view, "checkboxes")
    assert "initial_options" not in boxes
    assert "from Monday to Saturday between 08:00 and 21:30, to people who agreed" in ex.texts_of(view)
    assert settings.read(ex.filled(view)).rules_read is False
    assert settings.read(ex.filled(view, {"rules": ["read"]})).rules_read is True


def test_who_read_the_rules_and_when_stands_there_and_the_hours_can_be_chosen():
    facts = ex.settings(asks_rules=True, rules_confirmed_by="U0ADMIN", rules_confirmed_at=ex.AT)
    view = settings.view(facts, ex.ENGLISH)
    assert "Confirmed by <@U0ADMIN> on 22 November 2026." in ex.texts_of(view)
    assert "By each person's own clock, from 08:00 to 21:30 at most." in ex.texts_of(view)
    assert "The law allows" not in ex.texts_of(view), "nobody checked what it allows"
    read = settings.read(ex.filled(view))
    assert read.rules_read is True
    assert read.marketing_hours


def test_where_the_rules_are_known_nobody_is_asked_about_them():
    view = settings.view(ex.settings(), ex.ENGLISH)
    assert "I have read the rules" not in ex.texts_of(view)
    assert settings.read(ex.filled(view)).rules_read is None


def test_a_club_names_its_part_of_the_country_where_that_makes_a_difference():
    view = settings.view(ex.settings(parts=("FR-57",), parts_offered=ex.PARTS), ex.ENGLISH)
    (menu,) = ex.elements_of(view, "multi_static_select")
    assert [one["text"]["text"] for one in menu["initial_options"]] == ["Moselle"]
    assert settings.read(ex.filled(view)).parts == ["FR-57"]
    assert settings.read(ex.filled(view, {"parts": ["FR-6AE", "FR-57"]})).parts == ["FR-6AE", "FR-57"]
    assert settings.read(ex.filled(view, {"parts": []})).parts == []


def test_a_country_without_such_parts_does_not_ask():
    view = settings.view(ex.settings(), ex.ENGLISH)
    assert ex.elements_of(view, "multi_static_select") == []
    assert settings.read(ex.filled(view)).parts is None


@pytest.mark.parametrize(
    ("words", "places"),
    [(ex.ENGLISH, ["Cayenne", "Paris", "Réunion"]), (ex.FRENCH, ["Cayenne", "La Réunion", "Paris"])],
)
def test_the_clubs_clock_is_chosen_among_the_places_of_its_country(words, places):
    zones = ("Indian/Reunion", "Europe/Paris", "America/Cayenne")
    (menu,) = ex.elements_of(settings.view(ex.settings(zones=zones), words), "static_select")
    assert [one["text"]["text"] for one in menu["options"]] == places
    assert menu["initial_option"]["value"] == ex.ZONE
    read = settings.read(
        ex.filled(settings.view(ex.settings(zones=zones), words), {"zone": "Indian/Reunion"})
    )
    assert read.zone == "Indian/Reunion"


def test_a_club_keeps_a_clock_that_is_none_of_its_countrys():
    (menu,) = ex.elements_of(settings.view(ex.settings(zone="UTC"), ex.ENGLISH), "static_select")
    assert [one["value"] for one in menu["options"]] == ["UTC"]


@pytest.mark.parametrize(
    ("kept", "passed", "said"),
    [
        (0, 0, "The club's clock is now that of Réunion."),
        (1, 0, "1 scheduled SMS leaves at the same time of day, on the new clock."),
        (2, 0, "2 scheduled SMS leave at the same time of day, on the new clock."),
        (0, 1, "the time of 1 scheduled SMS has passed: it leaves when it would have left before."),
        (3, 2, "the time of 2 scheduled SMS has passed: they leave when they would have left before."),
    ],
)
def test_an_admin_is_told_what_a_new_clock_did(kept, passed, said):
    assert said in ex.texts_of(notices.shifted(ex.ENGLISH, "Indian/Reunion", kept=kept, passed=passed))


def test_a_coach_changes_the_own_phone_alone():
    view = settings.view(ex.settings(), ex.ENGLISH, admin=False)
    assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == ["my_phone"]
    assert settings.read(ex.filled(view, {"my_phone": "06 39 98 00 02"})) == settings.Typed("06 39 98 00 02")
    assert "The rest is set by <@U0ADMIN>." in ex.texts_of(view)


def test_a_new_club_starts_with_empty_settings():
    facts = ex.settings(coaches=(), admins=(), channel_id=None, my_phone=None)
    read = settings.read(ex.filled(settings.view(facts, ex.ENGLISH)))
    assert (read.coaches, read.channel_id, read.my_phone) == ((), None, "")


def test_a_number_that_is_none_is_read_as_missing():
    view = ex.filled(settings.view(ex.settings(), ex.ENGLISH), {"undo_seconds": "ten", "confirm_above": None})
    assert (settings.read(view).undo_seconds, settings.read(view).confirm_above) == (None, None)


def test_a_limit_outside_its_bounds_is_shown_within_them():
    view = settings.view(ex.settings(undo_seconds=900, max_segments=0), ex.ENGLISH)
    shown = {
        element["action_id"]: element["initial_value"] for element in ex.elements_of(view, "number_input")
    }
    assert (shown["undo_seconds"], shown["max_segments"]) == ("120", "1")


def test_an_answer_is_written_under_the_members_own_words():
    view = reply.view(ex.incoming(body="<!here> *ok*"), ex.ENGLISH, max_segments=3)
    (quoted,) = ex.elements_of(view, "rich_text_quote")
    assert quoted["elements"][0]["text"] == "<!here> *ok*"
    assert "Claire Martin wrote:" in ex.texts_of(view)
    assert reply.ids_of(view) == ("v1", "r1")


def test_the_second_adult_of_an_answer_is_named_before_it_leaves():
    view = reply.view(ex.incoming(), ex.ENGLISH, second_adult="*Anne*", max_segments=3)
    assert "∗Anne∗ gets a copy, as the second adult." in ex.texts_of(view)
    assert "gets a copy" not in ex.texts_of(reply.view(ex.incoming(), ex.ENGLISH, max_segments=3))


def test_the_second_adult_is_read_back_and_may_be_taken_out():
    facts = ex.settings(second_adult=Choice("c1", "Anne Martin"), ages=Ages(second_adult_under=18))
    view = settings.view(facts, ex.ENGLISH)
    read = settings.read(ex.filled(view))
    assert (read.second_adult_under, read.second_adult) == (18, "c1")
    assert settings.read(ex.filled(view, {"second_adult": None})).second_adult == ""


def test_an_answer_is_read_back():
    view = reply.view(ex.incoming(), ex.ENGLISH, message="See you", max_segments=3)
    assert reply.read(ex.filled(view)) == "See you"
    assert "*7 characters · 1 SMS*" in ex.texts_of(view)


def test_an_answers_update_leaves_what_is_being_typed_to_slack():
    first = reply.view(ex.incoming(), ex.ENGLISH, max_segments=3)
    counted = Counted(count("See you"))
    update = reply.view(
        ex.incoming(), ex.ENGLISH, message="See", counted=counted, max_segments=3, is_update=True
    )
    assert update["blocks"][2] == first["blocks"][2]
    assert "7 characters" in ex.texts_of(update)


def test_a_number_without_a_name_is_shown_masked():
    view = reply.view(ex.incoming(names=()), ex.ENGLISH, max_segments=3)
    assert "+33 •••• 78 wrote:" in ex.texts_of(view)


def test_another_time_is_read_back():
    view = reschedule.view(
        ex.ENGLISH, campaign_id="c1", title="Gym", zone=ex.ZONE, at_date="2026-11-22", at_time="19:30"
    )
    assert reschedule.read(ex.filled(view)) == ("2026-11-22", "19:30")
    assert reschedule.read(ex.filled(view, {"at_time": None})) == ("2026-11-22", "")
    assert reschedule.campaign_id_of(view) == "c1"
    assert "The club's time (Europe/Paris)." in ex.texts_of(view)


def test_a_modal_without_ids_speaks_of_nothing():
    assert settings.forms.about({"private_metadata": ""}) == {}


def test_who_was_missed_is_grouped_by_reason():
    missed = [
        Missed("Léa", "+33 1", "no mobile number"),
        Missed("Tom", "", "abroad"),
        Missed("Zoé", "+33 2", "abroad"),
    ]
    view = details.view(ex.ENGLISH, campaign_id="c1", title="Gym", recipients=38, delivered=35, missed=missed)
    lines = view["blocks"][2]["text"]["text"].split("\n")
    assert [line.strip() for line in lines] == [
        "*abroad*",
        "• Tom",
        "• Zoé +33 2",
        "*no mobile number*",
        "• Léa +33 1",
    ]
    assert "35 of 38 delivered" in ex.texts_of(view)


def test_nobody_missed_is_good_news():
    view = details.view(ex.ENGLISH, campaign_id="c1", title="Gym", recipients=38, delivered=38, missed=[])
    assert "Nobody was missed." in ex.texts_of(view)


def test_a_list_that_is_cut_says_how_many_are_missing():
    missed = [Missed(f"N{n}", "", "abroad") for n in range(512)]
    view = details.view(ex.ENGLISH, campaign_id="c1", title="Gym", recipients=512, delivered=0, missed=missed)
    assert "12 more" in ex.texts_of(view["blocks"][-1])


NOTICES = [
    (notices.leaving(ex.ENGLISH, 38, 10, "C0CLUB"), "Leaves in 10 s", "time to undo"),
    (notices.leaving(ex.ENGLISH, 38, 10, "C0CLUB"), "To *38 recipients*.", "how many get it"),
    (
        notices.leaving(ex.ENGLISH, 38, 10, "C0CLUB"),
        "Undo here, or from its card in <#C0CLUB>.",
        "where to undo",
    ),
    (notices.leaving(ex.ENGLISH, 38, 10, None), "its card in the club's channel", "no channel yet"),
    (notices.leaving(ex.ENGLISH, 1, 0, None), "Leaving now", "no undo window"),
    (
        notices.leaving(ex.ENGLISH, 1, 0, "C0CLUB"),
        "Stop it from its card in <#C0CLUB>.",
        "nothing to undo",
    ),
    (
        notices.planned(ex.ENGLISH, 38, ex.AT, ex.ZONE, "C0CLUB"),
        "*Leaves Sunday, November 22 at 19:30*",
        "later",
    ),
    (notices.already_sent(ex.ENGLISH, "U1"), "<@U1> already sent this draft.", "twice"),
    (notices.refused(ex.ENGLISH, "Too late."), "Too late.", "refused"),
    (notices.failed(ex.ENGLISH, "1a2b"), "Tell an admin this number: 1a2b.", "broken"),
    (kept.offer(ex.ENGLISH, "d1")[1], "What you typed is kept.", "the window did not open"),
    (notices.not_staff(ex.ENGLISH)[1], "Only the club's coaches", "not staff"),
    (help.answer(ex.ENGLISH)[1], "`/sms U13 Gym closed tonight`", "help"),
]


@pytest.mark.parametrize(("shown", "said", "why"), NOTICES, ids=[case[-1] for case in NOTICES])
def test_a_notice_says_it(shown, said, why):
    assert said in ex.texts_of(shown)


def test_a_kept_draft_opens_by_one_button():
    text, blocks = kept.offer(ex.ENGLISH, "d1")
    (button,) = ex.elements_of(blocks, "button")
    assert (button["action_id"], button["value"]) == ("open_compose", "d1")
    assert text in ex.texts_of(blocks)


def test_what_leaves_can_be_undone_from_the_modal_too():
    button = kept.undo(ex.ENGLISH, "c1")["elements"][0]
    assert (button["action_id"], button["value"], button["text"]["text"]) == ("undo", "c1", "Undo")


@pytest.mark.parametrize("modal", [notices.told, notices.refused], ids=["told", "refused"])
def test_what_a_notice_repeats_of_people_is_not_read_as_markup(modal):
    said = (
        (ex.ENGLISH, "Title", "<!channel> *x*") if modal is notices.told else (ex.ENGLISH, "<!channel> *x*")
    )
    (section,) = modal(*said)["blocks"]
    assert section["text"]["type"] == "plain_text"


def test_a_line_for_one_person_is_not_read_as_markup():
    text, blocks = notices.only_me("<!channel> & co")
    assert blocks[0]["text"]["type"] == "plain_text"
    assert text == "&lt;!channel&gt; &amp; co"


def test_help_says_the_same_to_who_hears_it():
    text, blocks = help.answer(ex.ENGLISH)
    assert blocks[0]["text"]["text"] in text
