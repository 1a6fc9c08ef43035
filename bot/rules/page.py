"""The member's page: the secret in its link, and how long what it shows may be read."""

import re
from datetime import datetime, timedelta

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Digits and letters without 0, O, 1, I and l, which people who copy a link mistake. All are in GSM-7, one unit each."""
LENGTH = 10
"""Ten letters are one of 57 ** 10, some 3.6e17 or 58 bits: with a million links alive and a hundred tries a second, the
first one is guessed after a century; a link of nine would be after two years."""
TOKENS = len(LETTERS) ** LENGTH
SAMPLE = "x" * LENGTH
"""Stands for a token where only its length counts."""
UNSEEN = "•" * LENGTH
"""Stands for a token where people look."""

# A text's way out must work for 60 days in Canada: https://laws-lois.justice.gc.ca/eng/acts/E-1.6/page-1.html (s. 11)
READABLE_FOR = timedelta(days=90)
"""After so long the text is not shown any more and cannot be answered; who wants no more texts may still say so."""

ANSWER_MAX = 1000
"""The longest answer, in characters."""
ANSWERS_AN_HOUR = 10
"""How many answers one page takes within an hour."""


def token_of(number: int) -> str:
    """The token of a number from 0 up to `TOKENS`, another one for each."""
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    return "".join(letters)


def is_token(text: str) -> bool:
    """Whether it is written like a token; whether there is such a page is another question."""
    return len(text) == LENGTH and all(letter in LETTERS for letter in text)


def leads_there(body: str, pages: str) -> bool:
    """Whether the text holds the link to somebody's page; `pages` is how such links begin, empty where there are none."""
    if not pages:
        return False
    begins = re.escape(pages.partition("://")[2])
    return re.search(rf"{begins}[{LETTERS}]{{{LENGTH}}}(?![{LETTERS}])", body, re.IGNORECASE) is not None


def is_readable(sent_at: datetime, now: datetime) -> bool:
    """Whether the text of that time may still be read and answered."""
    return now - sent_at < READABLE_FOR
