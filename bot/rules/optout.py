"""STOP, START and HELP in what members answer."""

import re
import unicodedata
from enum import StrEnum


class Keyword(StrEnum):
    """What a member's text asks of the bot; NONE is a text for people."""

    STOP = "stop"
    STOP_MARKETING = "stop_marketing"
    START = "start"
    HELP = "help"
    NONE = "none"


def _table(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Carriers' words: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out ;
# ARRET, ARRETE, ARRETT: https://www.twilio.com/docs/proxy/opt-out-keywords ;
# REMOVE, OPT-OUT: https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords-required.html ;
# STOP and CONTACT are asked of French short codes: https://www.twilio.com/en/guidelines/fr/sms
_WHOLE: dict[str, Keyword] = {
    **dict.fromkeys(("END", "QUIT", "CANCEL", "OPT OUT", "STOPSMS"), Keyword.STOP),
    **dict.fromkeys(("STOPPUB", "STOPPROMO", "STOPMARKETING"), Keyword.STOP_MARKETING),
    # YES and OUI are answers to a coach's question far more often than a wish to come back: they stay NONE,
    # and so do END, QUIT, CANCEL within a sentence.
    **dict.fromkeys(("START", "UNSTOP", "REPRENDRE"), Keyword.START),
    **dict.fromkeys(("HELP", "INFO", "INFOS", "AIDE", "CONTACT"), Keyword.HELP),
}

# Words that begin an opt-out. STOP is one unless it plainly speaks of something else; the others are
# everyday words of a club ("arrêt de bus", "désinscription de Tom") and need to speak of the texts.
_STOP = frozenset({"STOP", "STOPP", "STOPPER", "STOPPEZ"})
_STOP_IF_ABOUT_TEXTS = _table(
    """ARRET ARRETE ARRETT ARRETER ARRETES ARRETEZ DESABONNER DESABONNEMENT DESABONNEZ DESINSCRIRE
    DESINSCRIPTION DESINSCRIVEZ RESILIER RESILIATION UNSUBSCRIBE STOPALL OPTOUT REVOKE REMOVE"""
)
_TEXTS = _table(
    """SMS MMS TEXTO TEXTOS TEXT TEXTS TEXTING MESSAGE MESSAGES MESSAGING MSG MSGS NOTIFICATION NOTIFICATIONS
    ENVOI ENVOIS ENVOYER ENVOYEZ ENVOYE ECRIRE ECRIVEZ RECEVOIR CONTACTER CONTACTEZ NUMERO NUMBER LISTE LIST
    SPAM SPAMS HARCELER SENDING RECEIVING ABONNEMENT"""
)
_POLITE = _table(
    """SVP STP MERCI PLEASE PLS THANKS THANK YOU S IL TE VOUS PLAIT BONJOUR TOUT TOUS TOUTE TOUTES TOUTS ALL
    NOW MAINTENANT IMMEDIATEMENT DE D DES DU LE LA LES L UN UNE A AU AUX VOS VOTRE TES CES CE CET THE ME MOI
    M MY YOUR TO IT THIS THESE AND ET"""
)
_MARKETING = _table(
    """PUB PUBS PUBLICITE PUBLICITES PUBLICITAIRE PUBLICITAIRES PROMO PROMOS PROMOTION PROMOTIONS
    PROMOTIONNEL PROMOTIONNELS MARKETING OFFRE OFFRES COMMERCIAL COMMERCIAUX COMMERCIALE COMMERCIALES
    ADS ADVERTISING NEWSLETTER"""
)
# "Stop au foot demain", "stop à Lyon": the word governs what follows.
_GOVERNS = _table("AU AUX A LE LA LES L UN UNE AT FOR BY IN ON")

_NOT_WORD = re.compile(r"[\W_]+")


def keyword_of(text: str) -> Keyword:
    """What the text asks of the bot: a word of the table alone, or a sentence that begins with a STOP word.

    Case, accents, punctuation and emoji do not count.
    """
    words = _words(text)
    alone = _WHOLE.get(" ".join(words))
    if alone is not None:
        return alone
    return _sentence(words[0], words[1:], is_question="?" in text)


def _words(text: str) -> list[str]:
    """The words without case, accents and punctuation; one empty word when there is none."""
    unmarked = "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )
    words = _NOT_WORD.sub(" ", unmarked.upper()).split()
    # "S.T.O.P" and "s t o p" are one word.
    return ["".join(words)] if all(len(word) == 1 for word in words) else words


def _sentence(first: str, rest: list[str], *, is_question: bool) -> Keyword:
    if first not in _STOP and first not in _STOP_IF_ABOUT_TEXTS:
        return Keyword.NONE
    if rest and _is_about_marketing(rest):
        return Keyword.STOP_MARKETING
    if _is_about_texts(rest):
        return Keyword.STOP
    plain = first in _STOP and not is_question and rest[0] not in _GOVERNS
    return Keyword.STOP if plain else Keyword.NONE


def _is_about_marketing(words: list[str]) -> bool:
    return any(word in _MARKETING for word in words) and all(
        word in _MARKETING or word in _POLITE or word in _TEXTS for word in words
    )


def _is_about_texts(words: list[str]) -> bool:
    return any(word in _TEXTS for word in words) or all(word in _POLITE or word.isdigit() for word in words)
