"""Webhooks that the carrier never sent: forged, re-cut, or replayed with other fields. Pure; `doors.py` posts them.

Twilio's signature joins names and values without separators and knows neither time nor sender, so the same signature
fits other fields: the borders between names and values can be moved.
"""

import base64
import hmac
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from random import Random
from urllib.parse import urlencode

from bot.playground.carrier.webhooks import sign

FieldList = tuple[tuple[str, str], ...]
READ = {
    "status": frozenset(
        {"MessageSid", "SmsSid", "MessageStatus", "SmsStatus", "ErrorCode", "To", "AccountSid"}
    ),
    "inbound": frozenset(
        {"MessageSid", "SmsSid", "Body", "From", "To", "AccountSid", "NumSegments", "OptOutType"}
    ),
}
"""The fields on which something depends; a border between two others may lie anywhere."""
STATUSES = ("sent", "delivered", "undelivered", "failed", "queued")
HEX = "0123456789abcdef"
PORT = re.compile(r":[0-9]+/")


@dataclass(frozen=True, slots=True)
class Webhook:
    """One signed POST: `url` is what was signed, `path` where it is posted, which in a genuine one is the same."""

    kind: str
    url: str
    path: str
    fields: FieldList
    signature: str | None
    how: str = "genuine"

    @property
    def body(self) -> str:
        """The form as it is posted."""
        return urlencode(self.fields)


def genuine(kind: str, token: str, public_url: str, path: str, fields: Mapping[str, str]) -> Webhook:
    """A webhook as the carrier sends it."""
    url = public_url + path
    return Webhook(kind, url, path, tuple(fields.items()), sign(token, url, fields))


def forged(webhook: Webhook, token: str, dice: Random) -> Iterator[Webhook]:
    """One forgery of each kind, each with its own chance."""
    for how, make in FORGERIES.items():
        made = make(webhook, token, dice)
        if made is not None and (made.signature, made.path, made.fields) != (
            webhook.signature,
            webhook.path,
            webhook.fields,
        ):
            yield replace(made, how=how)


def many(webhooks: Sequence[Webhook], token: str, dice: Random, number: int) -> Iterator[Webhook]:
    """So many forgeries, of every webhook and kind in turn."""
    endless = (one for webhook in cycle(webhooks) for one in forged(webhook, token, dice))
    return islice(endless, number)


def recut(webhook: Webhook, dice: Random) -> Webhook | None:
    """The same signature over other fields: the borders between a few neighbouring names and values are moved."""
    fields = tuple(sorted(webhook.fields))
    for _ in range(200):
        taken = dice.randint(1, 3)
        n = dice.randrange(len(fields) - taken + 1)
        if not {name for name, _ in fields[n : n + taken]} & READ[webhook.kind]:
            continue
        made = _cut("".join(name + value for name, value in fields[n : n + taken]), dice)
        others = (*fields[:n], *made, *fields[n + taken :])
        read = READ[webhook.kind]
        is_other = _of(read, others) != _of(read, fields) and all(name for name, _ in others)
        if is_other and _joined(others) == _joined(fields):
            return replace(webhook, fields=others)
    return None


def _cut(joined: str, dice: Random) -> FieldList:
    """One to three fields that read the same when they are joined."""
    cuts = sorted(dice.randint(0, len(joined)) for _ in range(dice.choice([1, 3, 5])))
    parts = [joined[start:end] for start, end in zip([0, *cuts], [*cuts, len(joined)], strict=True)]
    return tuple(zip(parts[::2], parts[1::2], strict=True))


def _cut_body(webhook: Webhook, dice: Random) -> Webhook | None:
    """A member's own words become a field of their own, so that others remain."""
    fields = dict(webhook.fields)
    whole = fields.get("Body", "")
    starts = [n for n in range(len(whole)) if "Body" < whole[n:] < "From"]
    if not starts:
        return None
    start = dice.choice(starts)
    end = dice.randint(start + 1, len(whole))
    made = tuple((fields | {"Body": whole[:start], whole[start:end]: whole[end:]}).items())
    return replace(webhook, fields=made) if _joined(made) == _joined(webhook.fields) else None


def _of(names: Collection[str], fields: FieldList) -> FieldList:
    return tuple(field for field in fields if field[0] in names)


def _joined(fields: FieldList) -> str:
    return "".join(name + value for name, value in sorted(fields))


def _other_value(webhook: Webhook, dice: Random) -> FieldList:
    n = dice.randrange(len(webhook.fields))
    name, value = webhook.fields[n]
    if name in ("MessageStatus", "SmsStatus"):
        changed = dice.choice([status for status in STATUSES if status != value])
    elif name.endswith("Sid"):
        changed = value[:2] + "".join(dice.choice(HEX) for _ in value[2:])
    else:
        changed = value + dice.choice("0a ")
    return (*webhook.fields[:n], (name, changed), *webhook.fields[n + 1 :])


def _without_one(webhook: Webhook, dice: Random) -> FieldList:
    n = dice.randrange(len(webhook.fields))
    return webhook.fields[:n] + webhook.fields[n + 1 :]


def _bent(signature: str, dice: Random) -> str:
    n = dice.randrange(len(signature) - 2)
    return signature[:n] + dice.choice([c for c in "ABCxyz019+/" if c != signature[n]]) + signature[n + 1 :]


def _signed_for(webhook: Webhook, token: str, url: str) -> Webhook:
    return replace(webhook, signature=sign(token, url, dict(webhook.fields)))


def _other_account(webhook: Webhook, token: str, dice: Random) -> Webhook:
    """Another customer of the same carrier, who signs rightly with a token of their own."""
    other = "AC" + "".join(dice.choice(HEX) for _ in range(32))
    fields = {name: other if name == "AccountSid" else value for name, value in webhook.fields}
    own = dice.choice([token, "the other customer's token"])
    return replace(webhook, fields=tuple(fields.items()), signature=sign(own, webhook.url, fields))


def _other_digest(webhook: Webhook, token: str, _dice: Random) -> Webhook:
    text = webhook.url + _joined(webhook.fields)
    digest = base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha256")).decode()
    return replace(webhook, signature=digest)


def _hex_digest(webhook: Webhook, token: str, _dice: Random) -> Webhook:
    return replace(webhook, signature=base64.b64decode(webhook.signature or "").hex())


def _other_path(webhook: Webhook, _token: str, dice: Random) -> Webhook:
    """A genuine receipt, posted as that of another message or another attempt."""
    n = dice.randrange(len(webhook.path) - 1) + 1
    swap = dice.choice([c for c in "0123456789abcdef" if c != webhook.path[n]])
    return replace(webhook, path=webhook.path[:n] + swap + webhook.path[n + 1 :])


Forgery = Callable[[Webhook, str, Random], Webhook | None]
FORGERIES: Mapping[str, Forgery] = {
    "no signature": lambda w, t, d: replace(w, signature=None),
    "an empty signature": lambda w, t, d: replace(w, signature=""),
    "a bent signature": lambda w, t, d: replace(w, signature=_bent(w.signature or "", d)),
    "a signature cut short": lambda w, t, d: replace(w, signature=(w.signature or "")[: d.randint(1, 27)]),
    "another token": lambda w, t, d: _signed_for(w, t + d.choice("abc"), w.url),
    "another digest": _other_digest,
    "a digest written otherwise": _hex_digest,
    "another host": lambda w, t, d: _signed_for(w, t, w.url.replace("127.0.0.1", "127.0.0.2")),
    "another scheme": lambda w, t, d: _signed_for(w, t, w.url.replace("http://", "https://")),
    "another port": lambda w, t, d: _signed_for(w, t, PORT.sub(f":{d.randint(1024, 9999)}/", w.url)),
    "another path": _other_path,
    "a longer path": lambda w, t, d: replace(
        w, path=w.path + d.choice(["&a=1" if "?" in w.path else "?a=1", "%20"])
    ),
    "another value": lambda w, t, d: replace(w, fields=_other_value(w, d)),
    "a field less": lambda w, t, d: replace(w, fields=_without_one(w, d)),
    "a field more": lambda w, t, d: replace(w, fields=(*w.fields, (f"Extra{d.randrange(99)}", "1"))),
    "a field twice": lambda w, t, d: replace(w, fields=(*w.fields, (w.fields[0][0], "again"))),
    "the same field twice": lambda w, t, d: replace(w, fields=(*w.fields, d.choice(w.fields))),
    "another account": _other_account,
    "re-cut": lambda w, t, d: recut(w, d),
    "re-cut once more": lambda w, t, d: recut(w, d),
    "re-cut in the text": lambda w, t, d: _cut_body(w, d),
}
