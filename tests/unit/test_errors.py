"""Errors as sentences."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import bot
import commands
from bot.errors import BotError
from bot.i18n import load_catalogues


class Wide(BotError):
    """The first paragraph with {name}
    over two lines.

    Never this one.
    """


def every_error() -> list[type[BotError]]:
    for package in (bot, commands):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return [error for error in _below(BotError) if error.__module__.startswith(("bot.", "commands."))]


def _below(error: type[BotError]) -> Iterator[type[BotError]]:
    for child in error.__subclasses__():
        yield child
        yield from _below(child)


def test_the_sentence_is_the_first_paragraph_of_the_docstring_on_one_line() -> None:
    assert Wide.sentence() == "The first paragraph with {name} over two lines."
    assert str(Wide(name="Léa")) == "The first paragraph with Léa over two lines."


def test_a_value_that_is_missing_stays_a_placeholder_and_fails_nobody() -> None:
    assert str(Wide()) == "The first paragraph with {name} over two lines."


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
def test_every_error_has_a_sentence_of_its_own(error: type[BotError]) -> None:
    assert error.__doc__, error
    assert error.sentence() != BotError.sentence()


@pytest.mark.parametrize(
    "error", [one for one in every_error() if one.field is not None], ids=lambda error: error.__name__
)
def test_what_stands_under_a_field_is_translated(error: type[BotError]) -> None:
    french = load_catalogues()["fr"].catalogue
    assert french.gettext(error.sentence()) != error.sentence() or error.__name__ in {"Refused"}
