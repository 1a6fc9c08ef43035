"""What is kept of an erased number."""

from uuid import UUID

from bot.rules.erasure import digest_of, digests_of

CLUB, OTHER = UUID(int=1), UUID(int=2)


def test_the_same_number_is_known_again_by_the_same_key_and_club_alone() -> None:
    digest = digest_of("k" * 32, CLUB, "+33612345678")
    assert digest == digest_of("k" * 32, CLUB, "+33612345678")
    others = {
        digest_of("l" * 32, CLUB, "+33612345678"),
        digest_of("k" * 32, OTHER, "+33612345678"),
        digest_of("k" * 32, CLUB, "+33612345679"),
    }
    assert digest not in others
    assert len(others) == 3
    assert "12345678" not in digest


def test_many_numbers_hash_as_each_does_alone() -> None:
    numbers = ["+33612345678", "+33612345679"]
    assert list(digests_of("k" * 32, CLUB, numbers)) == [
        (digest_of("k" * 32, CLUB, one), one) for one in numbers
    ]
