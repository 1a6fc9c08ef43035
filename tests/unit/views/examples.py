"""Values to build views from, ordinary and huge, and what Slack sends back once somebody filled a view in."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

from bot.campaigns.explained import Asked, Explained, InGroup, Why
from bot.campaigns.facts import Card, GroupRow, Groups, HomeFacts, Row, SettingsFacts, Stopped, Stops
from bot.campaigns.values import Choice, ComposeFacts, Excluded, Fields, Preview, Repeat, Sample, SenderChoice
from bot.campaigns.weights import Cheaper, Pushed
from bot.consents.facts import ConsentSettings, Worded
from bot.conversations import Answer, IncomingReply
from bot.groups.facts import Building
from bot.i18n import load_catalogues
from bot.people.facts import Found, Looked, OwnField, Person
from bot.playground.workspace import blocks as stand_in
from bot.playground.workspace.elements import SHAPES, state_at_first, state_of
from bot.rules.countries import NameThere, Window
from bot.rules.lines import Block, Form, Line
from bot.rules.refusals import How, Told
from bot.rules.senders import Unshown
from bot.rules.text import Encoding
from storage.conditions import Compared, Condition, Match, Operator, Rule
from storage.states import (
    AudienceWay,
    CampaignState,
    FieldKind,
    Kind,
    MessageState,
    OptOutScope,
    Role,
    Route,
    SenderKind,
)

Json = dict[str, Any]

CATALOGUES = load_catalogues()
ENGLISH, FRENCH = CATALOGUES["en"], CATALOGUES["fr"]
LANGUAGES = [ENGLISH, FRENCH]

ZONE = "Europe/Paris"
AT = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
NAME = SenderChoice("ASVALMONT", SenderKind.NAME, answerable=False, link_characters=41)
NUMBER = SenderChoice("36123", SenderKind.SHORT_CODE, answerable=True)
U13 = Choice("g1", "U13", "14 people")
U15 = Choice("g2", "U15", "16 people")
LONG_NAME = "Les débutants du samedi matin & leurs parents <qui aident> " * 3
LONG_TEXT = "Voilà *tout* ce que <!channel> dit à `tous` https://example.org _ici_ &amp; là. " * 60
PARTS = (Choice("FR-6AE", "Alsace"), Choice("FR-57", "Moselle"))
UNSHOWN = (
    Unshown(NameThere.IMPOSSIBLE, ("US", "CA"), 3),
    Unshown(NameThere.REGISTERED, ("ES",), 1),
    Unshown(NameThere.UNCHECKED, ("BR", "PT", "MA", "SN", "TN", "DZ", "CI", "VN"), 1_000_000),
)
MANY_GROUPS = tuple(Choice(f"g{n}", f"{n:03d} {LONG_NAME}", LONG_NAME) for n in range(200))


def compose_facts(**changed: Any) -> ComposeFacts:
    """A club with two fixed groups, one dynamic one, a name and a number."""
    usual: dict[str, Any] = {
        "draft_id": "d1",
        "club_name": "AS Valmont",
        "zone": ZONE,
        "fixed_groups": (U13, U15),
        "dynamic_groups": (Choice("q1", "Judo adults", "activity = judo"),),
        "senders": (NAME, NUMBER),
        "merge_fields": ("first_name", "last_name"),
        "today": "2026-11-22",
        "max_segments": 3,
    }
    return ComposeFacts(**usual | changed)


def preview(**changed: Any) -> Preview:
    """Thirty-eight phones for forty-one people, now."""
    usual: dict[str, Any] = {
        "draft_id": "d1",
        "title": "Gym closed",
        "kind": Kind.ALERT,
        "route": Route.DOMESTIC,
        "sender": NUMBER,
        "audience_words": "U13",
        "people": 41,
        "recipients": 38,
        "excluded": (),
        "segments": 38,
        "least": 1,
        "usual": 1,
        "worst": 1,
        "credits": 38,
        "encoding": Encoding.GSM7,
        "costly": (),
        "cheaper": None,
        "pushed": None,
        "sample": Sample("Léa Martin", "Bonjour Léa, gymnase fermé ce soir.", 1),
        "longest": None,
        "release_at": None,
        "zone": ZONE,
        "undo_seconds": 10,
    }
    return Preview(**usual | changed)


def huge_preview(**changed: Any) -> Preview:
    """Everything that can be said at once, as long as it can be."""
    reasons = ("no_number", "bad_number", "opted_out", "opted_out_marketing", "no_consent", "abroad", "new")
    usual: dict[str, Any] = {
        "title": LONG_NAME,
        "kind": Kind.MARKETING,
        "route": Route.WORLD,
        "sender": NAME,
        "audience_words": LONG_NAME * 10,
        "people": 1_000_000,
        "recipients": 999_999,
        "excluded": tuple(Excluded(reason, 5000, (LONG_NAME,) * 40) for reason in reasons),
        "segments": 2_999_997,
        "least": 1,
        "usual": 2,
        "worst": 10,
        "credits": 12_000_000,
        "encoding": Encoding.UCS2,
        "costly": tuple("îêçœ’…👍🏽"),
        "cheaper": Cheaper((("î", "i"), ("…", "...")), True, 3, 9_000_000),
        "pushed": Pushed(400_000, 3, 10, (LONG_NAME,) * 8, more=True),
        "signs": (LONG_NAME,) * 9,
        "unshown": UNSHOWN,
        "shared_hosts": ("maps.app.goo.gl",) * 9,
        "sample": Sample(LONG_NAME, LONG_TEXT, 3, "c1"),
        "longest": Sample(LONG_NAME, LONG_TEXT, 10, "c2"),
        "shortest": Sample(LONG_NAME, LONG_TEXT, 1, "c3"),
        "is_personal": True,
        "reader": "c1",
        "release_at": AT,
        "skipped_time": "18:30",
        "repeat": Repeat("U0COACH", AT),
        "type_to_confirm": 999_999,
        "segments_today": 1990,
        "my_phone": "+33 •••• 78",
        "waiting": 3_000_000,
        "segments_a_second": 2000.0,
        "takes": timedelta(hours=9, minutes=55),
    }
    return preview(**usual | changed)


def card(**changed: Any) -> Card:
    """A campaign to thirty-eight phones that is leaving."""
    usual: dict[str, Any] = {
        "campaign_id": "c1",
        "title": "Gym closed",
        "body": "Gymnase fermé ce soir, pas d'entraînement.",
        "kind": Kind.ALERT,
        "sender": NUMBER,
        "audience_words": "U13",
        "created_by": "U0COACH",
        "state": CampaignState.SENDING,
        "release_at": AT,
        "zone": ZONE,
        "is_later": False,
        "undo": False,
        "recipients": 38,
        "previewed_recipients": 38,
        "segments": 38,
    }
    return Card(**usual | changed)


def huge_card(state: CampaignState) -> Card:
    """A campaign of which everything is said at once."""
    return card(
        state=state,
        title=LONG_NAME,
        body=LONG_TEXT,
        audience_words=LONG_NAME * 10,
        recipients=1_000_000,
        previewed_recipients=2,
        states=dict.fromkeys(MessageState, 1000),
        failures=tuple((f"{n} {LONG_NAME}", 5) for n in range(20)),
        left_out=(("no_number", 3), ("opted_out", 2), ("something new", 1)),
        replies=12,
        pause_words="Your club has reached its SMS for today.",
        over_at=AT,
    )


def row(campaign_id: str = "c1", **changed: Any) -> Row:
    """A campaign of thirty-eight, done."""
    usual: dict[str, Any] = {
        "title": "Gym closed",
        "audience_words": "U13",
        "state": CampaignState.DONE,
        "at": AT,
        "recipients": 38,
        "delivered": 36,
        "failed": 2,
        "replies": 3,
        "created_by": "U0COACH",
    }
    return Row(campaign_id, **usual | changed)


def home(**changed: Any) -> HomeFacts:
    """The Home of an admin whose club has a channel."""
    usual: dict[str, Any] = {
        "club_name": "AS Valmont",
        "zone": ZONE,
        "role": Role.ADMIN,
        "channel_id": "C0CLUB",
        "sent": (row(),),
    }
    return HomeFacts(**usual | changed)


def settings(**changed: Any) -> SettingsFacts:
    """A club with two coaches and an admin."""
    usual: dict[str, Any] = {
        "coaches": ("U0COACH", "U1COACH"),
        "admins": ("U0ADMIN",),
        "channel_id": "C0CLUB",
        "zone": ZONE,
        "confirm_above": 200,
        "undo_seconds": 10,
        "max_segments": 3,
        "segments_a_day": 2000,
        "marketing": Window(days=frozenset(range(6)), opens=time(8), closes=time(20), on_holidays=False),
        "marketing_most": Window(
            days=frozenset(range(7)), opens=time(8), closes=time(21, 30), on_holidays=True
        ),
        "my_phone": "+33 6 39 98 00 01",
    }
    usual["consent"] = ConsentSettings(Worded(0, "I agree."))
    return SettingsFacts(**usual | changed)


def stopped(**changed: Any) -> Stopped:
    """Léa's parents, who answered STOP."""
    usual: dict[str, Any] = {
        "names": ("Claire Martin", "Paul Martin"),
        "number": "+33 •••• 78",
        "scope": OptOutScope.ALL,
        "since_at": AT,
        "told": Told(How.ANSWERED, "STOP"),
    }
    return Stopped(**usual | changed)


def stops(*rows: Stopped, **changed: Any) -> Stops:
    """A page of opt-outs, the only one."""
    usual: dict[str, Any] = {"rows": rows, "total": len(rows), "page": 1, "pages": 1, "zone": ZONE}
    return Stops(**usual | changed)


def person(id: str = "p1", **changed: Any) -> Person:
    """Léa, who has a number and no guardian."""
    usual: dict[str, Any] = {"name": "Léa Martin", "number": "+33 6 39 98 00 01", "details": ("U13",)}
    return Person(id, **usual | changed)


def found(*rows: Person, **changed: Any) -> Found:
    """The first page of everybody."""
    usual: dict[str, Any] = {"looked": Looked(), "rows": rows, "total": len(rows)}
    return Found(**usual | changed)


def groups(*rows: GroupRow, **changed: Any) -> Groups:
    """A page of groups, the only one."""
    return Groups(**{"rows": rows, "total": len(rows), "page": 1, "pages": 1} | changed)


def explained(id: str = "p1", **changed: Any) -> Explained:
    """Léa, who was chosen with her group and gets it."""
    usual: dict[str, Any] = {"name": "Léa Martin", "number": "+33 •••• •• 01", "group": InGroup("U13")}
    return Explained(id, **usual | changed)


def why(*rows: Explained, **changed: Any) -> Why:
    """The first page of everybody in a campaign that has left."""
    usual: dict[str, Any] = {
        "asked": Asked("c1"),
        "title": "Gym",
        "way": AudienceWay.FIXED,
        "audience_words": "U13",
        "is_frozen": True,
        "rows": rows,
        "counts": {"all": len(rows)},
    }
    return Why(**usual | changed)


def incoming(**changed: Any) -> IncomingReply:
    """Léa's mother answers."""
    usual: dict[str, Any] = {
        "conversation_id": "v1",
        "reply_id": "r1",
        "names": ("Claire Martin",),
        "number": "+33 •••• 78",
        "body": "OK merci, à demain",
        "keyword": "none",
        "received_at": AT,
        "zone": "Europe/Paris",
    }
    return IncomingReply(**usual | changed)


def answer(**changed: Any) -> Answer:
    """What a coach wrote back, delivered."""
    usual: dict[str, Any] = {"by": "U0COACH", "body": "À demain !", "state": MessageState.DELIVERED}
    return Answer(**usual | changed)


def fields(**changed: Any) -> Fields:
    """What a coach typed so far."""
    return Fields(**{"groups": (U13,), "message": "Gymnase fermé ce soir.", "sender": "36123"} | changed)


def filled(view: Json, typed: Mapping[str, Any] | None = None) -> Json:
    """The view as Slack sends it back, by the stand-in's own state; `typed` is by action id."""
    ids = count()
    blocks = stand_in.normalised(view["blocks"], lambda: f"made{next(ids)}")
    values: Json = {}
    for block, element in stand_in.walk(blocks):
        if element["type"] in SHAPES:
            values.setdefault(block["block_id"], {})[element["action_id"]] = _state(element, typed or {})
    return view | {"blocks": blocks, "state": {"values": values}, "id": "V1", "hash": "h"}


def _state(element: Json, typed: Mapping[str, Any]) -> Json:
    if element["action_id"] not in typed:
        return state_at_first(element)
    value = typed[element["action_id"]]
    return state_of(element, value, value if element["type"] == "multi_external_select" else ())


def texts_of(shown: Any) -> str:
    """Every text that people read, joined."""
    if isinstance(shown, list):
        return "\n".join(texts_of(item) for item in shown)
    if not isinstance(shown, dict):
        return ""
    own = [shown["text"]] if isinstance(shown.get("text"), str) else []
    return "\n".join(own + [found for item in shown.values() if (found := texts_of(item).strip())])


def elements_of(shown: Any, kind: str) -> list[Json]:
    """Every element of this type, however deep."""
    if isinstance(shown, list):
        return [found for item in shown for found in elements_of(item, kind)]
    if not isinstance(shown, dict):
        return []
    own = [shown] if shown.get("type") == kind else []
    return own + [found for item in shown.values() for found in elements_of(item, kind)]


def actions_of(shown: Any) -> list[str]:
    """The action ids of its buttons, in order."""
    return [element["action_id"] for element in elements_of(shown, "button")]


TEAM, ENDS, PAID, SIZE, POINTS = (
    OwnField("a1", "team", FieldKind.TEXT),
    OwnField("b2", "licence ends", FieldKind.DATE),
    OwnField("c3", "paid", FieldKind.YES_NO),
    OwnField("d4", "size", FieldKind.CHOICE, ("S", "M", LONG_NAME)),
    OwnField("e5", "points", FieldKind.NUMBER),
)
OWN = (TEAM, ENDS, PAID, SIZE, POINTS)
HUGE_OWN = tuple(
    OwnField(f"{n}", f"{n} {LONG_NAME}", FieldKind.CHOICE, (LONG_NAME, "S") + ("M",) * 200)
    for n in range(150)
)
LONG_RULE = Rule(parts=(Condition("fields.team", Compared.TEXT, Operator.IS, LONG_TEXT),) * 12)
HUGE_LINES = (
    Line("1", f"fields.{HUGE_OWN[149].name}", Operator.IS, ("S", "Gone")),
    Line("1", "fields.gone", Operator.IS, ("S",)),
    Line("1", "first_name", Operator.IS, tuple(f"{n:02} {LONG_NAME}"[:75] for n in range(30))),
    Line("1", "last_name", Operator.IS, (LONG_TEXT[:200],)),
    *(Line("1", "age", Operator.AT_LEAST, ("12",), "2026-12-31"),) * 5,
)
EACH_WIDGET = (
    Line("1", "fields.team", Operator.IS, ("U13", "U15")),
    Line("1", "fields.team", Operator.BEGINS, ("U",)),
    Line("1", "fields.team", Operator.EMPTY),
    Line("1", "fields.licence ends", Operator.NEXT_DAYS, ("30",)),
    Line("1", "fields.licence ends", Operator.BEFORE, ("2026-12-31",)),
    Line("1", "fields.licence ends", Operator.AFTER),
    Line("1", "fields.paid", Operator.IS, ("no",)),
    Line("1", "fields.size", Operator.IS, ("M", "XL")),
    Line("1", "fields.points", Operator.AT_MOST, ("12.5",)),
    Line("1", "language", Operator.IS_NOT, ("de", "fr")),
    Line("1", "tags", Operator.IS, ("committee",)),
    Line("1", "age", Operator.AT_LEAST, ("12",), "2026-12-31"),
    Line("1", "birth_date", Operator.ANNIVERSARY),
)


def building(
    *lines: Line,
    blocks: tuple[Block, ...] = (),
    name: str = "",
    own: tuple[OwnField, ...] = OWN,
    **changed: Any,
) -> Building:
    """A group that is being built."""
    form = Form(name, Match.ALL, lines or (Line("1"),), blocks, used=99 if lines else 1)
    return Building(**{"draft_id": "d1", "form": form, "own": own} | changed)
