"""The link in a text that leads to its reader's own page."""

import secrets

from bot.rules import page
from bot.rules.clause import Clause


def with_own_link(text: str, clause: Clause) -> tuple[str, str | None]:
    """A text that ends with this clause as its reader gets it, and the token of the link in it; None without a link."""
    if not clause.has_link:
        return text, None
    token = page.token_of(secrets.randbelow(page.TOKENS))
    return clause.with_token(text, token), token
