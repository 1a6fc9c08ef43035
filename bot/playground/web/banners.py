"""Errors shown over the composer."""

from collections.abc import Sequence

from htpy import Element, button, div, span

from bot.playground.web.patches import Piece
from bot.playground.workspace.state import Banner


def banner_pieces(banners: Sequence[Banner]) -> list[Piece]:
    """Give back the errors a user has before them."""
    return [Piece(banner.id, lambda banner=banner: _render(banner)) for banner in banners]  # type: ignore[misc]


def _render(banner: Banner) -> Element:
    return div(".banner", role="alert")[
        span[banner.text],
        button(".close", type="button", data_act="dismiss", data_banner=banner.id, aria_label="Dismiss")["×"],
    ]
