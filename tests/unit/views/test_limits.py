"""Everything the bot shows is what Slack takes, by limits and types that are not ours, in both languages."""

import pytest

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
