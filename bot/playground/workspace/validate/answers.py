"""What the client checks in a form before it is submitted, and what it can use of the errors it is answered with."""

import re
from collections.abc import Iterator
from typing import Any

from bot.playground.workspace.files import MOST_INPUT_BYTES
from bot.playground.workspace.forms import Form

Json = dict[str, Any]

# Slack's client shows these words; second-hand, from screenshots in issues.
REQUIRED = "Please complete this required field."

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")


def errors_in_fields(blocks: list[Json], form: Form) -> dict[str, str]:
    """Per block_id, why the client would not submit the form yet."""
    return {
        block["block_id"]: error
        for block in blocks
        if block["type"] == "input"
        for error in _errors_in(block, form.value(block["block_id"], block["element"]["action_id"]))
    }


def problems_in_errors(blocks: list[Json], errors: Any) -> list[str]:
    """Why the client cannot show these errors: each must be words for an input block of the view."""
    if not isinstance(errors, dict) or not errors:
        return ["errors must be an object that is not empty"]
    inputs = {block["block_id"] for block in blocks if block["type"] == "input"}
    return [
        f"{block_id!r} is no input block with words"
        for block_id, words in errors.items()
        if block_id not in inputs or not isinstance(words, str) or not words
    ]


def _errors_in(block: Json, value: Any) -> Iterator[str]:
    element = block["element"]
    if value is None or value == []:
        if not block["optional"]:
            yield REQUIRED
    elif isinstance(value, str):
        yield from _errors_in_text(element, value)
    elif element["type"] == "file_input":
        yield from _errors_in_files(element, value)
    elif isinstance(value, list) and len(value) > element.get("max_selected_items", len(value)):
        yield f"Select no more than {element['max_selected_items']}."


def _errors_in_files(element: Json, files: list[Json]) -> Iterator[str]:
    most, kinds = element.get("max_files", 10), element.get("filetypes")
    if len(files) > most:
        yield f"Choose no more than {most}."
    elif any(file["size"] > MOST_INPUT_BYTES for file in files):
        yield "Files may have 10 MB at most."
    elif kinds and any(file["filetype"] not in kinds for file in files):
        yield f"Choose a file of these kinds: {', '.join(kinds)}."


def _errors_in_text(element: Json, text: str) -> Iterator[str]:
    if len(text) < element.get("min_length", 0):
        yield f"Enter at least {element['min_length']} characters."
    elif len(text) > element.get("max_length", 3000):
        yield f"Enter at most {element.get('max_length', 3000)} characters."
    elif element["type"] == "email_text_input" and not _EMAIL.fullmatch(text):
        yield "Enter a valid email address."
    elif element["type"] == "url_text_input" and not _URL.fullmatch(text):
        yield "Enter a valid URL."
    elif element["type"] == "number_input":
        yield from _errors_in_number(element, text)


def _errors_in_number(element: Json, text: str) -> Iterator[str]:
    try:
        number = float(text)
    except ValueError:
        yield "Enter a valid number."
        return
    if not element["is_decimal_allowed"] and not number.is_integer():
        yield "Enter a whole number."
    elif "min_value" in element and number < float(element["min_value"]):
        yield f"Enter a number of at least {element['min_value']}."
    elif "max_value" in element and number > float(element["max_value"]):
        yield f"Enter a number of at most {element['max_value']}."
