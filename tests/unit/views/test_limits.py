"""Everything the bot shows is what Slack takes, by limits and types that are not ours, in both languages."""

import pytest

from commands.views import compose
from tests.outside.blocks import problems
from tests.outside.slack_types import complaints
from tests.unit.views import examples as ex
from tests.unit.views.gallery import everything

SHOWN = [
    pytest.param(surface, shown, id=f"{words.language}: {what}")
    for words in ex.LANGUAGES
    for what, surface, shown in everything(words)
]

TYPES = {"modal": "OurModal", "home": "OurHome", "message": "OurBlocks"}


@pytest.mark.parametrize(("surface", "shown"), SHOWN)
def test_slack_takes_every_view_and_post(surface, shown):
    assert problems(shown, surface) == []


@pytest.mark.parametrize(("surface", "shown"), SHOWN)
def test_every_view_and_post_is_of_slacks_own_types(surface, shown):
    assert complaints(TYPES[surface], shown) == []


@pytest.mark.parametrize("words", ex.LANGUAGES, ids=lambda words: words.language)
def test_titles_and_buttons_are_shown_whole(words):
    for what, _, shown in everything(words):
        if isinstance(shown, dict) and shown["type"] == "modal" and "huge" not in what:
            labels = [shown[key]["text"] for key in ("title", "submit", "close") if key in shown]
            assert not [label for label in labels if label.endswith("…") and len(label) == 24], what


BROKEN = [
    (lambda view: view["blocks"][0].update(type="table"), "a block that modals do not take"),
    (lambda view: view["blocks"][0]["element"].pop("options"), "a menu without options"),
    (lambda view: view["title"].update(text="x" * 25), "a title too long"),
    (lambda view: view["blocks"].append(dict(view["blocks"][0])), "one block id twice"),
    (lambda view: view.pop("submit"), "an input without a submit button"),
    (lambda view: view["blocks"][2]["element"].update(max_length=3001), "more than an input takes"),
    (lambda view: view["blocks"][2]["element"].update(initial_value="x" * 3001), "a first text too long"),
    (lambda view: view["blocks"][3]["elements"][0].update(text="x" * 3001), "a text too long"),
    (lambda view: view["blocks"][3].update(elements=[]), "an empty line"),
    (lambda view: view.update(blocks=view["blocks"] * 30), "too many blocks"),
]


@pytest.mark.parametrize(("spoil", "why"), BROKEN, ids=[case[-1] for case in BROKEN])
def test_the_check_sees_what_slack_would_refuse(spoil, why):
    view = compose.view(ex.compose_facts(), ex.fields(), ex.ENGLISH)
    spoil(view)
    assert problems(view, "modal")
