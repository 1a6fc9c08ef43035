"""What is offered when a modal could not open: the text is kept, and one button opens it."""

from bot.i18n import Words
from bot.slack.blocks import Json, actions, button, section


def offer(words: Words, draft_id: str) -> tuple[str, list[Json]]:
    """The line for one person, with the button that opens the draft."""
    sentence = words("Slack was too slow to open the window. What you typed is kept.")
    return sentence, [
        section(sentence),
        actions(button(words("Open it"), "open_compose", draft_id, style="primary")),
    ]


def undo(words: Words, campaign_id: str) -> Json:
    """The undo button, for the modal that says a campaign is about to leave."""
    return actions(button(words("Undo"), "undo", campaign_id, style="danger"))
