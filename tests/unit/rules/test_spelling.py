"""The cheap spelling."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from linkify_it.main import LinkifyIt

from bot.rules.spelling import cheap
from bot.rules.template import fields_in
from bot.rules.text import Encoding, count, normalise

LINKS = (
    "https://club.fr/é",
    "club.fr/été",
    "bit.ly/“x”",
    "WWW.CLUB.FR/œ",
    "mailto:zoë@club.fr",
    "http://x.fr/a…b",
    "//ex.fr/ê",
)
PIECES = ("L’entraînement", "«", "»", "« ", " »", "\u00a0", "…", "–", "œuvre", "Noël", "ça", "{équipe}", "{prénom|à vous}",
          "❤️", "👨‍👩‍👧", "e\u0301", "g\u0308", "\u200b", "`", "€", " ", "\n", ".", "x", "fermé.Ça", *LINKS)  # fmt: skip


def written() -> st.SearchStrategy[str]:
    """What people write: pieces with links and dear letters among them, or anything at all."""
    return st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200)


def links_in(body: str) -> list[str]:
    return [found.raw for found in LinkifyIt().match(body) or ()]


@pytest.mark.parametrize(
    ("body", "spelt", "reason"),
    [
        ("L’heure, ‘ici’ ou `là`", "L'heure, 'ici' ou 'là'", "single quotes"),
        ("“Allez” „les“ ″Bleus″", '"Allez" "les" "Bleus"', "double quotes"),
        ("« Bravo » et «\u00a0vous\u202f» et «toi»", '"Bravo" et "vous" et "toi"', "the spaces go with the marks"),
        ("9h–12h — salle ‑ B • C", "9h-12h - salle - B - C", "dashes and bullets"),
        ("À suivre…", "À suivre...", "but À stays: it is an accent"),
        ("cœur, ŒUVRE, ﬁn, oﬃce", "coeur, OEUVRE, fin, office", "ligatures"),
        ("18\u202fh\u00a0: 5\u2009€", "18 h : 5 €", "spaces"),
        ("co\u00adtisation\u200b", "cotisation", "what nobody sees"),
        ("entraînement à Noël, garçon", "entraînement à Noël, garçon", "accents are not touched unasked"),
        ("d’été: https://club.fr/l’été", "d'été: https://club.fr/l’été", "a link stays as it is"),
        ("{cœur} d’{nom|l’œuvre}", "{cœur} d'{nom|l'oeuvre}", "a field keeps its name, not its default"),
        ("❤️ 👨‍👩‍👧", "❤️ 👨‍👩‍👧", "emoji stay"),
        ("日本", "日本", "other scripts stay"),
        ("plain", "plain", "nothing to do"),
    ],
)  # fmt: skip
def test_quotes_dashes_dots_ligatures_and_spaces_are_spelt_plainly(
    body: str, spelt: str, reason: str
) -> None:
    assert cheap(body, accents=False).body == spelt, reason


@pytest.mark.parametrize(
    ("body", "spelt", "reason"),
    [
        (
            "entraînement à Noël, garçon, août",
            "entrainement à Noel, garcon, aout",
            "à costs nothing and stays",
        ),
        ("ÊTRE, ÇA, Évian, Ÿ", "ETRE, ÇA, Évian, Y", "Ç and É cost nothing"),
        ("Łódź, Đorđe, þing, ẞ, ı", "Lodz, Dorde, thing, SS, i", "letters that have no plain part"),
        ("g\u0308", "g", "a mark without a letter of its own"),
        ("ά ж ᾳ", "ά ж ᾳ", "other alphabets stay"),
        ("club.fr/été/forêt", "club.fr/été/forêt", "a link without its scheme"),
        ("{prénom|être} ê", "{prénom|etre} e", "a field keeps its name"),
    ],
)
def test_accents_go_when_asked(body: str, spelt: str, reason: str) -> None:
    assert cheap(body, accents=True).body == spelt, reason


def test_each_swap_is_told_once_by_first_appearance() -> None:
    told = cheap("« L’été » d’hier… ê ê", accents=True).swaps
    assert told == (("«", '"'), ("’", "'"), ("»", '"'), ("…", "..."), ("ê", "e"))


def test_the_example_that_everybody_pays_for() -> None:
    body = (
        "Le gymnase est fermé ce soir : pas d'entraînement pour les U13. Rendez-vous samedi 9h au stade, "
        "prévenez-nous si absent. Merci, ASC Judo"
    )
    assert (count(body).segments, count(cheap(body, accents=True).body).segments) == (3, 1)


def test_a_spelling_that_takes_more_sms_is_none() -> None:
    dots = "…" * 70
    assert cheap(dots, accents=True).body == dots
    assert cheap(dots, accents=True).swaps == ()


@given(written(), st.booleans())
@example("bit.ly/“x”… « été »", True)
def test_it_never_takes_more_sms(body: str, accents: bool) -> None:
    assert count(cheap(body, accents=accents).body).segments <= count(body).segments


@given(written(), st.booleans())
def test_it_says_what_it_did(body: str, accents: bool) -> None:
    spelling = cheap(body, accents=accents)
    assert bool(spelling.swaps) == (spelling.body != normalise(body))


@given(written(), st.booleans())
def test_spelling_it_again_changes_nothing(body: str, accents: bool) -> None:
    once = cheap(body, accents=accents).body
    assert cheap(once, accents=accents).body == once


@given(st.lists(st.sampled_from(PIECES)), st.booleans())
def test_links_and_fields_stay_as_they_were(pieces: list[str], accents: bool) -> None:
    body = normalise(" ".join(pieces))
    spelt = cheap(body, accents=accents).body
    assert links_in(spelt) == links_in(body)
    assert [field.name for field in fields_in(spelt)] == [field.name for field in fields_in(body)]


@given(st.text("abc éèàùì ÄÖÜß€[]{}\n.,:/"))
def test_what_fits_gsm7_stays(body: str) -> None:
    assert count(body).encoding is Encoding.GSM7
    assert cheap(body, accents=True).body == body
