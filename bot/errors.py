"""What can go wrong, each a class whose docstring is the sentence people read.

BotError
    TextRefused ...       what a coach typed, beside the use cases that refuse it
    CarrierError ...      what the phone network answered (bot/carriers)
    SlackError ...        what Slack answered (bot/slack/client.py)
"""

import inspect
from typing import ClassVar


class BotError(Exception):
    """Something went wrong."""

    retry: ClassVar[bool] = False
    """Whether the same call may succeed later without anybody changing anything."""

    field: ClassVar[str | None] = None
    """The modal's field that the error belongs under, when there is one."""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.sentence().format_map(_Lenient(values)))

    @classmethod
    def sentence(cls) -> str:
        """The English sentence, which is also the key of its translations."""
        first_paragraph = (inspect.getdoc(cls) or "").split("\n\n")[0]
        return " ".join(first_paragraph.split())


class _Lenient(dict[str, object]):
    """Leaves a placeholder that has no value as it stands, so that an error never fails while speaking."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
