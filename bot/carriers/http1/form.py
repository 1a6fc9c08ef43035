"""Forms as they are posted, as `urllib.parse.urlencode` writes them but in a fraction of its time."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote_plus

QUOTED = tuple(quote_plus(bytes([byte])) for byte in range(256))


def encode(form: Mapping[str, str]) -> bytes:
    """The fields as `application/x-www-form-urlencoded`."""
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in form.items()]).encode("ascii")


@lru_cache(maxsize=1024)  # most of a form stands in the next one too
def _quoted(text: str) -> str:
    return "".join([QUOTED[byte] for byte in text.encode()])
