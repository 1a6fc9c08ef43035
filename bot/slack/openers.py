"""Buttons that open the same window from a post and from another window."""

from bot.i18n import Words
from bot.slack.blocks import Json, button


def why(words: Words, *, campaign_id: str = "", draft_id: str = "") -> Json:
    """Opens who gets a campaign, or a draft that is previewed, and why."""
    about = f"campaign:{campaign_id}" if campaign_id else f"draft:{draft_id}"
    return button(words("Who gets it, and why"), "why", about)
