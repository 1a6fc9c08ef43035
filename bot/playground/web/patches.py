"""What changed on the page since the last time: keyed lists of drawn pieces, sent only where they differ."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from htpy import Node, fragment


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of a list on the page; it is drawn again only when its signature differs."""

    key: str
    draw: Callable[[], Node]
    signature: str | None = None
    """What the drawing depends on; None: the drawing itself."""
    holds: tuple[str, ...] = ()
    """The lists that live inside the element and are empty again once it is drawn anew."""


class Canvas:
    """What one browser tab shows, list by list, as signatures of its pieces."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[str, str]] = {}

    def patch(self, target: str, pieces: Sequence[Piece]) -> dict[str, Any] | None:
        """Give back what the tab must change in the list `target`, or None when it shows these pieces already."""
        before = self._shown.get(target)
        after: dict[str, str] = {}
        drawn: dict[str, str] = {}
        for piece in pieces:
            html = None if piece.signature is not None else str(fragment[piece.draw()])
            after[piece.key] = piece.signature if html is None else html  # type: ignore[assignment]  # one is set
            if before is None or before.get(piece.key) != after[piece.key]:
                drawn[piece.key] = str(fragment[piece.draw()]) if html is None else html
                self._forget(piece.holds)
        self._shown[target] = after
        if before is not None and not drawn and list(before) == list(after):
            return None
        return {"op": "list", "target": target, "keys": list(after), "html": drawn}

    def _forget(self, targets: Sequence[str]) -> None:
        for target in targets:
            self._shown.pop(target, None)


def signature_of(*parts: Any) -> str:
    """Give back one string that is equal for equal parts."""
    return json.dumps(parts, sort_keys=True, default=str)
