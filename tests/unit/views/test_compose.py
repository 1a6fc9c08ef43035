"""The compose modal: what it asks, what it keeps, what it reads back."""

from dataclasses import replace

import pytest

from bot.campaigns.values import Choice, Fields, When
from bot.campaigns.weights import Cheaper, Counted
from bot.rules.text import count
from commands.views import compose
from storage.states import AudienceWay, Kind, Route
from tests.unit.views import examples as ex

DYNAMIC = Choice("q1", "Judo adults", "activity = judo")
LEA = Choice("p1", "Léa Martin")


def ids_of(view):
    return [block.get("block_id") for block in view["blocks"]]


def modal(known=None, **facts):
    return compose.view(ex.compose_facts(**facts), known or Fields(), ex.ENGLISH)


def test_a_new_modal_asks_who_then_what_then_how_and_keeps_the_count_under_the_message():
    fields = ["audience", "groups.fixed", "message", "count", "kind", "title", "sender", "route", "when"]
    assert ids_of(modal()) == fields


@pytest.mark.parametrize(
    ("way", "picker"),
    [
        (AudienceWay.FIXED, ["groups.fixed"]),
        (AudienceWay.DYNAMIC, ["groups.dynamic"]),
        (AudienceWay.CONTACTS, ["contacts"]),
        (AudienceWay.EVERYONE, []),
    ],
)
def test_each_audience_has_its_own_picker(way, picker):
    between = ids_of(modal(Fields(audience=way)))
    assert between[1 : between.index("message")] == picker


def test_every_field_has_the_action_id_by_which_people_drive_the_bot():
    view = ex.filled(modal(Fields(when=When.LATER)))
    named = {action for values in view["state"]["values"].values() for action in values}
    expected = {
        "audience",
        "groups",
        "title",
        "kind",
        "route",
        "sender",
        "message",
        "when",
        "at_date",
        "at_time",
    }
    assert named == expected


def test_day_and_time_are_asked_only_for_later():
    assert "at_date" not in ids_of(modal())
    assert ids_of(modal(Fields(when=When.LATER)))[-2:] == ["at_date", "at_time"]


def test_the_day_starts_with_the_clubs_today():
    view = modal(Fields(when=When.LATER))
    assert ex.elements_of(view, "datepicker")[0]["initial_date"] == "2026-11-22"


def test_what_was_typed_is_read_back():
    known = ex.fields(title="Gym", kind=Kind.MARKETING, route=Route.WORLD, when=When.LATER, at_time="19:30")
    read = compose.read(ex.filled(modal(known)))
    assert read == Fields(
        groups=(ex.U13,),
        title="Gym",
        kind=Kind.MARKETING,
        route=Route.WORLD,
        sender="36123",
        message="Gymnase fermé ce soir.",
        when=When.LATER,
        at_date="2026-11-22",
        at_time="19:30",
        kept_fixed=(ex.U13,),
    )


def test_people_picked_by_name_are_read_back():
    known = Fields(audience=AudienceWay.CONTACTS, contacts=(LEA,))
    assert compose.read(ex.filled(modal(known))).contacts == (LEA,)


def test_an_empty_title_is_read_as_empty():
    assert compose.read(ex.filled(modal(), {"title": None})).title == ""


def test_who_looks_for_a_group_with_a_rule_is_told_where_it_is():
    where = "Groups with a rule are under “A dynamic group” above."
    assert where in ex.texts_of(modal())
    assert where not in ex.texts_of(modal(Fields(audience=AudienceWay.DYNAMIC)))
    assert where not in ex.texts_of(modal(dynamic_groups=()))


def test_picks_of_a_picker_that_goes_return_with_it_and_never_count_meanwhile():
    view = ex.filled(modal(), {"groups": ["g1"]})
    dynamic = compose.read(ex.filled(view, {"audience": "dynamic", "groups": ["g1"]}))
    assert dynamic.groups == ()
    shown = ex.filled(modal(dynamic), {"groups": ["q1"]})
    assert compose.read(shown, dynamic).groups == (DYNAMIC,)
    back = compose.read(ex.filled(shown, {"audience": "fixed", "groups": ["q1"]}), dynamic)
    assert back.groups == (ex.U13,)
    assert back.kept_dynamic == (DYNAMIC,)


def test_what_the_modal_does_not_show_stays_as_the_draft_has_it():
    known = ex.fields(contacts=(LEA,), at_date="2026-12-01", at_time="08:00")
    read = compose.read(ex.filled(modal(known)), known)
    assert (read.contacts, read.at_date, read.at_time) == ((LEA,), "2026-12-01", "08:00")


def test_groups_are_not_part_of_an_audience_of_everyone():
    view = ex.filled(modal(), {"groups": ["g1"], "audience": "everyone"})
    read = compose.read(view)
    assert (read.audience, read.groups, read.kept_fixed) == (AudienceWay.EVERYONE, (), (ex.U13,))


@pytest.mark.parametrize("way", [AudienceWay.FIXED, AudienceWay.DYNAMIC])
def test_a_club_without_groups_is_told_so_and_keeps_its_draft(way):
    view = modal(Fields(audience=way), fixed_groups=(), dynamic_groups=())
    assert "no such group yet" in ex.texts_of(view)
    assert compose.read(ex.filled(view)).groups == ()


def test_a_club_without_a_sender_is_told_who_adds_one():
    view = modal(senders=())
    assert "an admin must set one up" in ex.texts_of(view)
    assert compose.read(ex.filled(view)).sender == ""


def test_the_first_sender_is_chosen_when_the_draft_names_none():
    assert compose.read(ex.filled(modal())).sender == "ASVALMONT"


def test_a_picked_group_that_is_gone_falls_away():
    known = ex.fields(groups=(Choice("gone", "U11"), ex.U15))
    assert compose.read(ex.filled(modal(known))).groups == (ex.U15,)


def test_two_hundred_groups_stay_within_reach():
    view = modal(fixed_groups=ex.MANY_GROUPS)
    (menu,) = ex.elements_of(view["blocks"][1], "multi_static_select")
    assert [len(part["options"]) for part in menu["option_groups"]] == [100, 100]


@pytest.mark.parametrize(
    ("revision", "block_id"), [(1, "message"), (2, "message.2")], ids=["as typed", "replaced"]
)
def test_a_new_revision_replaces_the_message(revision, block_id):
    known = ex.fields(revision=revision)
    view = compose.view(ex.compose_facts(), known, ex.ENGLISH, is_update=True, is_rewritten=True)
    assert block_id in ids_of(view)
    assert compose.read(ex.filled(view), known).message == "Gymnase fermé ce soir."
    assert compose.read(ex.filled(view), known).revision == revision


def test_words_typed_into_a_message_that_was_replaced_meanwhile_replace_it_in_turn():
    typed = ex.filled(compose.view(ex.compose_facts(), ex.fields(), ex.ENGLISH))
    known = ex.fields(message="Gymnase ferme ce soir.", revision=2)
    assert compose.is_outdated(typed, known)
    read = compose.read(typed, known)
    assert (read.message, read.revision) == ("Gymnase fermé ce soir.", 3)


def test_a_message_that_was_replaced_stays_so_when_something_else_is_picked_meanwhile():
    typed = ex.filled(compose.view(ex.compose_facts(), ex.fields(), ex.ENGLISH))
    known = ex.fields(message="Gymnase ferme ce soir.", revision=2, replaced="Gymnase fermé ce soir.")
    read = compose.read(typed, known)
    assert (read.message, read.revision) == ("Gymnase ferme ce soir.", 2)


def test_an_update_leaves_what_is_being_typed_to_slack():
    first = compose.view(ex.compose_facts(), Fields(), ex.ENGLISH)
    update = compose.view(ex.compose_facts(), ex.fields(title="Gym"), ex.ENGLISH, is_update=True)
    assert update["blocks"][2] == first["blocks"][2]
    assert update["blocks"][5] == first["blocks"][5]


def test_the_message_is_counted_when_the_modal_opens_with_one():
    assert "22 characters" in ex.texts_of(modal(ex.fields()))


def test_before_anything_is_typed_the_count_says_how_much_fits():
    message, count = modal(Fields())["blocks"][2:4]
    assert "Up to 459 characters; 201 with an emoji" in count["elements"][0]["text"]
    assert "{first_name} {last_name}" in message["hint"]["text"]


def test_without_merge_fields_none_are_promised():
    assert "hint" not in modal(merge_fields=())["blocks"][2]


@pytest.mark.parametrize("way", list(AudienceWay))
def test_whatever_changes_the_count_or_the_pickers_tells_at_once(way):
    inputs = [block for block in modal(Fields(audience=way))["blocks"] if block["type"] == "input"]
    silent = {block["block_id"] for block in inputs if not block["dispatch_action"]}
    assert silent == {"title"}


def test_the_message_tells_of_every_character():
    (element,) = [e for e in ex.elements_of(modal(), "plain_text_input") if e["action_id"] == "message"]
    assert element["dispatch_action_config"] == {"trigger_actions_on": ["on_character_entered"]}


def test_the_fine_and_the_way_to_answer_are_said_before_sending():
    shown = ex.texts_of(modal())
    for said in (
        "can be fined",
        "A name cannot be answered by SMS: people do so by the link",
        "ASVALMONT · a name, with a link to answer: 41 characters",
    ):
        assert said in shown


def test_where_there_are_no_links_it_is_said_that_a_name_cannot_be_answered_at_all():
    number, name = ex.compose_facts().senders
    without = ex.compose_facts(senders=(replace(number, has_link=False), replace(name, has_link=False)))
    shown = ex.texts_of(compose.view(without, ex.fields(), ex.ENGLISH))
    assert "Nobody can answer a name, or stop its texts: advertising needs a number." in shown
    assert "by the link" not in shown


@pytest.mark.parametrize(
    ("sender", "said"),
    [("ASVALMONT", True), ("", True), ("36123", False)],
    ids=["chosen", "shown at first", "a number"],
)
def test_where_the_name_does_not_show_is_said_under_the_sender(sender, said):
    unshown = ex.UNSHOWN if said else ()
    counted = Counted(count("Hello"), recipients=3, unshown=unshown)
    view = compose.view(ex.compose_facts(), ex.fields(sender=sender), ex.ENGLISH, counted=counted)
    under = view["blocks"][[block.get("block_id") for block in view["blocks"]].index("sender") + 1]
    line = "*United States and Canada* (3 recipients): the name ASVALMONT does not show there."
    assert (line in ex.texts_of(under)) is said


def test_a_name_that_is_the_clubs_no_more_is_not_spoken_of():
    counted = Counted(count("Hello"), unshown=ex.UNSHOWN)
    view = compose.view(ex.compose_facts(), ex.fields(sender="GONE"), ex.ENGLISH, counted=counted)
    assert "GONE" not in ex.texts_of(view)


def test_trouble_is_said_on_top():
    view = compose.view(ex.compose_facts(), Fields(), ex.ENGLISH, trouble="Two groups are called U13.")
    assert view["blocks"][0]["type"] == "alert"


def test_errors_find_the_blocks_of_the_open_view():
    known = ex.fields(audience=AudienceWay.DYNAMIC, revision=4)
    view = ex.filled(compose.view(ex.compose_facts(), known, ex.ENGLISH))
    sentences = {"message": "Too long.", "groups": "Choose one.", "at_date": "Past."}
    assert compose.field_errors(view, sentences) == {
        "message.4": "Too long.",
        "groups.dynamic": "Choose one.",
        "audience": "Past.",
    }


def test_two_errors_of_one_field_are_both_said():
    view = ex.filled(modal())
    assert compose.field_errors(view, {"at_date": "One.", "at_time": "Two."}) == {"audience": "One. Two."}


def test_a_view_without_inputs_takes_no_errors():
    assert compose.field_errors({"blocks": []}, {"message": "Too long."}) == {}


def test_the_modal_knows_its_draft():
    assert compose.draft_id_of(modal()) == "d1"


def test_the_count_that_is_given_is_shown():
    view = compose.view(ex.compose_facts(), ex.fields(), ex.ENGLISH, counted=Counted(count("x" * 200)))
    assert "200 characters · 2 SMS each" in ex.texts_of(view)


def test_the_cheap_spelling_is_offered_under_the_count():
    offer = Cheaper((("é", "e"),), True, 1, 38)
    counted = Counted(count("ê" * 80), cheaper=offer)
    view = compose.view(ex.compose_facts(), ex.fields(), ex.ENGLISH, counted=counted)
    ids = ids_of(view)
    assert ids[ids.index("count") + 1] == "spelling"


def test_a_coachs_own_groups_stand_first():
    def groups(own, **offered):
        shown = compose.view(ex.compose_facts(own_groups=frozenset(own), **offered), ex.fields(), ex.ENGLISH)
        return next(block["element"] for block in shown["blocks"] if block["block_id"] == "groups.fixed")

    element = groups([ex.U15.id])
    parts = [
        (part["label"]["text"], [one["value"] for one in part["options"]])
        for part in element["option_groups"]
    ]
    assert parts == [("Your groups", [ex.U15.id]), ("Other groups", [ex.U13.id])]
    assert [one["value"] for one in element["initial_options"]] == [ex.U13.id]
    assert "option_groups" not in groups([])
    only = groups([ex.U13.id, ex.U15.id])["option_groups"]
    assert [part["label"]["text"] for part in only] == ["Your groups"]
    many = groups([group.id for group in ex.MANY_GROUPS[:150]], fixed_groups=ex.MANY_GROUPS)["option_groups"]
    assert [len(part["options"]) for part in many] == [100, 100]
