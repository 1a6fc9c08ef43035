"""Short links: found in every disguise, and nothing else taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data import load_shorteners
from bot.rules.links import ShortLinks, hosts_in, is_host, short_links

SHORTENERS = load_shorteners()
# source of the disguises: what moderators of mailing lists and antispam rules name; each opens on a phone or is read so
DISGUISED = [
    ("bit.ly/x", "without a scheme"),
    ("https://bit.ly/x", "with one"),
    ("HTTP://BIT.LY/X", "upper case"),
    ("//bit.ly/x", "without its first part"),
    ("www.bit.ly/x", "a host below it"),
    ("a.b.bit.ly", "far below it"),
    ("bit.ly:443/x", "a port"),
    ("https://club.fr@bit.ly/x", "a user that looks like a host"),
    ("https://club.fr:pass@bit.ly", "and a password"),
    ("bit[.]ly/x", "a dot in brackets"),
    ("bit (.) ly", "with spaces"),
    ("bit{dot}ly", "a dot in words"),
    ("bit [POINT] ly", "in French"),
    ("bit．ly/x", "a full-width dot"),
    ("bit。ly/x", "an ideographic dot"),
    ("bit｡ly/x", "a half-width one"),
    ("ｂｉｔ.ｌｙ", "full-width letters"),
    ("𝐛𝐢𝐭.𝐥𝐲", "letters of mathematics"),
    ("b\u200bit.l\u00ady/x", "invisible characters"),
    ("bit%2Ely/x", "an escaped dot"),
    ("bit.ly.", "the root's dot"),
    ("…bit.ly", "dots before it"),
    ("_bit.ly_", "marks around it"),
    ("-bit.ly", "a dash before it"),
    ("(voir:bit.ly)", "punctuation around it"),
    ("“bit.ly/x”", "quotes around it"),
]


@pytest.mark.parametrize(("body", "disguise"), DISGUISED, ids=[case[1] for case in DISGUISED])
def test_a_shortener_is_found_in_every_disguise(body: str, disguise: str) -> None:
    assert short_links(f"Infos : {body} merci", SHORTENERS).refused == ("bit.ly",), disguise


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("https://club.fr/bit.ly/x", "in a path it is no host"),
        ("https://bit.ly.club.fr", "in front it is the club's own"),
        ("https://monbit.ly", "another name"),
        ("bit.lyon.fr", "another ending"),
        ("coach@bit.ly", "an address opens no link"),
        ("Rdv à 18h.Merci", "no space after a full stop"),
        ("12.50 EUR, 3.5 km", "numbers"),
        ("t.com", "longer than t.co"),
        ("bit ly", "no dot at all"),
        ("", "nothing"),
    ],
)
def test_nothing_else_is_taken_for_one(body: str, reason: str) -> None:
    hosts = {"bit.ly"} & set(short_links(body, SHORTENERS).refused)
    assert not hosts, reason


def test_a_host_in_a_path_is_not_looked_at() -> None:
    assert "bit.ly" not in list(hosts_in("https://club.fr/bit.ly/x?u=bit.ly"))


@pytest.mark.parametrize(
    ("body", "found", "reason"),
    [
        ("youtu.be/x et wa.me/33", ShortLinks((), ("youtu.be", "wa.me")), "an operator's own"),
        ("maps.app.goo.gl/x", ShortLinks((), ("maps.app.goo.gl",)), "though its parent is open to everybody"),
        ("goo.gl/x", ShortLinks(("goo.gl",), ()), "the parent itself"),
        ("t.co/a bit.ly/b t.co/c", ShortLinks(("t.co", "bit.ly"), ()), "each once, by first appearance"),
    ],
)
def test_what_is_refused_and_what_only_deserves_a_word(body: str, found: ShortLinks, reason: str) -> None:
    assert short_links(body, SHORTENERS) == found, reason


@pytest.mark.parametrize(
    ("allowed", "is_refused", "reason"),
    [
        ({"bit.ly"}, False, "the host"),
        ({"club.bit.ly"}, False, "the host below it that is used"),
        ({"other.bit.ly"}, True, "another one below it"),
        ({"ly"}, True, "an ending alone allows nothing"),
        (set(), True, "nothing is allowed"),
    ],
)
def test_the_club_may_allow_a_host(allowed: set[str], is_refused: bool, reason: str) -> None:
    assert bool(short_links("https://club.bit.ly/x", SHORTENERS, allowed).refused) is is_refused, reason


@pytest.mark.parametrize("written", ["club.fr", "a.b-c.asso.fr", "été.fr", "x.xn--p1ai"])
def test_a_host_is_one(written: str) -> None:
    assert is_host(written)


@pytest.mark.parametrize("written", ["club", "club.fr/x", "https://club.fr", "a@club.fr", ".fr", "-x.fr", "club.f", "1.2", ""])  # fmt: skip
def test_anything_else_is_none(written: str) -> None:
    assert not is_host(written)


def test_the_lists_hold_hosts_that_no_other_of_their_class_makes_needless() -> None:
    for hosts in (SHORTENERS.refused, SHORTENERS.warned):
        assert all(is_host(host) and host == host.lower() for host in hosts)
    assert not SHORTENERS.refused & SHORTENERS.warned
    assert len(SHORTENERS.refused) > 80


@given(st.text(max_size=300))
def test_any_text_may_be_asked_about(body: str) -> None:
    short_links(body, SHORTENERS)


@given(
    st.sampled_from(sorted(SHORTENERS.refused)), st.sampled_from(["{}", "www.{}/x", "http://{}:80", "// {}."])
)
def test_every_listed_host_is_refused(host: str, written: str) -> None:
    assert short_links(written.format(host), SHORTENERS).refused == (host,)
