"""The signature with which Twilio proves that a webhook is its own."""

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import SplitResult, urlsplit

Params = Sequence[tuple[str, str]] | Mapping[str, str]

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_signed(token: str, url: str, params: Params, signature: str | None) -> bool:
    """Whether the signature is that of this account for this request; False without a signature.

    `url` is the one Twilio was given, `params` every posted field with blank values kept and nothing trimmed.
    """
    if not signature:
        return False
    given = _bytes(signature)
    posted = _posted(params)
    return any(hmac.compare_digest(_sign(token, spelling, posted), given) for spelling in _spellings(url))


def sign(token: str, url: str, params: Params) -> str:
    """The signature of exactly this URL with these fields."""
    return _sign(token, url, _posted(params)).decode()


def _sign(token: str, url: str, posted: str) -> bytes:
    # https://www.twilio.com/docs/usage/webhooks/webhooks-security : HMAC-SHA1 over the URL and the sorted fields.
    return base64.b64encode(hmac.digest(token.encode(), _bytes(url + posted), "sha1"))


def _bytes(text: str) -> bytes:
    # Bytes that are no UTF-8 reach us as lone surrogates: a forgery to refuse, not an error.
    return text.encode("utf-8", "surrogatepass")


def _posted(params: Params) -> str:
    fields: Iterable[tuple[str, str]] = params.items() if isinstance(params, Mapping) else params
    return "".join(name + value for name, value in sorted(set(fields)))


def _spellings(url: str) -> Iterable[str]:
    """The URL as given, then with and without its port and fragment: Twilio's side is not consistent there."""
    yield url
    parts = urlsplit(url)._replace(fragment="")
    for netloc in dict.fromkeys((parts.netloc, _without_port(parts), _with_port(parts))):
        spelling = parts._replace(netloc=netloc).geturl()
        if spelling != url:
            yield spelling


def _without_port(parts: SplitResult) -> str:
    host, colon, port = parts.netloc.rpartition(":")
    return host if colon and port.isdigit() else parts.netloc


def _with_port(parts: SplitResult) -> str:
    default = DEFAULT_PORTS.get(parts.scheme)
    return parts.netloc if parts.port or default is None else f"{parts.netloc}:{default}"
