"""The one error of the Web API, carrying Slack's own error name."""

from collections.abc import Iterable
from typing import Any


class SlackError(Exception):
    """The call is answered with `{"ok": false, "error": ...}`."""

    def __init__(self, error: str, messages: Iterable[str] = (), **beside: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
        self.beside = beside

    def answer(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.beside}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body
