"""The protocol log drawn as HTML: each exchange on one line, its bodies when it is opened."""

import json
from collections.abc import Collection, Iterable
from datetime import tzinfo
from urllib.parse import parse_qsl, urlsplit

from htpy import Element, Node, button, div, pre, span

from bot.playground.log import Exchange
from bot.playground.web.patches import Piece, signature_of

_SHOWN = 100
_NAMES = {"slack": "Slack", "carrier": "carrier"}
_REFUSED = 400


def exchange_pieces(exchanges: Iterable[Exchange], opened: Collection[str], zone: tzinfo) -> list[Piece]:
    """Give back the last exchanges, newest first; those in `opened` with their bodies."""
    newest = list(exchanges)[-_SHOWN:][::-1]
    return [_piece(exchange, key_of(exchange) in opened, zone) for exchange in newest]


def count_piece(count: int) -> Piece:
    """Give back how many exchanges the log keeps."""
    return Piece("count", lambda: span(".unread")[count])


def key_of(exchange: Exchange) -> str:
    """Give back what names the exchange while the log keeps it."""
    return f"x{id(exchange):x}"


def _piece(exchange: Exchange, is_open: bool, zone: tzinfo) -> Piece:
    key = key_of(exchange)
    signature = signature_of(exchange.at, exchange.url, is_open)
    return Piece(key, lambda: _render(exchange, key, is_open, zone), signature)


def _render(exchange: Exchange, key: str, is_open: bool, zone: tzinfo) -> Element:
    failed = exchange.status is None or exchange.status >= _REFUSED
    expanded = "true" if is_open else "false"
    return div(".exchange")[
        button(".line", type="button", id=key, data_act="exchange", data_key=key, aria_expanded=expanded)[
            span(".at")[exchange.at.astimezone(zone).strftime("%H:%M:%S")],
            span(f".way.{exchange.peer}")[_way(exchange)],
            span(".method")[exchange.method],
            span(".path")[urlsplit(exchange.url).path, span(".subject")[_subject(exchange.request_body)]],
            span(".status.bad" if failed else ".status")[
                "no answer" if exchange.status is None else exchange.status
            ],
            span(".took")[f"{exchange.took_ms:.0f} ms"],
        ],
        is_open and _bodies(exchange),
    ]


def _way(exchange: Exchange) -> str:
    peer = _NAMES[exchange.peer]
    return f"bot → {peer}" if exchange.direction == "in" else f"{peer} → bot"


def _bodies(exchange: Exchange) -> Node:
    headers = "\n".join(f"{name}: {value}" for name, value in exchange.request_headers.items())
    parts = (
        ("Query", urlsplit(exchange.url).query),
        ("Headers", headers),
        ("Request", pretty(exchange.request_body)),
        ("Answer", pretty(exchange.response_body)),
    )
    return div(".bodies")[[[div(".name")[name], pre(tabindex="0")[body]] for name, body in parts if body]]


def _subject(body: str) -> str:
    """What the request is about, where one word says it: the command, the interaction, the event."""
    said = dict(parse_qsl(body)) if body[:1] not in "{[" else {"payload": body}
    try:
        payload = json.loads(said.get("payload", "{}"))
    except ValueError:
        payload = {}
    payload = payload if isinstance(payload, dict) else {}
    if "envelope_id" in payload:  # over a socket
        payload = said = payload["payload"]
    event = payload.get("event")
    kind = event.get("type") if isinstance(event, dict) else payload.get("type")
    return str(kind or said.get("command") or said.get("MessageStatus") or "")


def pretty(body: str) -> str:
    """Give back a body for reading: JSON indented, a form one field a line with JSON inside it indented."""
    return _indented(body) or _form(body) or body


def _indented(body: str) -> str | None:
    if not body.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return None


def _form(body: str) -> str | None:
    first = body.partition("=")[0]
    if "=" not in body or not first.replace("_", "").isalnum() or "\n" in body:
        return None
    fields = parse_qsl(body, keep_blank_values=True)
    return "\n".join(f"{name} = {_indented(value) or value}" for name, value in fields)
