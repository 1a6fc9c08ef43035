"""Does an alert read like advertising? What in it does, in its own words, so that whoever sends it thinks again."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Sign(StrEnum):
    """What advertising is known by."""

    DISCOUNT = "discount"
    PRICE = "price"
    SHOP = "shop"
    TICKETS = "tickets"
    RAFFLE = "raffle"
    SPONSOR = "sponsor"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign of advertising, and the words of the text that are it."""

    sign: Sign
    words: str


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){pattern}(?!\w)" for pattern in patterns))


# The tables are written for folded text: lower case, no accents, ' for every apostrophe.
# source: what Pep's Up and the French charter of operators (af2m, 2026) call commercial, and how clubs put it; measured on
# tests/unit/rules/club_texts.tsv.
_MONEY = r"(?:\d+(?:[.,]\d+)? ?(?:€|euros?|eur|£|chf|\$)|[£€$] ?\d[\d,.]*)"
# Each of these offers something by itself.
_OFFERS: Mapping[Sign, re.Pattern[str]] = MappingProxyType(
    {
        Sign.DISCOUNT: _any(
            r"- ?\d+ ?%", r"\d+ ?% (?:de (?:reduction|remise|rabais)|off)", r"soldes", r"promos?", r"promotions?(?! (?:en|au|to) )", r"reductions?",
            r"remises? (?:de|sur)", r"rabais", r"a? ?moitie prix", r"prix casses", r"bons? plans?", r"bons? d'achat", r"cartes? cadeaux?",
            r"tarifs? (?:preferentiels?|speciaux|special)", r"offres? (?:speciales?|de \w+|exceptionnelles?)", r"ventes? privees?",
            r"black friday", r"liquidation", r"au lieu de " + _MONEY, r"(?:avec le )?code [a-z]+ ?\d*(?= ?[.!,]|$)", r"parraine[rz]",
            r"(?:seances?|cours|mois|essais?) (?:gratuite?s?|offerte?s?)", r"\d+ (?:\w+ )?offerte?s", r"happy hour", r"edition limitee",
            r"a saisir", r"stocks? limites?", r"limite des stocks", r"while stocks last", r"exclusivites?", r"tarifs? (?:membre|adherent|licencie)s?",
            r"(?:un|une|le|la|votre) \w+ offerte?", r"parrainages?", r"avantage (?:adherents?|membres?|licencies?)", r"members? (?:perks?|offers?)", r"bring a friend",
            r"instead of " + _MONEY, r"half price", r"discounts?", r"special offers?", r"(?:with |use )?code [a-z]+\d+", r"limited edition",
            r"(?:sessions?|class(?:es)?|months?|lessons?) free", r"(?:first|one|two|\d+) \w* ?free", r"get \d+ free", r"gift cards?",
            r"preview sale", r"save \d+ ?%", r"refer a friend",
        ),
        Sign.PRICE: _any(
            r"(?:(?:des|a partir de|seulement|from|only|just) )?" + _MONEY + r"(?: (?:par personne|tout compris|la place|each|a head|all in))?",
        ),
        Sign.SHOP: _any(
            r"achete[rz]", r"commande[rz] (?:\w+ ){0,3}(?:avant|vite|des|au|sur|\w+)", r"en (?:pre)?vente", r"prevente", r"bons? de commande",
            r"nouvelles? (?:boutique|collection)", r"vente de \w+", r"disponibles? (?:sur|dans) la boutique", r"bourse aux \w+", r"vide-grenier",
            r"buy", r"order (?:yours?|now)", r"order forms?", r"(?:for|on) sale", r"pre-?order", r"now in the shop", r"shop is open", r"\w+ sale",
        ),
        Sign.RAFFLE: _any(
            r"gagne[rz] (?:un|une|des|deux|\d)\w*", r"a gagner", r"to be won", r"jeux? concours", r"premier lot", _MONEY + r" de lots",
            r"win (?:a|an|two|one|\d+|prizes)", r"first prize", r"in prizes", r"raffle tickets?",
        ),
        Sign.INVITATION: _any(
            r"profite[rz](?: vite)?", r"beneficie[rz]", r"decouvre[rz]", r"soutene[rz](?:-nous)?", r"envie de", r"ne manque[rz] pas", r"derniere chance", r"last chance", r"sans engagement",
            r"venez (?:nombreux|essayer|vous \w+)", r"(?:faites|faire) un don", r"de don", r"offrez", r"essaye[rz] gratuitement", r"invite[rz] (?:un|une|vos) amie?s?",
            r"try \w+(?: \w+)? free",
            r"don't miss (?:out|it)", r"support (?:your|the|our) (?:club|team)", r"donate", r"try our", r"cancel any ?time",
        ),
    }
)  # fmt: skip
# One of these says nothing; two of different kinds do.
_HINTS: Mapping[Sign, re.Pattern[str]] = MappingProxyType(
    {
        Sign.SHOP: _any(r"boutique", r"shop", r"ventes?", r"sale"),
        Sign.TICKETS: _any(r"billets?", r"billetterie", r"tickets?", r"(?:dernieres )?places?", r"cartons?", r"cards", r"spaces", r"last places"),
        Sign.RAFFLE: _any(r"tombola", r"loto", r"raffle", r"bingo", r"lots?", r"prizes?"),
        Sign.SPONSOR: _any(r"sponsors?", r"partenaires?", r"partners?"),
        Sign.INVITATION: _any(
            r"reserve[rz]", r"inscrive[rz]-vous", r"prenez rendez-vous", r"vite", r"gratuite?s?", r"cadeaux?", r"offre(?:nt)?", r"nouveau(?:te)?",
            r"vous attend", r"rejoigne[rz]", r"participe[rz]", r"fete[rz]", r"book", r"join", r"celebrate", r"sign up", r"free", r"new", r"gives?", r"don't miss",
        ),
    }
)  # fmt: skip
# Who speaks of what is off, settled, owed or to be done informs: the price or the raffle in it is no offer. A discount
# stays one: nobody is reminded of it for nothing.
_NEWS = _any(
    r"annul\w+", r"reporte\w*", r"deplace\w*", r"ferme[es]{0,2}", r"rembours\w+", r"rendu\w*", r"rendre", r"retire[rz]?", r"arrive[es]{1,3}",
    r"recue?s?", r"regler", r"verser", r"cotisations?", r"caution", r"solde de", r"confirmee?s?", r"inondee?s?", r"comme prevu", r"rappel",
    r"(?:a|de) (?:payer|prevoir)", r"prevoir", r"pense[rz]", r"en liquide", r"l'appoint", r"recoltes?", r"votre (?:place|inscription)", r"benevoles?", r"chercher", r"tenir (?:la|le) \w+", r"apporte[rz]", r"plannings?", r"manque", r"perdue?s?", r"trouvee?s?",
    r"cancelled", r"called off", r"moved", r"closed", r"refund\w*", r"back within", r"received", r"(?:is|are) due", r"balance", r"confirmed",
    r"flooded", r"reminder", r"volunteers?", r"pick (?:it|them) up", r"collect", r"is here", r"(?:is|are) ready", r"rota", r"run the", r"credited",
    r"you booked", r"to pay", r"please have", r"in cash", r"exact money", r"raised", r"your (?:\w+ )?place", r"bring", r"lost", r"found",
)  # fmt: skip


def signs_of_advertising(body: str) -> tuple[Seen, ...]:
    """What in the normalised text reads like advertising, each sign once, by first appearance; empty for a plain alert.

    It is a guess: what it says is a reason to ask, never one to refuse.
    """
    text = _folded(body)
    offers, hints = dict(_found(body, text, _OFFERS)), dict(_found(body, text, _HINTS))
    if Sign.DISCOUNT not in offers and (_NEWS.search(text) or not (offers or len(hints) > 1)):
        return ()
    return tuple(seen for _, seen in sorted((hints | offers).values(), key=lambda each: each[0]))


def _found(
    body: str, text: str, table: Mapping[Sign, re.Pattern[str]]
) -> Iterator[tuple[Sign, tuple[int, Seen]]]:
    for sign, pattern in table.items():
        if found := pattern.search(text):
            yield sign, (found.start(), Seen(sign, body[found.start() : found.end()]))


def _folded(body: str) -> str:
    """The text in lower case and without accents, each character in its place."""
    return "".join(unicodedata.normalize("NFKD", char).lower()[0] for char in body.replace("’", "'"))
