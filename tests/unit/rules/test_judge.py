"""The judge: what it sees in an alert, and how often it is right."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.judge import Sign, signs_of_advertising

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[2] / "docs" / "advertising.md"


def labelled(name: str) -> list[tuple[bool, str]]:
    """Whether somebody called the text marketing, and the text."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(label == "marketing", text) for label, _, text in rows]


def mistakes(name: str) -> tuple[list[str], list[str]]:
    """The alerts that are asked about, and the advertising that is not."""
    judged = [(is_marketing, bool(signs_of_advertising(text)), text) for is_marketing, text in labelled(name)]
    return (
        [text for is_marketing, is_seen, text in judged if is_seen and not is_marketing],
        [text for is_marketing, is_seen, text in judged if is_marketing and not is_seen],
    )


@pytest.mark.parametrize(
    ("body", "sign", "words", "reason"),
    [
        ("Maillots à -20 % ce week-end", Sign.DISCOUNT, "-20 %", "a discount"),
        ("Shirts 20% off", Sign.DISCOUNT, "20% off", "in English"),
        ("Stage à 99 € au lieu de 130 €", Sign.DISCOUNT, "au lieu de 130 €", "a price before and after"),
        ("10 séances achetées, 2 offertes", Sign.DISCOUNT, "2 offertes", "something for nothing"),
        ("15 € par personne", Sign.PRICE, "15 € par personne", "what one pays"),
        ("Lessons from £18", Sign.PRICE, "from £18", "a lowest price"),
        ("ACHETEZ LE FOULARD", Sign.SHOP, "ACHETEZ", "whatever its case"),
        ("Order now!", Sign.SHOP, "Order now", "in English"),
        ("Jeu concours samedi", Sign.RAFFLE, "Jeu concours", "a game"),
        ("Win a bike", Sign.RAFFLE, "Win a", "a prize"),
        ("Découvrez le padel", Sign.INVITATION, "Découvrez", "an invitation"),
        ("Don’t miss out", Sign.INVITATION, "Don’t miss out", "with any apostrophe"),
        ("Loto samedi, carton 4 €", Sign.RAFFLE, "Loto", "two hints"),
        ("Notre sponsor offre un verre", Sign.SPONSOR, "sponsor", "two hints"),
        ("Billets à 8 €", Sign.TICKETS, "Billets", "two hints"),
        ("Rappel : soldes à la boutique", Sign.DISCOUNT, "soldes", "nobody is reminded of a discount for nothing"),
    ],
)  # fmt: skip
def test_it_says_what_it_saw_in_the_words_of_the_text(body: str, sign: Sign, words: str, reason: str) -> None:
    seen = {one.sign: one.words for one in signs_of_advertising(body)}
    assert seen.get(sign) == words, reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("La cotisation de 120 € est à régler vendredi", "a payment that is due"),
        ("We have received your £180", "one that came"),
        ("Le loto est annulé", "what is off"),
        ("La boutique est fermée", "a shop that sells nothing"),
        ("Le ticket 214 a gagné, venez chercher le lot", "a raffle that is over"),
        ("Pensez aux 3 € pour le car", "a price alone"),
        ("Réunion avec le sponsor à 18h", "a sponsor alone"),
        ("Réservez votre samedi", "an invitation alone"),
        ("Promotion en Nationale 2 !", "a team that goes up"),
        ("Les sentiers battus", "words that only contain others"),
        ("", "nothing"),
    ],
)
def test_a_plain_alert_is_not_asked_about(body: str, reason: str) -> None:
    assert signs_of_advertising(body) == (), reason


def test_what_it_saw_comes_in_the_order_of_the_text() -> None:
    seen = signs_of_advertising("Profitez des soldes à la boutique : maillots 20 €")
    assert [one.sign for one in seen] == [Sign.INVITATION, Sign.DISCOUNT, Sign.SHOP, Sign.PRICE]


def test_it_is_right_about_every_text_it_was_made_with() -> None:
    assert mistakes("club_texts.tsv") == ([], [])


@pytest.mark.parametrize("name", ["club_texts.tsv", "club_texts_unseen.tsv"])
def test_the_document_says_how_often_it_is_wrong(name: str) -> None:
    asked, missed = mistakes(name)
    marketing = sum(is_marketing for is_marketing, _ in labelled(name))
    alerts = len(labelled(name)) - marketing
    (row,) = [
        line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{name}`")
    ]
    assert row.endswith(f"| {alerts} | {len(asked)} | {marketing} | {len(missed)} |")


@given(st.text(max_size=300))
def test_any_text_may_be_judged(body: str) -> None:
    seen = signs_of_advertising(body)
    assert all(one.words in body for one in seen)
    assert len({one.sign for one in seen}) == len(seen)
