"""Everybody of a campaign as a table for spreadsheets: who gets it, by which rule, and what keeps it from the others."""

from collections.abc import Sequence

from bot.campaigns.explained import Explained, Why
from bot.i18n import Words
from bot.rules.audience import GUARDIANS_GET_IT
from commands.views import reasons, spreadsheet
from commands.views.reasons import PLAIN


def table(why: Why, words: Words) -> bytes:
    """The file, with a heading; no cell of it is computed by who opens it."""
    return spreadsheet.table(_heading(words), (_cells(row, why, words) for row in why.rows), words)


def filename(title: str, words: Words) -> str:
    """What the file of a campaign of this title is called."""
    kept = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in title)
    return f"{' '.join([words('Who gets it'), *kept.split()])[:80].strip()}.csv"


def _heading(words: Words) -> Sequence[str]:
    return (
        words("Name"),
        words("Mobile number"),
        words("Gets it"),
        words("Why"),
        words("Guardians"),
        words("SMS"),
    )


def _cells(row: Explained, why: Why, words: Words) -> Sequence[str]:
    gone = words("somebody who is no longer there")
    guardians = [reasons.guardian(each, words, PLAIN) for each in row.guardians] if row.left_out else []
    return (
        row.name or gone,
        row.number.removeprefix("+"),
        _gets_it(row, words),
        _why(row, why, words),
        ", ".join(guardians),
        row.trouble or (reasons.fate(row, words) if row.state else ""),
    )


def _gets_it(row: Explained, words: Words) -> str:
    if not row.left_out:
        return words("yes")
    return words("through guardians") if row.detail == GUARDIANS_GET_IT else words("no")


def _why(row: Explained, why: Why, words: Words) -> str:
    rule = reasons.rule(row, why, words, PLAIN)
    if not row.left_out:
        return rule
    return f"{reasons.reason(row.left_out, row.detail, words)} · {rule}"
