"""What is kept of an erased number: a keyed hash, which tells the number again to whoever has both, and nothing else."""

import hmac
from collections.abc import Iterable, Iterator
from uuid import UUID

_USE = b"touchline: numbers that were erased"


def digest_of(secret: str, club_id: UUID, e164: str) -> str:
    """What the number hashes to for this club; another one for every other key or club."""
    return next(digests_of(secret, club_id, [e164]))[0]


def digests_of(secret: str, club_id: UUID, numbers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What each number hashes to, and the number."""
    key = hmac.digest(secret.encode(), _USE, "sha256")
    for e164 in numbers:
        yield hmac.digest(key, f"{club_id} {e164}".encode(), "sha256").hex(), e164
