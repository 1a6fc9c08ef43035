"""What is kept of an erased number: a keyed hash, which tells the number again to whoever has both, and nothing else."""

import hmac
from hashlib import sha256
from uuid import UUID

_USE = b"touchline: numbers that were erased"


def digest_of(secret: str, club_id: UUID, e164: str) -> str:
    """What the number hashes to for this club; another one for every other key or club."""
    key = hmac.digest(secret.encode(), _USE, sha256)
    return hmac.new(key, f"{club_id} {e164}".encode(), sha256).hexdigest()
