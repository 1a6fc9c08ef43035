"""Links in a text, and the short ones that operators do not carry."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

# What domain names take for a dot, beside the one that NFKC makes plain: https://www.unicode.org/reports/tr46/#Notation
_DOTS = re.compile("[\u3002\uff61]")
# How a dot is hidden from machines that people still read: bit[.]ly, bit (dot) ly, bit{point}ly.
_HIDDEN_DOT = re.compile(r"\s*[\[({<]\s*(?:\.|dot|point)\s*[\])}>]\s*", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_USER = re.compile(r"(?<=//)[^\s/?#@]*@")
# Labels of letters, digits and inner hyphens, the last one of letters; what stands after an @ is an address.
_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:xn--[\w-]+|[^\W\d_]{2,63})"
_IS_HOST = re.compile(_HOST)
# With its path, in which nothing is a host.
_LINK = re.compile(rf"(?<![^\W_])(?<!@)({_HOST})(?![^\W_])(?:\.?(?::\d+)?[/?#]\S*)?")


@dataclass(frozen=True, slots=True)
class Shorteners:
    """The hosts that make short links: those that are refused, and those that only deserve a word."""

    refused: frozenset[str]
    warned: frozenset[str]


@dataclass(frozen=True, slots=True)
class ShortLinks:
    """The shorteners found in a text, each once by first appearance."""

    refused: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


def short_links(body: str, shorteners: Shorteners, allowed: Collection[str] = ()) -> ShortLinks:
    """The shorteners of the text; a host that the club allows, or that is below one, is none.

    Of a host and the hosts above it the one that says most decides: `maps.app.goo.gl` is not `goo.gl`.
    """
    known = shorteners.refused | shorteners.warned
    hosts = (_first(host, known) for host in hosts_in(body) if not _first(host, allowed))
    found = dict.fromkeys(host for host in hosts if host)
    return ShortLinks(
        refused=tuple(host for host in found if host in shorteners.refused),
        warned=tuple(host for host in found if host in shorteners.warned),
    )


def hosts_in(body: str) -> Iterator[str]:
    """The hosts of the text as a phone would open them: in lower case, without user and port, and not disguised."""
    return (match[1].lower() for match in _LINK.finditer(_undisguised(body)))


def is_host(written: str) -> bool:
    """Whether this is a host's name and nothing else."""
    return bool(_IS_HOST.fullmatch(written))


def _undisguised(body: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", body))
    return unquote(_USER.sub("", _HIDDEN_DOT.sub(".", _DOTS.sub(".", plain))))


def _first(host: str, listed: Collection[str]) -> str | None:
    """The host, else the nearest one above it, that is listed."""
    labels = host.split(".")
    parents = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((parent for parent in parents if parent in listed), None)
