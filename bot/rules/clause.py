"""The words at a text's end that say how to stop or to answer it: found where they are there, added where they must be."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.rules import page
from bot.rules.figures import code_of
from bot.rules.links import hosts_in
from storage.states import Kind, SenderKind


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's clause, for senders that can be answered, by their kind, and for one that cannot.

    `link` leads to the reader's page for stopping, `answer` for answering; both end with the link.
    """

    short_code: str
    number: str
    link: str
    answer: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What is added to a text, by the reader's language; nothing where `usual` is empty."""

    usual: str = ""
    by_language: Mapping[str, str] = field(default_factory=dict)
    has_link: bool = False
    """Whether it ends with a link, which is another one for each reader; here it is written with a sample token."""

    def added_to(self, body: str, language: str = "") -> str:
        """The text with the clause of the reader's language, else the usual one, at its end."""
        return "".join(self.added_to_parts([body], language))

    def added_to_parts(self, parts: Sequence[str], language: str = "") -> list[str]:
        """The same for a text in parts; the clause is a part of its own."""
        clause = self._in(language)
        return [*_without_space_at_end(parts), f" {clause}"] if clause else list(parts)

    def _in(self, language: str) -> str:
        return self.by_language.get(code_of(language), self.usual) if self.usual else ""

    @property
    def shown(self) -> str:
        """The usual one as people are told of it: the link without the token, since each reader's is another one."""
        return self.with_token(self.usual, page.UNSEEN)

    def with_token(self, text: str, token: str) -> str:
        """A text that ends with this clause, or the clause alone, its sample token replaced."""
        return text[: -page.LENGTH] + token if self.has_link and text else text


NONE = Clause()

# Neither "non-stop" nor "pit stop".
_KEYWORD = r"(?<![\w-])(?<!NON )(?<!PIT )STOP(?:SMS|PUB)?"
_DIGITS = re.compile(
    rf"{_KEYWORD}\W{{1,5}}(?:(?:SMS|PUB|AU|TO|AT|AL|AN|NAAR|NA|LA|PARA)\W+){{0,2}}\+?(\d[\d ]{{2,14}}\d)"
)
_SHORTEST_LONG_CODE = 7
# "Reply STOP", "STOP to opt out", and the same in the other languages of bot/data/clauses.toml.
_ASKED = re.compile(
    r"\b(?:REPLY|TEXT|SEND|REPONDEZ|REPONDRE|ENVOYEZ|ENVOYER|TAPEZ|RESPONDE|RESPONDA|ENVIA|ENVIE|ANTWORTE|ANTWORTEN SIE|"
    r"ANTWORTEN|SENDE|RISPONDI|INVIA|SCRIVI|ANTWOORD|STUUR|ODPISZ|WYSLIJ|RASPUNDE|TRIMITE|RESPON)"
    rf"(?:\s+(?:WITH|AVEC|PAR|CON|MIT|COM|MET|CU|AMB))?\W+{_KEYWORD}\b"
    rf"|{_KEYWORD}\W+(?:TO\s+(?:OPT[ -]?OUT|UNSUBSCRIBE|(?:END|QUIT|CANCEL|STOP)(?=\s*(?:[.!,)]|$)))"
    r"|POUR\s+(?:NE\s+PLUS|ARRETER|(?:VOUS\s+|SE\s+)?(?:DESABONNER|DESINSCRIRE))"
    r"|PARA\s+(?:(?:NO|NAO)\s+(?:RECIBIR|RECEBER)|CANCELAR|SALIR|SAIR)|PER\s+(?:NON\s+RICEVERE|DISISCRIVERTI|NO\s+REBRE)"
    r"|(?:ZUM|UM)\s+(?:ABMELDEN|BEENDEN)|OM\s+(?:TE\s+STOPPEN|AF\s+TE\s+MELDEN)|ABY\s+ZREZYGNOWAC|PENTRU\s+DEZABONARE)\b"
    rf"|\b(?:BAJA|ABMELDEN|ABMELDUNG|AFMELDEN|SAIR|REZYGNACJA|DEZABONARE|BAIXA|RICEVERE|OPT-?OUT|UNSUBSCRIBE)\W+(?:\w+\W+)?{_KEYWORD}\b"
)  # fmt: skip
_BY_LINK = re.compile(
    r"(?:(?<![\w-])(?<!NON )(?<!PIT )STOP\s*[:=]\s*|\b(?:DESABONNEMENT|DESINSCRIPTION|DESINSCRIRE|DESABONNER|UNSUBSCRIBE|OPT-?OUT|BAJA|ABMELDEN|"
    r"DISISCRIZIONE|AFMELDEN|UITSCHRIJVEN|SAIR|REZYGNACJA|DEZABONARE|BAIXA)\b\W{0,4})(?:https?://)?(?=[a-z0-9])(\S+)"
)  # fmt: skip


def clause_for(
    body: str,
    *,
    kind: Kind,
    sender_kind: SenderKind,
    sender: str,
    language: str,
    wordings: Mapping[str, Wording],
    pages: str,
    alerts_ask: bool = False,
) -> Clause:
    """What must be added to the text: always to marketing, to alerts where the country asks; nothing where it says it.

    `language` is the club's, and stands for readers whose own is not known. A sender that cannot be answered gets the
    link to the reader's page in each text, since nobody can answer, or stop, without it; `pages` is how such links
    begin, empty where there are no pages: then nothing is added, and marketing must not leave (`can_be_stopped`).
    """
    asks = kind is Kind.MARKETING or alerts_ask
    if sender_kind is SenderKind.NAME and not pages:
        return NONE
    if sender_kind is SenderKind.NAME:
        stops = asks and not _says_it_by_link(body)
        return _clause(
            {code: _linked(wording, pages, stops) for code, wording in wordings.items()}, language, True
        )
    if not asks or says_how_to_stop(body, sender):
        return NONE
    said = {code: _wording(wording, sender_kind).format(number=sender) for code, wording in wordings.items()}
    return _clause(said, language, False)


def can_be_stopped(kind: Kind, sender_kind: SenderKind, pages: str) -> bool:
    """Whether members can stop such texts, as the law wants it of marketing: by an answer, or on their page."""
    return kind is not Kind.MARKETING or sender_kind is not SenderKind.NAME or bool(pages)


def _clause(by_language: Mapping[str, str], language: str, has_link: bool) -> Clause:
    return Clause(by_language.get(language, by_language["en"]), by_language, has_link)


def _linked(wording: Wording, pages: str, stops: bool) -> str:
    return (wording.link if stops else wording.answer).format(link=pages + page.SAMPLE)


def without_link(body: str, token: str, wordings: Mapping[str, Wording]) -> str:
    """The text without the link that ends with this token and the words that lead to it; others stay as they are."""
    if not body.endswith(token):
        return body
    text = body.rsplit(" ", 1)[0]
    both = [words for wording in wordings.values() for words in (wording.link, wording.answer)]
    leads = [lead for words in both if text.endswith(lead := " " + words.format(link="").strip())]
    return text.removesuffix(max(leads, key=len, default=""))


def _wording(wording: Wording, sender_kind: SenderKind) -> str:
    return wording.short_code if sender_kind is SenderKind.SHORT_CODE else wording.number


def says_how_to_stop(body: str, sender: str) -> bool:
    """Whether the text says how to stop it: by STOP to this sender, by STOP as an answer, or by a link.

    STOP to another number is no way out: whoever sends it there is never heard of.
    """
    text = _folded(body)
    if numbers := _DIGITS.findall(text):
        return any(_is_sender(_digits(number), _digits(sender)) for number in numbers)
    return bool(_ASKED.search(text)) or _says_it_by_link(body)


def _says_it_by_link(body: str) -> bool:
    links = _BY_LINK.findall(_keeping_links(body))
    return any(True for link in links for _ in hosts_in(link))


def _without_space_at_end(parts: Sequence[str]) -> list[str]:
    left = list(parts)
    while left and not (last := left.pop().rstrip()):
        pass
    return [*left, last] if parts else left


def _is_sender(written: str, sender: str) -> bool:
    """Whether the number is the sender's, as it is or as one writes it within the country."""
    national = written.lstrip("0")
    return written == sender or (len(national) >= _SHORTEST_LONG_CODE and sender.endswith(national))


def _digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit())


def _folded(body: str) -> str:
    marked = unicodedata.normalize("NFKD", body.upper())
    return "".join(char for char in marked if not unicodedata.combining(char))


def _keeping_links(body: str) -> str:
    """The text folded, its words with a dot in lower case, so that links stand out."""
    return " ".join(word.lower() if "." in word.strip(".") else _folded(word) for word in body.split())
