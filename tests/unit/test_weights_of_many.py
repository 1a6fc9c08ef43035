"""What is found out for many at once is what is found out for each alone."""

from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.weights import Cheaper, cheaper, weighed, writer
from bot.rules import template, text
from bot.rules.audience import Recipient, Shared
from bot.rules.clause import NONE, Clause
from bot.rules.spelling import cheap
from tests import factories as f

CLAUSES = (NONE, Clause("STOP 36123", {"en": "STOP to 36123", "pl": "STOP na 36123, żeby", "xx": ""}))
names = st.sampled_from(
    [
        "Tom",
        "Léa",
        "Zoë",
        "Noël",
        "Ève-Line",
        "",
        " ",
        "D’Arc",
        "\U0001f389",
        "a€",
        "2027-03-27",
        "12.50",
        "\u0301",
        "e\u0301",
    ]
)
languages = st.sampled_from(["", "fr", "en-GB", "pl", "xx", "Deutsch"])
values = st.fixed_dictionaries({"first_name": names}, optional={"last_name": names, "language": languages})
pieces = st.sampled_from(
    [
        "{first_name}",
        "{last_name|œuvre}",
        "{last_name}",
        "Salut ",
        "l’été…",
        "\u0301",
        "\u200b\u0301",
        " ",
        "\n",
        "\U0001f389",
        "€",
    ]
) | st.builds(str.__mul__, st.sampled_from("aêœ "), st.integers(1, 170))
bodies = st.lists(pieces, max_size=6).map("".join).map(text.normalise)


@given(bodies, st.lists(values, max_size=6), st.sampled_from(CLAUSES))
def test_each_gets_the_text_and_the_weight_that_it_has_alone(
    body: str, people: list[dict[str, str]], clause: Clause
) -> None:
    recipients = _recipients(people)
    texts, write = weighed(body, recipients, clause), writer(body, clause)
    counts = {one.e164: alike.count for alike in texts for one in alike.recipients}
    assert [write(one) for one in recipients] == [_alone(body, one, clause) for one in recipients]
    assert counts == {one.e164: text.count(_alone(body, one, clause)) for one in recipients}


@given(bodies, st.lists(values, max_size=6), st.sampled_from(CLAUSES))
def test_the_cheap_spelling_weighs_what_it_weighs_for_each(
    body: str, people: list[dict[str, str]], clause: Clause
) -> None:
    recipients = _recipients(people)
    assert cheaper(body, weighed(body, recipients, clause), clause) == _cheaper_one_by_one(
        body, recipients, clause
    )


def _recipients(people: list[dict[str, str]]) -> list[Shared]:
    return [
        Shared(f.number(n), (), (), values, values.get("language", "")) for n, values in enumerate(people)
    ]


def _alone(body: str, recipient: Recipient, clause: Clause) -> str:
    merged = template.merge(body, recipient.values, recipient.language)
    return clause.added_to(merged, recipient.language)


def _cheaper_one_by_one(body: str, recipients: list[Shared], clause: Clause) -> Cheaper | None:
    def total(spelling: str) -> int:
        if not recipients:
            return text.count(clause.added_to(spelling)).segments
        return sum(text.count(_alone(spelling, one, clause)).segments for one in recipients)

    kept, bare = cheap(body, accents=False), cheap(body, accents=True)
    best = kept if total(kept.body) <= total(bare.body) else bare
    if not text.count(body).costly or total(best.body) >= total(body):
        return None
    own = text.count(clause.added_to(best.body)).segments
    return Cheaper(best.swaps, best.swaps != kept.swaps, own, total(best.body))
