"""What Slack is to be shown: cards that follow their campaigns, members' replies, and how answers fare.

Rows say what is due; each look posts what it can and leaves the rest due, so Slack may be away for as long as it likes.
"""

from bot.posts.answers import show_again
from bot.posts.cards import BETWEEN_CARDS, Cards, ask_author
from bot.posts.replies import AGAIN_AFTER, REPLY_CLAIM, Posts

__all__ = ["AGAIN_AFTER", "BETWEEN_CARDS", "REPLY_CLAIM", "Cards", "Posts", "ask_author", "show_again"]
