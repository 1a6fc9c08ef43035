"""Only what differs is sent to the page, and what lives inside a piece drawn anew is sent again."""

from htpy import div

from bot.playground.web.patches import Canvas, Piece


def piece(key: str, words: str, **more: object) -> Piece:
    return Piece(key, lambda: div[words], **more)  # type: ignore[arg-type]


def test_a_list_is_sent_whole_at_first_then_only_its_changes() -> None:
    canvas = Canvas()
    assert canvas.patch("list", [piece("a", "1"), piece("b", "2")]) == {
        "op": "list",
        "target": "list",
        "keys": ["a", "b"],
        "html": {"a": "<div>1</div>", "b": "<div>2</div>"},
    }
    assert canvas.patch("list", [piece("a", "1"), piece("b", "2")]) is None
    changed = canvas.patch("list", [piece("a", "1"), piece("b", "3")])
    assert changed is not None
    assert changed["html"] == {"b": "<div>3</div>"}


def test_an_empty_list_is_sent_once_so_that_the_page_empties_its_own() -> None:
    canvas = Canvas()
    assert canvas.patch("list", []) is not None
    assert canvas.patch("list", []) is None


def test_a_new_order_is_sent_without_drawing_again() -> None:
    canvas = Canvas()
    canvas.patch("list", [piece("a", "1"), piece("b", "2")])
    moved = canvas.patch("list", [piece("b", "2"), piece("a", "1")])
    assert moved is not None
    assert (moved["keys"], moved["html"]) == (["b", "a"], {})


def test_a_piece_with_an_equal_signature_is_not_drawn() -> None:
    canvas = Canvas()
    canvas.patch("list", [piece("a", "1", signature="s")])
    assert canvas.patch("list", [piece("a", "other", signature="s")]) is None
    assert canvas.patch("list", [piece("a", "other", signature="t")]) is not None


def test_lists_inside_a_piece_drawn_anew_are_sent_again() -> None:
    canvas = Canvas()
    canvas.patch("frame", [piece("f", "", signature="1", holds=("inner",))])
    canvas.patch("inner", [piece("a", "1")])
    assert canvas.patch("inner", [piece("a", "1")]) is None
    canvas.patch("frame", [piece("f", "", signature="2", holds=("inner",))])
    assert canvas.patch("inner", [piece("a", "1")]) is not None
