"""STOP, START and HELP in what members answer, and refusals that use none of these words."""

import unicodedata
from random import Random
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.optout import Keyword, keyword_of, refuses_politely

STOP, PUB, START, HELP, NONE = Keyword.STOP, Keyword.STOP_MARKETING, Keyword.START, Keyword.HELP, Keyword.NONE
_Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


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


# A stop, a stop of advertising, the way back, help and what is none of them, language by language.
@pytest.mark.parametrize(
    ("text", "keyword", "reason"),
    [
        # All of them
        *[(text, START, "the way back") for text in ["Réabonner", "Réabonnez-moi", "Reprendre", "resubscribe", "Opt-in", "unstop", "ALTA", "Reanudar", "FORTSETZEN", "Abonnieren", "Riattiva", "HERVATTEN", "Abonneren", "Retomar", "REATIVAR", "WZNÓW", "wznowić", "Reabonare", "Reactivar", "Donar d'alta"]],
        *[(text, HELP, "who are you?") for text in ["AYUDA", "¿Ayuda?", "Información", "contacto", "HILFE", "Kontakt", "hilfe!", "AIUTO", "Contatti", "HULP", "AJUDA", "POMOC", "Kontakt", "AJUTOR", "Informații", "Ajuda", "Informació"]],
        *[(text, NONE, "an answer, not a wish to come back") for text in ["yes", "Oui", "Sí", "sì", "Ja", "sim", "Tak", "Da", "si"]],
        *[(text, NONE, "enough, of anything") for text in ["Basta", "¡Basta!", "Prou", "Fin", "Assez"]],
        *[(text, NONE, "signs somebody up") for text in ["Anmelden", "Aanmelden", "Iscrivimi"]],
        *[(text, STOP, "politeness") for text in ["Stop, proszę", "Stop vă rog", "stop obrigado", "Stop si us plau"]],
        # French
        *[(word, STOP, "misspelt") for word in ["ARETE", "ARRETÉ", "arrèter", "ARRETTEZ", "STOOP", "STOPP", "ST0P", "stooooop", "S T O P", "S.T.O.P.", "DESABONER", "DESABONEMENT", "Désincription"]],
        *[(text, STOP, "of the texts") for text in ["S T O P svp", "arrêtez vos sms", "Me désabonner", "ARRET au 06 12 34 56 78", "Désinscription de la liste svp", "Arrêtez svp, je ne veux plus de sms", "Stop de suite", "stop, merci de ne plus m'envoyer de sms"]],
        *[(text, PUB, "advertising alone") for text in ["STOP PUBLICITÉ", "Stop aux promos", "stoppub svp", "Arrêter les offres", "STOPPEZ LA PUB"]],
        ("Arrêt de bus: envoyez un message", NONE, "of the bus, though a message is named"),
        ("Arrêt à 18", NONE, "an hour, no short code"),
        ("Arrête de t'inquiéter, j'ai eu ton message", NONE, "of worry"),
        ("Désinscription de la liste du tournoi", NONE, "another list"),
        ("Stop à la gare, envoie un sms en arrivant", NONE, "of the station"),
        ("pub ce soir ?", NONE, "a word for advertising alone stops nothing"),
        ("Promo", NONE, "nor does it without a question"),
        ("Arête de poisson coincée", NONE, "a fishbone"),
        # English
        *[(word, STOP, "misspelt") for word in ["UNSUSCRIBE", "unsubcribe", "Unsubscribed", "UNSUB"]],
        *[(text, STOP, "of the texts") for text in ["Stop texting me", "stop sending me messages please", "Unsubscribe please", "stop, no more texts", "Remove me from this list"]],
        *[(text, PUB, "advertising alone") for text in ["STOP ADS", "stopads", "stop the advertising please", "Unsubscribe from marketing"]],
        ("Remove Tom from the list for Saturday", NONE, "the coach's list"),
        ("Remove me from the list for Saturday", NONE, "the coach's list again"),
        ("stoop kids' pick-up at 5", NONE, "a stoop"),
        ("END of season party?", NONE, "END counts alone"),
        ("cancel", STOP, "CANCEL counts alone"),
        # Spanish
        *[(text, STOP, "a word of a list") for text in ["BAJA", "baja.", "Dar de baja", "Darme de baja", "DESUSCRIBIR", "desuscripción", "PARAR"]],
        *[(text, STOP, "of the texts") for text in ["Baja SMS", "baja de los mensajes por favor", "stop a todos los mensajes", "Stop por favor"]],
        *[(text, PUB, "advertising alone") for text in ["STOP PUBLICIDAD", "stop a la publicidad", "Baja publicidad", "STOPPUBLICIDAD"]],
        ("baja por lesión", NONE, "an injury"),
        ("Baja, por favor", NONE, "come down, please"),
        ("alto!", NONE, "a word to a coach"),
        ("para mañana", NONE, "for tomorrow"),
        # German
        *[(text, STOP, "a word of a list") for text in ["Abmelden", "ABMELDUNG", "Abbestellen", "Stopp!", "stoppen"]],
        *[(text, STOP, "of the texts") for text in ["Abmelden von SMS bitte", "Stopp mit den SMS", "Stop keine Nachrichten mehr", "Stopp bitte"]],
        *[(text, PUB, "advertising alone") for text in ["STOP WERBUNG", "Stopp Werbung", "stoppwerbung", "Stop der Werbung bitte"]],
        ("ende um 8?", NONE, "a question"),
        ("Ende", NONE, "eight o'clock, perhaps"),
        ("Tom abmelden", NONE, "the child, from training"),
        ("Abmelden für Samstag", NONE, "the training, not the texts"),
        ("Stopp beim Bäcker", NONE, "it speaks of the bakery"),
        ("Stopper fehlt am Samstag", NONE, "the centre-back"),
        # Italian
        *[(text, STOP, "a word of a list") for text in ["DISISCRIVI", "Disiscrizione", "disiscrivimi", "DISICRIVI"]],
        *[(text, STOP, "of the texts") for text in ["Disiscrivimi per favore", "stop con i messaggi", "STOP grazie"]],
        *[(text, PUB, "advertising alone") for text in ["STOP PUBBLICITÀ", "stop pubblicita", "STOP PUBBLICITA'", "stop promozioni grazie"]],
        ("Basta così, grazie", NONE, "a courtesy"),
        ("Stop alla partita", NONE, "it speaks of the match"),
        # Dutch
        *[(text, STOP, "a word of a list") for text in ["AFMELDEN", "Uitschrijven", "afmelding", "mij uitschrijven"]],
        *[(text, STOP, "of the texts") for text in ["Afmelden sms", "stop met sms'en", "Stop aub", "Uitschrijven aub"]],
        *[(text, PUB, "advertising alone") for text in ["STOP RECLAME", "stop met de reclame", "STOPRECLAME"]],
        ("Afmelden voor zaterdag", NONE, "the match, not the texts"),
        ("Afmelden Tom aub", NONE, "the child"),
        ("Stop bij de kantine", NONE, "it speaks of the canteen"),
        ("Stoppen met voetbal", NONE, "the sport, not the texts"),
        # Portuguese
        *[(text, STOP, "a word of a list") for text in ["SAIR", "Parar", "Descadastrar", "DESINSCREVER"]],
        ("Sair da lista", NONE, "which list?"),
        ("Parar as mensagens", STOP, "of the texts"),
        *[(text, PUB, "advertising alone") for text in ["STOP PUBLICIDADE", "stop promoções"]],
        ("Sair às 18h?", NONE, "when to leave"),
        # Polish
        *[(text, STOP, "a word of a list") for text in ["WYPISZ", "Wyrejestruj", "Rezygnacja"]],
        *[(text, PUB, "advertising alone") for text in ["STOP REKLAMA", "stop reklamy", "STOP REKLAMOM"]],
        ("Rezygnacja z meczu", NONE, "the match"),
        ("Rezygnuję", NONE, "an answer to a coach"),
        # Romanian
        *[(text, STOP, "a word of a list") for text in ["DEZABONARE", "Dezabonează-mă", "Dezabonați", "Mă dezabonez"]],
        *[(text, PUB, "advertising alone") for text in ["STOP RECLAMĂ", "stop publicitate", "STOP RECLAME"]],
        # Catalan
        *[(text, STOP, "a word of a list") for text in ["BAIXA", "Donar de baixa", "Aturar"]],
        ("Baixa dels missatges", STOP, "of the texts"),
        *[(text, PUB, "advertising alone") for text in ["STOP PUBLICITAT", "stop a la publicitat si us plau"]],
        ("Baixa mèdica", NONE, "sick leave"),
    ],
)  # fmt: skip
def test_a_text_asks_in_each_language(text: str, keyword: Keyword, reason: str) -> None:
    assert keyword_of(text) is keyword, reason
    assert keyword is NONE or not refuses_politely(text), "a keyword needs no flag"


@pytest.mark.parametrize(
    "text",
    [
        # French
        "merci de ne plus m'envoyer de sms", "Je ne souhaite plus recevoir vos messages", "Bonjour, pouvez-vous ne plus m'envoyer de SMS ?",
        "Je ne veux plus de vos textos", "Ne m'envoyez plus de messages svp", "Ne m'écrivez plus", "Je souhaite ne plus être contacté", "Merci de retirer mon numéro",
        "Enlevez-moi de votre liste svp", "Bonjour, merci d'arrêter les sms", "Pourriez-vous arrêter de m'écrire ?", "Je voudrais me désabonner de vos sms",
        "je veux plus recevoir de sms", "Merci de me désabonner", "svp stop",
        # English
        "please take me off your list", "Please stop texting me", "I don't want to receive any more texts", "I no longer wish to receive your messages",
        "please remove my number", "No more texts please", "Don't text me again", "Do not contact me", "How do I unsubscribe?", "please stop",
        "I'd rather not get your messages", "Can you please stop sending me texts?", "I want to opt out of your texts",
        "no me enviéis más mensajes", "Por favor, no me mandéis más SMS", "Ya no quiero recibir más mensajes", "Dejad de enviarme mensajes", "Quiero darme de baja de los SMS", "Borrad mi número",  # Spanish
        "bitte keine SMS mehr", "Ich möchte keine Nachrichten mehr bekommen", "Schicken Sie mir bitte keine SMS mehr", "Bitte meine Nummer löschen", "Bitte nehmt mich aus eurem Verteiler", "Keine Werbung", "Ich moechte keine SMS mehr",  # German
        "non voglio più ricevere messaggi", "Non mandatemi più SMS", "Smettete di scrivermi", "Basta messaggi", "Cancellatemi dalla vostra lista",  # Italian
        "ik wil geen sms meer ontvangen", "Graag geen berichten meer", "Stuur mij geen sms meer aub", "Kunt u stoppen met berichten sturen?", "Haal mij van jullie lijst",  # Dutch
        "não quero receber mais mensagens", "Não me enviem mais SMS", "Parem de me mandar mensagens", "Retirem o meu número",  # Portuguese
        "proszę nie wysyłać mi więcej smsów", "Nie chcę otrzymywać więcej wiadomości", "Usuńcie mój numer", "Prosze juz nie pisac do mnie",  # Polish
        "nu mai vreau mesaje", "Nu mai doresc să primesc mesaje", "Vă rog să nu-mi mai trimiteți sms-uri", "Ștergeți numărul meu",  # Romanian
        "no vull rebre més missatges", "No m'envieu més SMS", "Deixeu d'enviar-me missatges",  # Catalan
    ],
)  # fmt: skip
def test_a_polite_refusal_is_no_keyword_and_is_noticed(text: str) -> None:
    assert (keyword_of(text), refuses_politely(text)) == (NONE, True)


@pytest.mark.parametrize(
    "text",
    [
        # French
        "Léa ne viendra plus le mercredi", "arrêt de bus", "je n'ai pas reçu le message", "plus de messages svp pour demain ?", "on n'a plus de maillots",
        "Fin à quelle heure ?", "Vous ne m'envoyez plus de sms, c'est normal ?", "Je ne reçois plus vos messages", "Je ne peux plus envoyer de message sur le groupe",
        "Je ne veux plus jouer gardien", "Pourquoi ne plus m'envoyer les convocations ?", "Tom ne souhaite plus participer au tournoi", "Merci de ne pas oublier les maillots", "Retirez-moi de la liste pour samedi",
        "Enlevez-moi de votre liste pour le tournoi", "Je voudrais plus de messages sur les horaires", "Merci d'arrêter à 18h", "merci de me désinscrire pour samedi", "merci de me désinscrire", "Merci, arrête !", "Vous ne m'envoyez plus de sms", "Il ne veut plus rien manger", "Merci de ne plus garer les voitures devant",
        "Ne m'attendez plus, on arrive", "Tu peux m'envoyer un sms ?", "Merci de supprimer Tom de la feuille",
        # English
        "fine, thanks", "I did not get the message", "I don't receive your messages", "Don't text me, call me", "No more training today?", "No more texts?",
        "Take me off your list for Saturday", "Take Tom off the team please", "please stop at the station", "Can't stop laughing", "Tom wants to opt out of the match", "We don't want more snow", "Please send me the list",
        "alto!", "para mañana", "baja por lesión", "No quiero perderme más mensajes", "No he recibido más mensajes", "¿No me enviáis más mensajes?", "Quiero darme de baja del torneo", "No me esperéis más",  # Spanish
        "ende um 8?", "Ich habe keine Nachricht mehr bekommen", "Keine SMS mehr bekommen, was ist los?", "Bitte entschuldigt, habe keine SMS mehr bekommen", "Wir haben keine Trikots mehr", "Ich kann nicht mehr schreiben, Akku leer", "Ich möchte keine Pause mehr",  # German
        "Basta così, grazie", "Basta un messaggio", "Basta sms per confermare?", "Non mi mandate più messaggi?", "Non voglio più giocare",  # Italian
        "Ik heb geen berichten meer ontvangen", "Graag hulp, geen sms ontvangen", "Hij wil stoppen met voetbal", "Ik wil geen bericht missen", "Wil weten waarom geen sms meer",  # Dutch
        "Não recebi mais mensagens", "Não quero mais jogar", "Para de chover às 5",  # Portuguese
        "Nie dostałem wiadomości", "Nie chcę grać w sobotę", "Proszę nie pisać po 22",  # Polish
        "Nu mai primesc mesaje", "De ce nu-mi mai trimiteți mesaje?", "Nu mai vreau să joc",  # Romanian
        "No he rebut més missatges", "No vull jugar més", "Ja no plou",  # Catalan
        "", "?!", "👍", "ok merci",  # None at all
    ],
)  # fmt: skip
def test_everyday_talk_is_neither_keyword_nor_refusal(text: str) -> None:
    assert (keyword_of(text), refuses_politely(text)) == (NONE, False)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert keyword_of(text) in Keyword
    assert not refuses_politely(text) or keyword_of(text) is NONE


# The question mark is not among them: "stop, rain tomorrow?" asks, "stop, rain tomorrow" does not.
_DECORATION = st.text("  \t\n.,;:!¡…'\"«»()-–—_🛑🙏👍🏽", max_size=6)


@given(st.sampled_from(["STOP", "ARRET", "UNSUBSCRIBE"]), _DECORATION)
def test_a_stop_word_is_heard_through_any_decoration(word: str, decoration: str) -> None:
    assert keyword_of(decoration + word.lower() + decoration) is STOP


_TEXTS = st.sampled_from(
    [
        "stop", "arrêtez svp", "désinscription", "BAJA", "baja por lesión", "stop pubblicità", "STOP RECLAMĂ", "wznów", "réabonner", "información",
        "Stop au foot demain", "Arrêt de bus", "ende um 8", "proszę nie wysyłać mi więcej smsów", "no me enviéis más mensajes",
        "bitte keine SMS mehr", "não quero receber mais mensagens", "merci de ne plus m'envoyer de sms", "Léa ne viendra plus", "Ștergeți numărul meu",
    ]
)  # fmt: skip


def _answers(text: str) -> tuple[Keyword, bool]:
    return keyword_of(text), refuses_politely(text)


@given(_TEXTS, _DECORATION, _DECORATION, st.randoms())
def test_case_and_decoration_never_change_the_answer(
    text: str, before: str, after: str, chance: Random
) -> None:
    cased = "".join(chance.choice((char.upper(), char.lower())) for char in text)
    assert _answers(before + cased + after) == _answers(text)


@given(
    _TEXTS,
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
    st.sampled_from([" ", "  ", "\n", ", ", " 🙏 ", "\u00a0"]),
)
def test_how_accents_and_spaces_are_written_never_changes_the_answer(
    text: str, form: _Form, space: str
) -> None:
    written = unicodedata.normalize(form, text).replace(" ", space)
    assert _answers(written) == _answers(text)


@given(_TEXTS)
def test_accents_left_out_never_change_the_answer(text: str) -> None:
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    assert _answers(bare.replace("ł", "l")) == _answers(text)
