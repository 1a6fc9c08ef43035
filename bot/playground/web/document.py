"""The page itself: the panels, empty, for the socket to fill."""

from htpy import (
    Element,
    Node,
    body,
    button,
    div,
    h1,
    head,
    html,
    link,
    main,
    meta,
    nav,
    output,
    script,
    section,
    span,
    title,
)

# A whistle's ring in the page's green, inside the page, so that nothing is asked for it.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='8' fill='%230b6b4f'/%3E"
    "%3Cpath d='M7 21V11h18v10M16 11v10' fill='none' stroke='%23fff' stroke-width='2.5'/%3E"
    "%3Ccircle cx='16' cy='16' r='3.2' fill='%230b6b4f' stroke='%23fff' stroke-width='2.5'/%3E%3C/svg%3E"
)
_TABS = (("sidebar", "Menu", "☰"), ("place", "Chat", "#"), ("phones", "Phones", "▯"), ("log", "Log", "⇅"))


def page(name: str, debounce_ms: int) -> Element:
    """Draw the document."""
    return html(lang="en")[
        head[
            meta(charset="utf-8"),
            meta(name="viewport", content="width=device-width, initial-scale=1"),
            title[f"{name} · Playground"],
            link(rel="icon", href=_ICON),
            link(rel="stylesheet", href="/static/page.css"),
            script(type="module", src="/static/page.js"),
        ],
        body(data_pane="place", data_debounce=str(debounce_ms))[
            main(".shell")[
                h1(".unseen")[f"{name} playground"],
                section(".sidebar", id="sidebar", aria_label="Workspace"),
                div(".workspace")[div(".main", id="place"), div(".side", id="thread")],
                section(".phones", id="phones", aria_label="Phones"),
                _log(),
                _tabs(),
            ],
            div(id="modals"),
            output(".offline", id="offline", hidden=True)["Connection lost. Trying again…"],
        ],
    ]


def _log() -> Node:
    return section(".log", aria_label="Protocol log")[
        button(
            ".log-toggle",
            type="button",
            id="log-toggle",
            data_act="log",
            aria_expanded="false",
            aria_controls="exchanges",
        )[span(".arrow", aria_hidden="true")["▸"], "Protocol log ", span(id="log-count")],
        div(".exchanges", id="exchanges", tabindex="-1", hidden=True),
    ]


def _tabs() -> Node:
    return nav(".panes", aria_label="Panels")[
        [
            button(type="button", data_to_pane=pane)[span(aria_hidden="true")[sign], words]
            for pane, words, sign in _TABS
        ]
    ]
