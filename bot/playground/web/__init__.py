"""The playground's web page: the workspace, the phones and the protocol log in one browser window."""

from bot.playground.web.app import page_app
from bot.playground.web.stage import Person

__all__ = ["Person", "page_app"]
