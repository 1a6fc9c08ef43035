"""Whether `touchline` would take what a file or a page tells people to type."""

import typer
from typer.main import get_command

from bot.cli import app


def refuse_unknown(words: list[str]) -> None:
    """Raises when `touchline` has no such command, or it has no such option."""
    group = get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    with group.make_context("touchline", list(words)) as context:
        _, command, rest = group.resolve_command(context, list(words))
        assert command is not None, words
        command.make_context(command.name, rest, parent=context)
