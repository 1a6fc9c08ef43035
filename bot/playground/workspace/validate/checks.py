"""Small checks that are put together to describe blocks and elements."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing Slack would refuse, and where it stands."""

    message: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Check = Callable[[Any, str], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object."""

    check: Check
    is_required: bool = False


def required(check: Check) -> Field:
    """A field that must be there."""
    return Field(check, is_required=True)


def string(most: int, least: int = 0) -> Check:
    """Text of a length."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("must be a string", at)
        elif len(value) < least:
            yield Problem(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            yield Problem(f"must be less than {most + 1} characters", at)

    return check


def pattern(expression: str, words: str) -> Check:
    """Text of a form."""
    compiled = re.compile(expression)

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            yield Problem(words, at)

    return check


def integer(least: int, most: int) -> Check:
    """A whole number between two."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem("must be an integer", at)
        elif value < least:
            yield Problem(f"must be greater than {least - 1}", at)
        elif value > most:
            yield Problem(f"must be less than {most + 1}", at)

    return check


def boolean(value: Any, at: str) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield Problem("must be a boolean", at)


def anything(value: Any, at: str) -> Iterator[Problem]:
    """Whatever it is, it is not looked at."""
    yield from ()


def one_of(*words: str) -> Check:
    """One of some words."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if value not in words:
            yield Problem(f"must be one of: {', '.join(words)}", at)

    return check


def many(each: Check, most: int, least: int = 1) -> Check:
    """A list, each item checked."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("must be an array", at)
            return
        if len(value) < least:
            yield Problem(f"no less than {least} items allowed", at)
        if len(value) > most:
            yield Problem(f"no more than {most} items allowed", at)
        for index, item in enumerate(value):
            yield from each(item, f"{at}/{index}")

    return check


def exactly(fields: Mapping[str, Field]) -> Check:
    """An object of these fields and no others."""
    return _object(fields, is_closed=True)


def at_least(fields: Mapping[str, Field]) -> Check:
    """An object of these fields, and maybe others that are not looked at."""
    return _object(fields, is_closed=False)


def by_type(checks: Mapping[str, Check], words: str = "unsupported type") -> Check:
    """An object that is checked by what its `type` says."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must be an object", at)
        elif "type" not in value:
            yield Problem("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in checks:
            yield Problem(f"{words}: {value['type']}", f"{at}/type")
        else:
            yield from checks[value["type"]](value, at)

    return check


def _object(fields: Mapping[str, Field], *, is_closed: bool) -> Check:
    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must be an object", at)
            return
        for name, field in fields.items():
            if value.get(name) is not None:
                yield from field.check(value[name], f"{at}/{name}")
            elif field.is_required:
                yield Problem(f"missing required field: {name}", at)
        for name in sorted(value.keys() - fields.keys()) if is_closed else ():
            yield Problem(f"invalid additional property: {name}", at)

    return check
