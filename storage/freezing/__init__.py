"""A campaign's audience resolved in the database, however many people it is: what `bot.rules.audience` says, by few statements.

It is put together in tables of one transaction. What the rules decide by number, by place and by language is given to it.
"""

from storage.freezing.asked import Asked, Place, Where, languages, places
from storage.freezing.lines import keep_lines, leave_out
from storage.freezing.messages import classes, readers, waiting, waiting_until, write_alike
from storage.freezing.resolve import resolve
from storage.freezing.tables import index_numbers

__all__ = [
    "Asked",
    "Place",
    "Where",
    "classes",
    "index_numbers",
    "keep_lines",
    "languages",
    "leave_out",
    "places",
    "readers",
    "resolve",
    "waiting",
    "waiting_until",
    "write_alike",
]
