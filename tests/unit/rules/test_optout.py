"""STOP, START and HELP in what members answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.optout import Keyword, keyword_of

STOP, PUB, START, HELP, NONE = Keyword.STOP, Keyword.STOP_MARKETING, Keyword.START, Keyword.HELP, Keyword.NONE


@pytest.mark.parametrize(
    ("text", "keyword", "reason"),
    [
        # Carriers' words, alone.
        *[(word, STOP, "a carrier's word") for word in ["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"]],
        *[(word, STOP, "a French word") for word in ["ARRET", "ARRETE", "ARRETT", "Arrêter", "Arrêtez", "Désabonner", "Désabonnement"]],
        *[(word, STOP, "a French word") for word in ["Désabonnez", "Désinscrire", "Désinscription", "Désinscrivez", "Résilier", "Résiliation", "arrêtes"]],
        *[(word, STOP, "a word of a list") for word in ("STOP ALL", "OPT OUT", "Opt-Out", "REMOVE", "STOPSMS", "stopp", "stopper", "Stoppez")],
        *[(word, START, "the way back") for word in ["START", "UNSTOP", "REPRENDRE", "Start.", "reprendre!"]],
        *[(word, HELP, "who are you?") for word in ["HELP", "INFO", "INFOS", "AIDE", "CONTACT", "aide?", "Contact."]],
        # As people write them.
        ("stop", STOP, "case does not count"),
        (" Stop !!! ", STOP, "nor punctuation"),
        ("ＳＴＯＰ", STOP, "nor width"),
        ("STOP 🛑", STOP, "nor emoji"),
        ("«stop»", STOP, "nor quotes"),
        ("S.T.O.P", STOP, "nor dots between the letters"),
        ("s t o p", STOP, "nor spaces"),
        ("arre\u0302t", STOP, "nor how the accent is stored"),
        ("stop_", STOP, "an underscore is punctuation"),
        # STOP with more.
        ("Stop svp", STOP, "politeness"),
        ("STOP please", STOP, "politeness"),
        ("STOP please?", STOP, "a polite question is none"),
        ("STOP 36034", STOP, "the clause copied"),
        ("STOP au 36034", STOP, "the clause copied whole"),
        ("Stop les sms", STOP, "it speaks of the texts"),
        ("stop à tous vos messages", STOP, "it speaks of the texts"),
        ("Can't read: stop", NONE, "it does not begin with it"),
        ("stop de m'envoyer des sms", STOP, "it speaks of the texts"),
        ("Stop the texts?", STOP, "even as a question"),
        ("Stop je ne veux plus rien", STOP, "STOP first, and nothing else it could stop"),
        ("STOP\n\nEnvoyé de mon iPhone", STOP, "a signature"),
        ("Stop au foot demain?", NONE, "it asks about football"),
        ("Stop au foot demain", NONE, "it speaks of football"),
        ("Stop pluie ou pas demain ?", NONE, "a question to a coach"),
        ("Stop! On arrive", NONE, "a word to a coach"),
        ("stop le match", NONE, "it speaks of the match"),
        # Everyday words need to speak of the texts.
        ("Arrêtez svp", STOP, "politeness"),
        ("ARRET 36034", STOP, "the clause copied"),
        ("Arrêtez de m'envoyer des messages", STOP, "it speaks of the texts"),
        ("désinscription liste sms", STOP, "it speaks of the texts"),
        ("Unsubscribe me from this list", STOP, "it speaks of the texts"),
        ("Arrêt de bus fermé", NONE, "a bus stop"),
        ("Arrêt maladie pour Tom", NONE, "sick leave"),
        ("Arrête tes bêtises", NONE, "a joke"),
        ("Désinscription de Tom pour samedi", NONE, "the tournament, not the texts"),
        ("Résilier la licence de Léa", NONE, "the licence, not the texts"),
        # Words that are opt-outs only alone.
        ("end of training?", NONE, "a question"),
        ("cancel saturday", NONE, "an answer"),
        ("cancel my messages", NONE, "only alone, as carriers read it"),
        ("quit", STOP, "alone"),
        # Marketing alone.
        ("STOP PUB", PUB, "the word of our clause"),
        ("stop pub", PUB, "in small letters"),
        ("STOPPUB", PUB, "in one word"),
        ("stop promo", PUB, "another word for it"),
        ("STOPPROMO", PUB, "in one word"),
        ("stopmarketing", PUB, "in one word"),
        ("Stop la pub svp", PUB, "politeness"),
        ("Stop aux messages publicitaires", PUB, "the texts that advertise"),
        ("Arrêtez la publicité", PUB, "with the other word"),
        ("stop pub et stop foot", STOP, "more than advertising: the wider one"),
        ("La pub stop", NONE, "it does not begin with it"),
        # Texts for people.
        ("ok merci", NONE, "an answer"),
        ("oui", NONE, "an answer to a question, not a wish to come back"),
        ("YES", NONE, "an answer to a question, not a wish to come back"),
        ("non", NONE, "an answer"),
        ("start at 9?", NONE, "a question"),
        ("start please", NONE, "coming back is the word alone"),
        ("aide moi svp", NONE, "for a person"),
        ("contact de Tom ?", NONE, "for a person"),
        ("stopwatch", NONE, "another word"),
        ("Je ne peux pas, stop", NONE, "an answer"),
        ("", NONE, "nothing"),
        ("?!", NONE, "nothing but punctuation"),
        ("👍", NONE, "an emoji"),
        ("i n", NONE, "letters that make no word"),
        ("in fo", NONE, "words are not glued"),
    ],
)  # fmt: skip
def test_a_text_asks(text: str, keyword: Keyword, reason: str) -> None:
    assert keyword_of(text) is keyword, reason


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert keyword_of(text) in Keyword


@given(st.sampled_from(["STOP", "ARRET", "UNSUBSCRIBE"]), st.text("  \t\n.,;:!¡¿…'\"«»()-–—🛑🙏", max_size=6))
def test_a_stop_word_is_heard_through_any_decoration(word: str, decoration: str) -> None:
    assert keyword_of(decoration + word.lower() + decoration) is STOP
