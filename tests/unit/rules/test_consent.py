"""Who may be texted for what."""

import pytest

from bot.rules.consent import LeftOut, Standing, may_text
from storage.states import Kind, OptOutScope

ALL, PUB = OptOutScope.ALL, OptOutScope.MARKETING


@pytest.mark.parametrize(
    ("kind", "opted_out", "consent", "answer", "reason"),
    [
        (Kind.ALERT, None, False, None, "an alert needs no consent to marketing"),
        (Kind.ALERT, None, True, None, "nor does it mind"),
        (Kind.ALERT, PUB, False, None, "STOP PUB leaves alerts alone"),
        (Kind.ALERT, ALL, True, LeftOut.OPTED_OUT, "STOP is for everything"),
        (Kind.MARKETING, None, False, LeftOut.NO_CONSENT, "marketing needs consent"),
        (Kind.MARKETING, None, True, None, "and is allowed with it"),
        (Kind.MARKETING, PUB, True, LeftOut.OPTED_OUT_MARKETING, "an opt-out is stronger than consent"),
        (Kind.MARKETING, PUB, False, LeftOut.OPTED_OUT_MARKETING, "and the better reason"),
        (Kind.MARKETING, ALL, True, LeftOut.OPTED_OUT, "STOP is for everything"),
    ],
)
def test_a_number_may_get_a_kind_of_text(
    kind: Kind, opted_out: OptOutScope | None, consent: bool, answer: LeftOut | None, reason: str
) -> None:
    assert may_text(kind, Standing(opted_out, consent)) is answer, reason


def test_nothing_on_record_means_alerts_only() -> None:
    assert may_text(Kind.ALERT, Standing()) is None
    assert may_text(Kind.MARKETING, Standing()) is LeftOut.NO_CONSENT
