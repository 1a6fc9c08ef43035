"""The STOP clause: found where it is there, added where it must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data import load_clauses
from bot.rules import page
from bot.rules.clause import NONE, Clause, can_be_stopped, clause_for, says_how_to_stop, without_link
from bot.rules.text import Encoding, count
from storage.states import Kind, SenderKind

WORDINGS = load_clauses()
SENDER = "36123"
PAGES = "https://club.fr/m/"
LINK = PAGES + page.SAMPLE
NAME: dict[str, object] = {"sender_kind": SenderKind.NAME, "sender": "ASVALMONT"}


def clause(body: str, kind: Kind = Kind.MARKETING, **given: object) -> Clause:
    known: dict[str, object] = {"sender_kind": SenderKind.SHORT_CODE, "sender": SENDER, "language": "fr"}
    usual = {"pages": PAGES, **known}
    return clause_for(body, kind=kind, wordings=WORDINGS, **(usual | given))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", Kind)
def test_where_there_are_no_pages_a_name_adds_nothing_and_its_advertising_cannot_be_stopped(
    kind: Kind,
) -> None:
    assert clause("Soldes au club", kind, pages="", **NAME) == NONE
    assert can_be_stopped(kind, SenderKind.NAME, "") is (kind is Kind.ALERT)
    assert can_be_stopped(kind, SenderKind.NAME, PAGES)
    assert can_be_stopped(kind, SenderKind.SHORT_CODE, "")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Soldes au club. STOP au 36123", "what French operators ask for"),
        ("Soldes au club. Stop au 36123", "whatever its case"),
        ("Soldes STOP 36123", "the shortest"),
        ("Soldes. STOP SMS au 36 123", "with spaces in the number"),
        ("Soldes. STOP : 36123", "with a colon"),
        ("Pour ne plus recevoir, répondez STOP", "as an answer"),
        ("Envoyez STOP pour arrêter", "by another verb"),
        ("STOP pour vous désabonner", "what it does"),
        ("Sale! Reply STOP to opt out", "in English"),
        ("Sale! Text STOP to end", "by another verb"),
        ("STOP to unsubscribe", "what it does"),
        ("Rebajas. Baja: responde STOP", "in Spanish"),
        ("STOP para no recibir más", "in Spanish, what it does"),
        ("Abmelden: STOP", "in German"),
        ("Antworten Sie STOP", "in German, as an answer"),
        ("Per non ricevere: STOP", "in Italian"),
        ("Rispondi STOP", "in Italian, as an answer"),
        ("Afmelden: STOP", "in Dutch"),
        ("Sair: responda STOP", "in Portuguese"),
        ("Rezygnacja: STOP", "in Polish"),
        ("Dezabonare: STOP", "in Romanian"),
        ("Baixa: respon STOP", "in Catalan"),
        ("Stop: https://club.fr/s/Ab1", "by a link"),
        ("Désinscription : club.fr/s", "by a link without its scheme"),
        ("Unsubscribe https://club.fr", "in English"),
    ],
)
def test_a_clause_that_is_there_is_found(body: str, reason: str) -> None:
    assert says_how_to_stop(body, SENDER), reason
    assert clause(body) == NONE


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Soldes au club", "nothing of the kind"),
        ("Stop à la grisaille, soldes au club", "the word in a sentence"),
        ("Arrêt de bus Stop, tombola à 18h", "a name"),
        ("STOP au 38999", "another number: whoever writes there is not heard"),
        ("Non-stop de 9h à 18h", "a part of a word"),
        ("Stop ou encore ? Venez au club.fr", "a link that says nothing of it"),
        ("Baja California, viaje del club", "a place"),
        ("Grande vente non-stop : club.fr/boutique samedi", "non-stop before a link"),
        ("Bus non stop : www.club.fr", "without its hyphen"),
        ("Le stop ! club.fr", "an ordinary word before a link"),
        ("Musique non-stop pour plus de plaisir", "for more, not for no more"),
        ("Pit stop to end the season", "another stop"),
        ("A stop to end the tour on", "an end of something else"),
        ("Concours SMS : stop ou encore ?", "a game"),
        ("Non-stop      de 9h a 18h", "blanks are no number"),
        ("Promo stop 0000", "nor are zeros"),
        ("STOP au 6123", "nor is the end of one"),
        ("", "nothing"),
    ],
)
def test_what_only_looks_like_one_is_none(body: str, reason: str) -> None:
    assert not says_how_to_stop(body, SENDER), reason
    assert clause(body).usual == "STOP au 36123"


def test_a_long_code_is_the_same_with_and_without_its_country() -> None:
    assert says_how_to_stop("STOP to 07700 900123", "+447700900123")


@pytest.mark.parametrize(
    ("kind", "given", "added", "reason"),
    [
        (Kind.MARKETING, {}, "Soldes STOP au 36123", "always to marketing"),
        (Kind.ALERT, {}, "Soldes", "not to an alert"),
        (Kind.ALERT, {"alerts_ask": True}, "Soldes STOP au 36123", "to an alert where the country asks"),
        (Kind.MARKETING, {"language": "en"}, "Soldes STOP to 36123", "in the club's language"),
        (
            Kind.MARKETING,
            {"language": "xx"},
            "Soldes STOP to 36123",
            "in English where it is unknown",
        ),
        (Kind.MARKETING, NAME, f"Soldes Stop : {LINK}", "a name has no number to write to"),
        (Kind.ALERT, NAME, f"Soldes Répondre : {LINK}", "nor can an alert by a name be answered"),
        (Kind.ALERT, NAME | {"alerts_ask": True}, f"Soldes Stop : {LINK}", "a country asks for the way out"),
        (
            Kind.MARKETING,
            {"sender_kind": SenderKind.LONG_CODE, "sender": "+447700900123", "language": "en"},
            "Soldes Reply STOP to opt out",
            "a long code is answered",
        ),
    ],
)
def test_it_is_added_where_it_must_be(kind: Kind, given: dict[str, object], added: str, reason: str) -> None:
    assert clause("Soldes", kind, **given).added_to("Soldes") == added, reason


@pytest.mark.parametrize(
    ("language", "added"),
    [("de", "Abmelden: STOP an 36123"), ("de-CH", "Abmelden: STOP an 36123"), ("EN", "STOP to 36123"), ("xx", "STOP au 36123"), ("", "STOP au 36123"), ("Deutsch", "STOP au 36123")],
)  # fmt: skip
def test_it_is_in_the_readers_language(language: str, added: str) -> None:
    assert clause("Soldes").added_to("Soldes ", language) == f"Soldes {added}"


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("kind", [SenderKind.SHORT_CODE, SenderKind.LONG_CODE])
def test_every_wording_is_cheap_and_is_found_again(language: str, kind: SenderKind) -> None:
    body = clause("Soldes", sender_kind=kind).added_to("Soldes", language)
    assert count(body).encoding is Encoding.GSM7
    assert says_how_to_stop(body, SENDER)
    by_link = f"Soldes {WORDINGS[language].link.format(link='https://club.fr/m/Ab1')}"
    assert count(by_link).encoding is Encoding.GSM7
    assert says_how_to_stop(by_link, SENDER)


@pytest.mark.parametrize(
    ("body", "added", "reason"),
    [
        (
            "Soldes. Stop : https://club.fr/s",
            "Répondre : ",
            "a way out that is there is not added; one can answer",
        ),
        ("Soldes. STOP au 36123", "Stop : ", "nobody is heard at a number that did not send it"),
        ("Soldes. Répondez STOP", "Stop : ", "nor can a name be answered"),
    ],
)
def test_a_name_is_stopped_by_a_link_alone(body: str, added: str, reason: str) -> None:
    assert clause(body, **NAME).added_to(body) == f"{body} {added}{LINK}", reason


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("kind", Kind)
def test_each_readers_own_link_takes_as_much_as_the_sample(language: str, kind: Kind) -> None:
    by_link = clause("Soldes", kind, **NAME)
    sample = by_link.added_to("Soldes", language)
    own = by_link.with_token(sample, "aB3aB3aB3a")
    assert own.endswith(f" {PAGES}aB3aB3aB3a")
    assert count(own) == count(sample)
    assert count(own).encoding is Encoding.GSM7
    assert without_link(own, "aB3aB3aB3a", WORDINGS) == "Soldes"


def test_who_is_told_of_the_link_sees_no_token() -> None:
    assert clause("Soldes", **NAME).shown == f"Stop : {PAGES}{page.UNSEEN}"
    assert clause("Soldes").shown == "STOP au 36123"


def test_only_a_clause_with_a_link_takes_a_token() -> None:
    assert clause("Soldes").with_token("Soldes STOP au 36123", "aB3aB3aB3a") == "Soldes STOP au 36123"
    assert clause("", **NAME).with_token("", "aB3aB3aB3a") == ""


@pytest.mark.parametrize(
    ("body", "shown", "reason"),
    [
        ("Soldes https://club.fr/m/aB3aB3aB3a", "Soldes", "a wording that is no longer known"),
        (
            "Soldes Stop : https://club.fr/m/aB3aB3aB3b",
            "Soldes Stop : https://club.fr/m/aB3aB3aB3b",
            "another page",
        ),
        ("Stop : https://club.fr/m/aB3aB3aB3a !", "Stop : https://club.fr/m/aB3aB3aB3a !", "words after it"),
        ("Non-Stop : https://club.fr/m/aB3aB3aB3a", "Non-Stop :", "the word is a part of another one"),
    ],
)
def test_a_text_is_shown_without_its_own_link(body: str, shown: str, reason: str) -> None:
    assert without_link(body, "aB3aB3aB3a", WORDINGS) == shown, reason


@given(st.text(max_size=200))
def test_what_was_added_is_never_added_again(body: str) -> None:
    once = clause(body).added_to(body)
    assert clause(once).added_to(once) == once
