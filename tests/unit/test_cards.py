"""Cards and reply posts: what they say in each state, which buttons they have, and that nothing typed is read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.web.blocks import Scene, render_blocks
from bot.playground.web.blocks.scene import Names
from bot.reports import WAS_LATE
from bot.rules.optout import Keyword
from bot.rules.outcomes import outcome_of
from bot.slack.blocks import QUOTE_MAX, actions, button, confirm, cut, escape, quote, section
from bot.slack.cards import card, question, reply_post
from storage.states import CampaignState, Kind, MessageState
from tests.outside.blocks import problems
from tests.unit.views import examples as ex

SCHEDULED, SENDING, PAUSED = CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED
DONE, STOPPED, CANCELLED = CampaignState.DONE, CampaignState.STOPPED, CampaignState.CANCELLED
SOME = {
    MessageState.DELIVERED: 20,
    MessageState.SENT: 3,
    MessageState.ACCEPTED: 2,
    MessageState.SENDING: 1,
    MessageState.QUEUED: 5,
    MessageState.HELD: 1,
    MessageState.UNDELIVERED: 2,
    MessageState.FAILED: 1,
    MessageState.UNKNOWN: 1,
    MessageState.SKIPPED: 2,
}


def blocks_of(**changed):
    return card(ex.card(**changed), ex.ENGLISH)[1]


TITLES = [
    ("Gym closed", "No training tonight.", "*Gym closed*\n", "a title of its own"),
    ("No training tonight…", "No  training\ntonight, the gym is closed.", "", "the text's first words"),
    ("No training.", "No training.", "", "the whole text"),
    (
        "Hello {first_name}, no training…",
        "Hello Léa, no training tonight.",
        "",
        "the words before a merged field",
    ),
    ("No training in May", "No training in March.", "*No training in May*\n", "the same beginning"),
]


@pytest.mark.parametrize(("title", "body", "head", "why"), TITLES, ids=[row[3] for row in TITLES])
def test_a_title_that_only_repeats_the_text_is_left_out(title, body, head, why):
    first = blocks_of(title=title, body=body, audience_words="U13")[0]["text"]["text"]
    assert first == (f"{head}To U13" if head else "*To U13*")


BUTTONS = [
    ({"state": SCHEDULED, "undo": True}, ["undo"], "in the undo window"),
    ({"state": SCHEDULED, "is_later": True}, ["reschedule", "cancel"], "for later"),
    ({"state": SCHEDULED}, [], "just released"),
    ({"state": CampaignState.AWAITING_APPROVAL}, ["cancel"], "waiting for approval"),
    ({"state": SENDING}, ["why", "stop"], "leaving"),
    ({"state": PAUSED}, ["resume", "why", "stop"], "paused"),
    ({"state": DONE}, ["why"], "all got it"),
    ({"state": DONE, "states": {MessageState.FAILED: 1}}, ["details", "why"], "somebody did not get it"),
    ({"state": STOPPED, "left_out": (("opted_out", 1),)}, ["details", "why"], "somebody was left out"),
    ({"state": SENDING, "left_out": (("opted_out", 1),)}, ["why", "stop"], "not yet over"),
    ({"state": CANCELLED}, [], "cancelled"),
]


@pytest.mark.parametrize(("changed", "actions", "why"), BUTTONS, ids=[case[-1] for case in BUTTONS])
def test_a_card_has_the_buttons_of_its_moment(changed, actions, why):
    buttons = ex.elements_of(blocks_of(**changed), "button")
    assert [button["action_id"] for button in buttons] == actions
    assert {button["value"] for button in buttons} <= {"c1", "campaign:c1"}


def test_undo_acts_at_once_and_stop_asks_first():
    (undo,) = ex.elements_of(blocks_of(state=SCHEDULED, undo=True), "button")
    _, stop = ex.elements_of(blocks_of(), "button")
    assert "confirm" not in undo
    assert "cannot be called back" in stop["confirm"]["text"]["text"]


SAID = [
    (
        {"state": SCHEDULED, "undo": True},
        "Leaves in a moment to 38 recipients: there is time to undo",
        "undo",
    ),
    (
        {"state": SCHEDULED, "is_later": True},
        "Leaves Sunday, November 22 at 19:30 to some 38 recipients",
        "later",
    ),
    ({"state": SCHEDULED}, "Leaving now to 38 recipients", "released"),
    ({"state": CampaignState.AWAITING_APPROVAL}, "Waiting for somebody to approve it, for 38", "approval"),
    ({"states": SOME}, "Sending: 30 of 38 recipients", "how many left"),
    ({"state": PAUSED, "states": SOME}, "Paused: 30 of 38 recipients", "paused"),
    ({"state": STOPPED, "states": SOME}, "Stopped: 30 of 38 recipients", "stopped"),
    ({"state": DONE}, "Sent to 38 recipients", "done"),
    ({"state": CANCELLED}, "Cancelled: nothing was sent", "cancelled"),
    ({"state": DONE, "recipients": 0}, "Nobody left to text: nothing was sent", "nobody left"),
    (
        {"states": {MessageState.DELIVERED: 34, MessageState.HELD: 4}, "held_until": ex.AT},
        "4 held until Sunday, November 22 at 19:30: advertising leaves only at legal hours",
        "held by the hours",
    ),
    (
        {"states": SOME},
        "20 delivered · 5 on their way · 1 leaving · 6 waiting · 3 not delivered · 1 being checked · 2 not sent",
        "progress in words",
    ),
    ({"failures": (("The phone could not be reached.", 2),)}, "• 2: The phone could not be reached.", "why"),
    ({"failures": tuple((f"R{n}", 3) for n in range(10))}, "• 6 more", "many reasons"),
    (
        {"left_out": (("no_number", 2), ("opted_out", 1))},
        "Left out: no mobile number (2), asked for no more SMS (1)",
        "left out",
    ),
    ({"previewed_recipients": 40}, "The preview said 40: since then", "the group changed"),
    ({"replies": 1}, "1 reply", "a reply"),
    ({"state": PAUSED, "pause_words": "Your limit."}, "Your limit.", "why it paused"),
    (
        {"state": PAUSED, "pause_words": WAS_LATE},
        "It was due Sunday, November 22 at 19:30, while the bot was down. Send it now?",
        "too late to leave by itself",
    ),
    ({}, "Written by <@U0COACH> · Alert · From 36123 · 38 SMS", "small print"),
    ({"kind": Kind.MARKETING}, "Marketing", "the kind"),
    ({"state": DONE, "over_at": ex.AT + timedelta(hours=4)}, "finished at 23:30", "over on the same day"),
    (
        {"state": DONE, "over_at": ex.AT + timedelta(hours=5)},
        "finished Monday, November 23 at 00:30",
        "over after the club's midnight",
    ),
]


@pytest.mark.parametrize(("changed", "said", "why"), SAID, ids=[case[-1] for case in SAID])
def test_a_card_says_it_to_who_sees_and_to_who_hears(changed, said, why):
    text, blocks = card(ex.card(**changed), ex.ENGLISH)
    assert said in ex.texts_of(blocks)
    assert said in text


UNSAID = [
    ({"state": SCHEDULED, "previewed_recipients": 40}, "The preview said", "not released yet"),
    ({"segments": 0}, " 0 SMS", "nothing counted yet"),
    ({}, "delivered", "nothing is known yet"),
    ({}, "Left out", "nobody is left out"),
    ({}, "repl", "nobody replied"),
]


@pytest.mark.parametrize(("changed", "unsaid", "why"), UNSAID, ids=[case[-1] for case in UNSAID])
def test_a_card_says_no_more_than_is_known(changed, unsaid, why):
    text, blocks = card(ex.card(**changed), ex.ENGLISH)
    assert unsaid not in ex.texts_of(blocks)
    assert unsaid not in text


@pytest.mark.parametrize("words", ex.LANGUAGES, ids=lambda words: words.language)
@pytest.mark.parametrize("code", [63038, 20005, 20003, 21606, 21701, 30034, 20404])
def test_a_paused_card_says_once_why_and_has_the_button_that_it_names(code, words):
    why = words(outcome_of(code).pause_words)
    text, blocks = card(ex.card(state=PAUSED, states=SOME, pause_words=outcome_of(code).pause_words), words)
    assert (text.count(why), ex.texts_of(blocks).count(why)) == (1, 1)
    resume = ex.elements_of(blocks, "button")[0]
    assert resume["action_id"] == "resume"
    assert resume["text"]["text"] in why


def test_a_cards_text_holds_the_message_itself():
    assert "Message: Gymnase fermé ce soir, pas d'entraînement." in card(ex.card(), ex.ENGLISH)[0]


@pytest.mark.parametrize("state", list(CampaignState))
@pytest.mark.parametrize("words", ex.LANGUAGES, ids=lambda words: words.language)
def test_a_cards_text_fits_an_update(state, words):
    text, _ = card(ex.huge_card(state), words)
    # https://docs.slack.dev/reference/methods/chat.update: msg_too_long
    assert len(text) <= 4000


def test_a_failures_words_are_told_in_the_clubs_language():
    failed = ex.card(failures=(("The phone could not be reached. Try again later, or call.", 2),))
    assert "• 2\u00a0: Le téléphone était injoignable." in card(failed, ex.FRENCH)[0]


def post(answers=(), **changed):
    return reply_post(ex.incoming(**changed), ex.ENGLISH, answers)


REPLIES = [
    ({"on_page": True}, "wrote on the page of the text", "on the page of a text by a name"),
    ({"on_page": True, "keyword": Keyword.STOP}, "chose on the page of the text", "by a button there"),
    ({}, "Claire Martin* (+33 •••• 78) wrote", "to a campaign, whose card stands above, or out of the blue"),
    ({"names": ()}, "Somebody not in the contacts (+33 •••• 78)", "an unknown number"),
    ({"names": ("Léa", "Tom")}, "Léa and Tom (+33", "two siblings"),
    ({"names": tuple("ABCDEFG")}, "A, B, C, D and 3 more", "a large family"),
    ({"body": ""}, "(an empty SMS)", "nothing written"),
    ({"is_late": True}, "Written ", "found on the carrier's list a day later"),
    ({"keyword": "stop"}, "This number gets no more SMS from the club.", "STOP"),
    ({"keyword": "stop_marketing"}, "gets no more advertising", "STOP PUB"),
    ({"keyword": "start"}, "gets the club's SMS again", "START"),
    ({"keyword": "help"}, "asks who is writing", "HELP"),
]


@pytest.mark.parametrize(("changed", "said", "why"), REPLIES, ids=[case[-1] for case in REPLIES])
def test_a_reply_says_who_wrote_and_what_it_did(changed, said, why):
    bold = ex.texts_of(post(**changed)[1]).replace("*", "")
    assert said.replace("*", "") in bold


def test_a_replys_text_holds_the_words_and_what_they_did():
    text, _ = post(keyword="stop", body="STOP")
    assert text.split("\n") == [
        "Claire Martin (+33 •••• 78) wrote: STOP",
        ":no_bell: This number gets no more SMS from the club.",
    ]


@pytest.mark.parametrize(
    ("changed", "actions"),
    [({}, ["answer"]), ({"keyword": "help"}, ["answer"]), ({"keyword": "stop"}, [])],
    ids=["can be answered", "asks for help", "asked to be left alone"],
)
def test_only_who_may_be_texted_has_a_reply_button(changed, actions):
    buttons = ex.elements_of(post(**changed)[1], "button")
    assert [button["action_id"] for button in buttons] == actions
    assert {button["value"] for button in buttons} <= {"r1"}


ANSWERS = [
    (ex.answer(), "Answered by <@U0COACH> · delivered", "delivered"),
    (ex.answer(state=MessageState.QUEUED), "· waiting", "not gone yet"),
    (ex.answer(state=MessageState.UNDELIVERED, why="Try later."), "· not delivered: Try later.", "why not"),
    (ex.answer(state=MessageState.FAILED), "· not delivered", "no reason known"),
    (ex.answer(why="Try later."), "· delivered", "delivered after all"),
]


@pytest.mark.parametrize(("answer", "said", "why"), ANSWERS, ids=[case[-1] for case in ANSWERS])
def test_an_answer_shows_who_wrote_it_and_how_far_it_got(answer, said, why):
    text, blocks = post((answer,))
    assert said in next(line for line in ex.texts_of(blocks).split("\n") if "Answered" in line)
    assert "À demain !" in ex.texts_of(blocks)
    assert "Answered by <@U0COACH>" in text


def test_an_answered_reply_can_be_answered_again():
    (button,) = ex.elements_of(post((ex.answer(),))[1], "button")
    assert button["text"]["text"] == "Reply again"


def test_only_the_newest_answers_are_shown():
    answers = tuple(ex.answer(body=f"number {n}") for n in range(5))
    shown = ex.texts_of(post(answers)[1])
    assert [f"number {n}" in shown for n in range(5)] == [False, False, True, True, True]


def test_a_long_reply_is_split_and_whole():
    _, blocks = post(body="x" * 4000)
    parts = [quoted["elements"][0]["text"] for quoted in ex.elements_of(blocks, "rich_text_quote")]
    assert [len(part) for part in parts] == [3000, 1000]


def test_a_quote_beyond_what_a_post_takes_is_cut():
    total = sum(len(block["elements"][0]["elements"][0]["text"]) for block in quote("x" * 20_000))
    assert total == QUOTE_MAX


def test_a_question_is_cut_to_what_slack_takes():
    question = confirm("t" * 500, "x" * 500, "y" * 500, "n" * 500)
    assert problems([actions(button("b" * 500, "stop", "c1", confirm=question))], "message") == []
    assert [len(question[part]["text"]) for part in ("title", "text", "confirm", "deny")] == [
        100,
        300,
        30,
        30,
    ]


EVIL = [
    "<!channel>",
    "<@U0COACH>",
    "<https://evil.example|here>",
    "https://evil.example/x",
    "see www.evil.example now",
    "a@b.example",
    "*bold* _it_ ~gone~ `code`",
    "```block```",
    "> quote",
    "  > quote",
    "first\n> second",
    ":tada: :+1::skin-tone-2:",
    "&lt;!here&gt;",
    "2*3*4 snake_case_name",
]


def drawn(text):
    names = Names(users={"U0COACH": "Camille"})
    blocks = [section(text) | {"block_id": "b"}]
    return "".join(str(part) for part in render_blocks(blocks, Scene(names=names)))


MARKUP = ("<a ", "<strong", "<em", "<del", "<code", "<pre", "<blockquote", "mention", "🎉", "👍")


@pytest.mark.parametrize("evil", EVIL)
def test_escaped_words_are_drawn_as_they_were_typed(evil):
    html = drawn(f"Title: {escape(evil)}\n{escape(evil)}")
    assert not [tag for tag in MARKUP if tag in html]


@given(st.text(alphabet="<>&!@#*_~`:|/.ab \n", max_size=40))
def test_no_words_whatever_become_markup(text):
    escaped = escape(text)
    assert "<" not in escaped
    assert ">" not in escaped
    html = drawn(f"a {escaped} z")
    assert not [tag for tag in MARKUP if tag in html]


@given(st.text(max_size=30), st.integers(1, 40))
def test_cut_text_is_never_longer_than_asked(text, limit):
    assert len(cut(text, limit)) <= limit
    assert cut(text, limit) == text or cut(text, limit).endswith("…")


@given(body=st.text(min_size=1, max_size=5000), name=st.text(min_size=1, max_size=200))
def test_slack_takes_a_reply_whatever_it_holds(body, name):
    assert problems(reply_post(ex.incoming(body=body, names=(name,)), ex.ENGLISH)[1], "message") == []


def test_the_author_of_a_paused_campaign_is_asked_with_the_buttons_of_its_card():
    facts = ex.card(state=PAUSED, title="<Gym>", pause_words=WAS_LATE)
    text, blocks = question(facts, ex.ENGLISH)
    assert text.startswith("*&lt;Gym&gt;*\nIt was due Sunday, November 22 at 19:30")
    assert blocks[-1] == card(facts, ex.ENGLISH)[1][-1]
    assert [one["action_id"] for one in blocks[-1]["elements"]] == ["resume", "why", "stop"]


@pytest.mark.parametrize(
    ("keyword", "said"),
    [("join", "were asked whether they agree to advertising"), ("agreed", "They agreed to advertising.")],
)
def test_who_opts_in_is_told_of_and_asked_after_where_nobody_knows_them(keyword, said):
    known, _ = post(keyword=keyword, body="PEPS")
    unknown, _ = post(keyword=keyword, body="PEPS", names=())
    assert said in known
    assert "Who is it?" not in known
    assert "Who is it? Add them in `/contacts`" in unknown


def test_what_the_bot_answered_by_itself_is_shown_as_its_own():
    text, blocks = reply_post(ex.incoming(), ex.ENGLISH, (ex.answer(by="", body="To agree, answer YES"),))
    assert "Answered by Touchline (delivered): To agree, answer YES" in text
    assert "Answered by Touchline · delivered" in ex.texts_of(blocks)
