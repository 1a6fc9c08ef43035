"""What stands before an answer's body: the status, the fields, and how long the body is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: [^\r\n\0]*)?")
# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 : a token; values hold no line ends and no NUL.
HEADER = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n\0]*)")
LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
BODILESS = frozenset({204, 304})


class Malformed(Exception):
    """These bytes are no answer of HTTP/1.1, or one that is too long."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the body."""

    status: int
    headers: Mapping[str, str]
    is_newest_version: bool
    length: int | None
    is_chunked: bool

    @property
    def leaves_open(self) -> bool:
        """Whether the server will take another request on this connection."""
        has_end = self.length is not None or self.is_chunked
        return self.is_newest_version and has_end and "close" not in _words(self.headers.get("connection"))


def parse_head(lines: bytes) -> Head:
    """The head in these lines; raises `Malformed`."""
    first, *rest = lines.split(b"\r\n")
    status_line = STATUS_LINE.fullmatch(first)
    if status_line is None:
        raise Malformed("status line")
    headers: dict[str, str] = {}
    for line in rest:
        name, value = _header(line)
        if name in headers and name in ("content-length", "transfer-encoding"):
            raise Malformed(f"{name} twice")
        headers[name] = _together(name, headers.get(name), value)
    status = int(status_line[2])
    is_newest_version = status_line[1] == b"1"
    length, is_chunked = _extent(status, headers, is_newest_version)
    return Head(status, headers, is_newest_version, length, is_chunked)


def _header(line: bytes) -> tuple[str, str]:
    header = HEADER.fullmatch(line)
    if header is None:
        raise Malformed("header")
    return header[1].decode("ascii").lower(), header[2].rstrip(b" \t").decode("latin-1")


def _together(name: str, first: str | None, value: str) -> str:
    if first is None:
        return value
    return f"{first}, {value}" if name == "connection" else first


def _extent(status: int, headers: Mapping[str, str], is_newest_version: bool) -> tuple[int | None, bool]:
    """How long the body is, and whether it comes in chunks; neither when only the connection's end ends it."""
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    # https://www.rfc-editor.org/rfc/rfc9112#section-6.3 : both at once is how one answer is passed off as two.
    if coding is not None and (length is not None or coding.lower() != "chunked" or not is_newest_version):
        raise Malformed("transfer-encoding")
    if length is not None and LENGTH.fullmatch(length) is None:
        raise Malformed("content-length")
    if status < 200 or status in BODILESS:
        return 0, False
    return (int(length) if length is not None else None), coding is not None


def _words(value: str | None) -> list[str]:
    return [word.strip().lower() for word in value.split(",")] if value else []
