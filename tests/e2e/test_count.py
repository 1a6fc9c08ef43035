"""`touchline count`: what a text weighs, as JSON."""

import json
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.e2e.process import run


def weighed(encoding: str, units: int, segments: int, *costly: str) -> dict[str, object]:
    return {"encoding": encoding, "units": units, "segments": segments, "costly": list(costly)}


CASES = [
    ("", weighed("GSM-7", 0, 0), "nothing weighs nothing"),
    ("è", weighed("GSM-7", 1, 1), "a letter of the basic table"),
    ("ê", weighed("UCS-2", 1, 1, "ê"), "a letter of no table"),
    ("€", weighed("GSM-7", 2, 1), "a letter of the extension table"),
    (unicodedata.normalize("NFD", "é"), weighed("GSM-7", 1, 1), "composed before it is counted"),
    ("a" * 160, weighed("GSM-7", 160, 1), "one full SMS"),
    ("a" * 161, weighed("GSM-7", 161, 2), "one more"),
    ("ê" * 70, weighed("UCS-2", 70, 1, "ê"), "one full SMS of the dear kind"),
    ("ê" * 71, weighed("UCS-2", 71, 2, "ê"), "one more"),
    ("œ, ç, œ", weighed("UCS-2", 7, 1, "œ", "ç"), "in order of first appearance, each once"),
    ("two\nlines\n", weighed("GSM-7", 10, 1), "inside JSON a newline at the end counts"),
]


async def test_with_lines_it_weighs_one_text_a_line() -> None:
    typed = "\n".join(json.dumps(text) for text, _, _ in CASES)
    code, out, err = await run("count", "--lines", typed=typed.encode())
    assert code == 0, err
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines == [expected for _, expected, _ in CASES]


@pytest.mark.parametrize(
    ("typed", "expected", "because"),
    [
        ("è\n", weighed("GSM-7", 1, 1), "one newline at the end is the terminal's"),
        ("è\n\n", weighed("GSM-7", 2, 1), "the second is the text's"),
        ("", weighed("GSM-7", 0, 0), "nothing at all"),
    ],
)
async def test_without_lines_the_whole_input_is_one_text(
    typed: str, expected: dict[str, object], because: str
) -> None:
    code, out, err = await run("count", typed=typed.encode())
    assert (code, json.loads(out)) == (0, expected), (because, err)


async def test_the_installed_command_is_the_same() -> None:
    import asyncio

    command = Path(sys.executable).with_name("touchline")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(command, "count", stdin=pipe, stdout=pipe)
    out, _ = await process.communicate("€".encode())
    assert json.loads(out) == weighed("GSM-7", 2, 1)
