"""Whether what a coach typed may be sent, at the borders that the club has set."""

import pytest

from bot.campaigns.check import Checked, TooManySegments, check
from bot.campaigns.prepare import Refusals, refuse_too_long
from bot.campaigns.values import Fields
from bot.campaigns.weights import weighed
from bot.data import load_countries, load_shorteners
from bot.rules.audience import Shared
from bot.rules.text import MAX_SEGMENTS_EVER
from storage.states import AudienceWay
from tests import factories as f

COUNTRIES, SHORTENERS = load_countries(), load_shorteners()
LIMITS = range(1, MAX_SEGMENTS_EVER + 1)
# A text that fills a segment alone, one that fills each of several, and what is more by the least.
FILLS = [
    ("a" * 160, "a" * 153, "a"),
    ("ê" * 70, "ê" * 67, "ê"),
    ("€" * 80, "€" * 76, "€"),
    ("🎉" * 35, "🎉" * 33, "🎉"),
    ("Hé,\r\n" * 39 + "Hé !", "Hé,\r\n" * 38 + "é", "a"),
]


def checked(body: str, limit: int) -> Checked | list[TooManySegments]:
    club = f.club(max_segments=limit)
    fields = Fields(audience=AudienceWay.EVERYONE, message=body, sender=f.SHORT_CODE)
    return check(  # type: ignore[return-value]  # nothing else can be wrong with it
        fields,
        club=club,
        country=COUNTRIES[club.country],
        club_senders=[f.sender(club)],
        merge_fields=("first_name",),
        shorteners=SHORTENERS,
        pages="https://club.fr/m/",
        now=f.NOW,
    )


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(("alone", "joined", "more"), FILLS, ids=["letters", "ê", "€", "emoji", "lines"])
def test_a_text_that_fills_what_the_club_allows_is_sent_and_one_more_is_refused(
    alone: str, joined: str, more: str, limit: int
) -> None:
    full = alone if limit == 1 else joined * limit
    accepted = checked(full, limit)
    assert isinstance(accepted, Checked), accepted
    assert "\r" not in accepted.body, "what is stored is what is counted and sent"
    refused = checked(full + more, limit)
    assert isinstance(refused, list)
    assert [(type(one), one.values) for one in refused] == [
        (TooManySegments, {"segments": limit + 1, "limit": limit})
    ]


@pytest.mark.parametrize("limit", LIMITS)
def test_the_text_of_each_after_merge_may_be_as_long_as_the_club_allows(limit: int) -> None:
    size = 160 if limit == 1 else 153 * limit
    names = {"first_name": "Jo"}, {"first_name": "Léa"}
    everybody = [
        Shared(e164=f.number(n), for_ids=(), owner_ids=(), values=values) for n, values in enumerate(names)
    ]
    refuse_too_long(weighed("{first_name}" + "a" * (size - 3), everybody), limit)
    with pytest.raises(Refusals, match=f"takes {limit + 1} SMS"):
        refuse_too_long(weighed("{first_name}" + "a" * (size - 2), everybody), limit)
