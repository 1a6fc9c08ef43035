"""Every view and post of the bot, ordinary, empty and huge, in one language."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from bot.audit import PAGE, AuditLog, Entry
from bot.campaigns.explained import Asked, InGroup, Relative, Show
from bot.campaigns.facts import GroupRow, Missed
from bot.campaigns.values import Choice, Fields, When
from bot.campaigns.weights import Cheaper, Counted, Pushed
from bot.consents.facts import ConsentSettings, Worded
from bot.groups.facts import Belonging
from bot.groups.sheets import FixedForm, FixedSheet, Report
from bot.i18n import Words
from bot.imports.errors import NoNames
from bot.imports.rows import Columns
from bot.people.facts import Form, Looked, OwnField, Sheet
from bot.rules.audience import LeftOut
from bot.rules.lines import Block
from bot.rules.phones import PhoneRefusal
from bot.rules.refusals import How, Told
from bot.rules.regions import parts_of
from bot.rules.text import count
from bot.slack import cards
from bot.slack import imports as import_posts
from bot.uploads.facts import Counts, Progress
from bot.uploads.facts import Shown as ShownFile
from commands.views import (
    audit,
    compose,
    consents,
    contacts,
    details,
    erase,
    fixed,
    groups,
    help,
    home,
    imports,
    kept,
    lists,
    members,
    notices,
    optouts,
    own_fields,
    person,
    phone,
    preview,
    reply,
    reschedule,
    rule,
    settings,
    why,
)
from storage.conditions import Compared, Condition, Match, Operator, Rule
from storage.states import AudienceWay, CampaignState, FieldKind, MessageState, Role
from tests.unit.views import agreements, fixed_groups
from tests.unit.views import examples as ex

Shown = tuple[str, str, Any]
GROUP = str(UUID(int=7))


def everything(words: Words) -> Iterator[Shown]:
    """What it is, where it is shown (modal, home, message), and the view or blocks."""
    yield from _compose(words)
    yield from _preview(words)
    yield from _cards(words)
    yield from _replies(words)
    yield from _lists(words)
    yield from _groups(words)
    yield from _fixed_groups(words)
    yield from _stops(words)
    yield from _audit(words)
    yield from _people(words)
    yield from _imports(words)
    yield from _own_fields(words)
    yield from _rest(words)


def _compose(words: Words) -> Iterator[Shown]:
    facts = ex.compose_facts()
    huge = ex.compose_facts(fixed_groups=ex.MANY_GROUPS, dynamic_groups=ex.MANY_GROUPS, zone=ex.LONG_NAME)
    own = frozenset(group.id for group in ex.MANY_GROUPS[:150])
    yield "compose, own groups", "modal", compose.view(replace(huge, own_groups=own), Fields(), words)
    few = replace(facts, own_groups=frozenset([ex.U15.id]))
    yield "compose, own group", "modal", compose.view(few, ex.fields(), words)
    empty = ex.compose_facts(fixed_groups=(), dynamic_groups=(), senders=(), merge_fields=())
    for way in AudienceWay:
        known = Fields(
            audience=way,
            contacts=tuple(Choice(f"p{n}", ex.LONG_NAME) for n in range(150)),
            groups=ex.MANY_GROUPS,
            title=ex.LONG_NAME,
            message=ex.LONG_TEXT,
            when=When.LATER,
            at_date="2026-11-22",
            at_time="19:30",
        )
        yield f"compose, {way}", "modal", compose.view(facts, Fields(audience=way), words)
        yield f"compose, {way}, huge", "modal", compose.view(huge, known, words, counted=_heavy())
        yield f"compose, {way}, empty club", "modal", compose.view(empty, Fields(audience=way), words)
    counted = Counted(
        count("Gymnase fermé, pas d'entraînement ce soir. " * 3),
        recipients=38,
        total=76,
        cheaper=Cheaper((("î", "i"),), True, 1, 38),
        audience_words="U13",
    )
    rewritten = replace(ex.fields(), revision=3)
    filled = compose.view(facts, rewritten, words, counted=counted, trouble=ex.LONG_NAME * 5)
    yield "compose, filled", "modal", filled


def _heavy() -> Counted:
    long = count(ex.LONG_TEXT + "î" + "👍🏽" * 40)
    return Counted(
        count(ex.LONG_TEXT),
        long,
        recipients=1_000_000,
        total=3_000_000,
        cheaper=Cheaper((("î", "i"), ("’", "'"), ("\u200b", "")) * 9, True, 2, 2_000_000),
        audience_words=ex.LONG_NAME * 9,
        pushed=Pushed(400_000, 3, 10, (ex.LONG_NAME,) * 8, more=True),
        unshown=ex.UNSHOWN,
    )


def _preview(words: Words) -> Iterator[Shown]:
    excluded = ex.huge_preview().excluded
    yield "preview", "modal", preview.view(ex.preview(my_phone="+33 •••• 78"), words)
    yield "preview, huge", "modal", preview.view(ex.huge_preview(), words, said=ex.LONG_NAME * 20)
    gone = ex.huge_preview(reader_is_gone=True)
    yield "preview, reader gone", "modal", preview.view(gone, words)
    yield "preview, nobody", "modal", preview.view(ex.preview(recipients=0, excluded=excluded), words)
    yield "preview, no sample", "modal", preview.view(ex.preview(sample=None, undo_seconds=0), words)


def _cards(words: Words) -> Iterator[Shown]:
    for state in CampaignState:
        yield f"card, {state}", "message", cards.card(ex.card(state=state), words)[1]
        yield f"card, {state}, huge", "message", cards.card(ex.huge_card(state), words)[1]
    paused = ex.huge_card(CampaignState.PAUSED)
    yield "question, huge", "message", cards.question(paused, words)[1]
    later = ex.card(state=CampaignState.SCHEDULED, is_later=True)
    yield "card, later", "message", cards.card(later, words)[1]
    yield "card, undo", "message", cards.card(ex.card(state=CampaignState.SCHEDULED, undo=True), words)[1]


def _replies(words: Words) -> Iterator[Shown]:
    for keyword in ("none", "stop", "stop_marketing", "start", "help", "join", "agreed"):
        yield f"reply, {keyword}", "message", cards.reply_post(ex.incoming(keyword=keyword), words)[1]
    huge = ex.incoming(names=(ex.LONG_NAME,) * 30, body=ex.LONG_TEXT)
    answers = tuple(ex.answer(state=state, body=ex.LONG_TEXT, why="Try later.") for state in MessageState)
    yield "reply, huge", "message", cards.reply_post(huge, words, answers)[1]
    late = ex.incoming(is_late=True, keyword="stop")
    yield "reply, late", "message", cards.reply_post(late, words)[1]
    refusing = ex.incoming(keyword="none", refuses=True)
    yield "reply, refusing", "message", cards.reply_post(refusing, words)[1]
    unknown = ex.incoming(names=(), body="")
    yield "reply, on the page", "message", cards.reply_post(ex.incoming(on_page=True), words)[1]
    yield "reply, unknown", "message", cards.reply_post(unknown, words)[1]
    yield "answer", "modal", reply.view(ex.incoming(), words, max_segments=3)
    yield (
        "answer, huge",
        "modal",
        reply.view(
            huge,
            words,
            message=ex.LONG_TEXT,
            counted=_heavy(),
            second_adult=ex.LONG_NAME,
            max_segments=3,
        ),
    )
    yield "answer, unknown", "modal", reply.view(unknown, words, max_segments=1)


def _lists(words: Words) -> Iterator[Shown]:
    long = {"title": ex.LONG_NAME, "audience_words": ex.LONG_NAME * 5, "recipients": 1_000_000}
    rows = [ex.row(f"c{state}", state=state, **long) for state in CampaignState]
    many = (rows * 2)[: lists.PAGE_SIZE]
    many = [ex.row(f"c{n}", state=one.state, **long) for n, one in enumerate(many)]
    for page, pages in ((1, 1), (1, 3), (2, 3), (3, 3)):
        yield f"sent, {page}", "message", lists.sent(many, words, zone=ex.ZONE, page=page, pages=pages)[1]
    yield "sent, none", "message", lists.sent([], words, zone=ex.ZONE, page=1, pages=1)[1]
    yield "scheduled", "message", lists.scheduled(many, words, zone=ex.ZONE, page=1, pages=2)[1]
    yield "scheduled, none", "message", lists.scheduled([], words, zone=ex.ZONE, page=1, pages=1)[1]
    full = ex.home(sent=tuple(many), scheduled=(ex.row("s1"),), pages=4, page=2, waiting_replies=3)
    yield "home", "home", home.view(ex.home(), words)
    yield "home, full", "home", home.view(full, words)
    yield "home, new", "home", home.view(ex.home(channel_id=None, sent=(), club_name=ex.LONG_NAME * 2), words)
    yield "home, trouble", "home", home.view(ex.home(channel_trouble="Gone.", role=Role.COACH), words)
    yield "home, others", "home", home.view(ex.home(role=None), words)


def _groups(words: Words) -> Iterator[Shown]:
    rows = [GroupRow(str(UUID(int=n)), ex.LONG_NAME, 1_000_000, ex.LONG_RULE) for n in range(10)]
    rule = Rule(parts=(Condition("fields.team", Compared.TEXT, Operator.IS, ex.LONG_TEXT),) * 12)
    inside, staff = (ex.LONG_NAME,) * 40, ("U0COACH",) * 40
    rows = [GroupRow(str(UUID(int=n)), ex.LONG_NAME, 1_000_000, rule, (), staff) for n in range(5)]
    rows += [GroupRow(str(UUID(int=n)), ex.LONG_NAME, 1_000_000, None, inside, staff) for n in range(5, 10)]
    yield "groups", "modal", groups.view(ex.groups(), words)
    huge = ex.groups(*rows, page=2, pages=9, total=1_000_000)
    yield "groups, huge", "modal", groups.view(huge, words, said=ex.LONG_TEXT)
    yield "group, removal", "modal", groups.removal(Choice("g1", ex.LONG_NAME), 1, words)
    yield from _rules(words)


def _rules(words: Words) -> Iterator[Shown]:
    yield "rule, new", "modal", rule.view(ex.building(), words)
    for widget in ex.EACH_WIDGET:
        yield f"rule, {widget.field} {widget.operator}", "modal", rule.view(ex.building(widget), words)
    lines = [replace(line, key=str(n)) for n, line in enumerate(ex.HUGE_LINES)]
    blocks = tuple(Block(f"9{n}", Match.ANY, (replace(lines[0], key=f"8{n}"),)) for n in range(3))
    belonging = Belonging(ex.LONG_RULE, 999_999, 1_000_000, (ex.LONG_NAME,) * 5, is_partial=True)
    huge = ex.building(*lines, blocks=blocks, name=ex.LONG_NAME, own=ex.HUGE_OWN, belonging=belonging)
    yield "rule, huge", "modal", rule.view(huge, words, trouble=ex.LONG_TEXT)


def _fixed_groups(words: Words) -> Iterator[Shown]:
    yield "group, new", "modal", fixed.view(FixedSheet(GROUP, is_new=True), words, 1)
    yield "group, known", "modal", fixed.view(fixed_groups.fixed_sheet(), words, 2)
    report = fixed_groups.report()
    typed = FixedForm("U13", people=(ex.U13,), pasted="Léa")
    yield (
        "group, report",
        "modal",
        fixed.view(fixed_groups.fixed_sheet(), words, 2, form=typed, report=report, round=1),
    )
    yield (
        "group, report, huge",
        "modal",
        fixed.view(
            fixed_groups.huge_fixed_sheet(),
            words,
            99,
            form=fixed_groups.huge_fixed_form(),
            report=fixed_groups.huge_report(),
            round=9,
        ),
    )
    yield (
        "group, report of nothing",
        "modal",
        fixed.view(fixed_groups.fixed_sheet(), words, 1, report=Report("m")),
    )
    yield "group, removal", "modal", groups.removal(Choice(GROUP, ex.LONG_NAME), 1, words)
    yield (
        "members",
        "modal",
        members.view(fixed_groups.members(ex.person()), words, 1, moved=("p1", "Léa"), said="No."),
    )
    long = {"name": ex.LONG_NAME * 3, "number": ex.LONG_NAME, "details": (ex.LONG_NAME,) * 9}
    rows = [ex.person(f"p{n}", refusal=why, **long) for n, why in enumerate(PhoneRefusal)]
    huge = fixed_groups.members(*rows, name=ex.LONG_NAME, parts=(ex.LONG_NAME,) * 40, page=9, is_more=True)
    moved = ("p1", ex.LONG_NAME * 9)
    yield "members, huge", "modal", members.view(huge, words, 99, moved=moved, said=ex.LONG_TEXT)
    yield "members, nobody", "modal", members.view(fixed_groups.members(), words, 1)


def _stops(words: Words) -> Iterator[Shown]:
    note = Told(How.NOTED, ex.LONG_TEXT, "U0COACH", UUID(int=1))
    huge = ex.stopped(names=(ex.LONG_NAME,) * 9, told=note)
    rows = [*(ex.stopped(told=Told(how, ex.LONG_TEXT, "U0COACH")) for how in How), huge, huge, huge]
    full = ex.stops(*rows, page=2, pages=9, total=1_000_000)
    yield "stops", "modal", optouts.view(ex.stops(), words)
    yield "stops, huge", "modal", optouts.view(full, words, said=ex.LONG_TEXT)
    yield "note", "modal", optouts.note_view(words)


def _audit(words: Words) -> Iterator[Shown]:
    rows = [Entry(ex.AT, "U0COACH", action, ex.LONG_NAME, ex.LONG_TEXT) for action in [*audit.DONE, "new"]]
    page = [*rows, Entry(ex.AT, "retention", "contact_erased", "")][-PAGE:]
    yield "audit", "modal", audit.view(AuditLog((), 0, 1, 1, ex.ZONE), words)
    huge = AuditLog(tuple(page), 1_000_000, 2, 9, ex.ZONE)
    yield "audit, huge", "modal", audit.view(huge, words, said=ex.LONG_TEXT)


def _people(words: Words) -> Iterator[Shown]:
    long = {"name": ex.LONG_NAME * 3, "number": ex.LONG_NAME, "details": (ex.LONG_NAME,) * 9}
    refused = [
        ex.person(f"p{n}", refusal=why, guardians=(ex.LONG_NAME,) * 9, **long)
        for n, why in enumerate(PhoneRefusal)
    ]
    without = tuple((why, 1_000_000) for why in PhoneRefusal)
    full = ex.found(*refused, total=1_000_000, unreachable=without, archived=1_000_000, is_more=True)
    searched = ex.found(*refused, looked=Looked(ex.LONG_TEXT[:3000], page=9, is_archived=True), is_more=True)
    yield "people", "modal", contacts.view(ex.found(ex.person()), words)
    yield "people, none", "modal", contacts.view(ex.found(), words, role=Role.ADMIN)
    yield "people, huge", "modal", contacts.view(full, words, said=ex.LONG_TEXT, first=ex.LONG_TEXT)
    yield "people, searched, huge", "modal", contacts.view(searched, words, role=Role.ADMIN)
    ruled = ex.found(looked=Looked("lic"), ruled=(ex.LONG_NAME,) * 3)
    yield "people, dynamic groups", "modal", contacts.view(ruled, words)

    yield from _sheets(words)
    yield from _whys(words)


def _sheets(words: Words) -> Iterator[Shown]:
    fields = tuple(
        OwnField(f"{kind}{n}", f"{kind} {n} {ex.LONG_NAME}", kind, (ex.LONG_NAME, "S", "M") * 40)
        for n in range(20)
        for kind in FieldKind
    )
    links = tuple(Choice(f"p{n}", ex.LONG_NAME, ex.LONG_NAME) for n in range(150))
    for value in (ex.LONG_TEXT, "2026-02-01", "12.5", "yes", "S"):
        own = {field.id: value for field in fields}
        form = Form(*[ex.LONG_NAME * 9] * 3, "2016-02-29", "fr", *[ex.LONG_TEXT] * 3, own, links, links)
        huge = Sheet("p1", "s" * 32, form, fields)
        yield (
            f"person, huge {value[:10]}",
            "modal",
            person.view(huge, words, Looked(ex.LONG_TEXT), ex.LONG_TEXT),
        )
    yield (
        "person",
        "modal",
        person.view(Sheet("p1", "s", Form("Léa"), agreed=agreements.agreed()), words, Looked()),
    )
    long = agreements.said(evidence=ex.LONG_TEXT, words_version=999, recorded_by=ex.LONG_NAME, how=None)
    full = agreements.agreed(long, long, long, earlier=9_999)
    yield "person, long record", "modal", person.view(Sheet("p1", "s", Form(), agreed=full), words, Looked())
    yield "consent", "modal", consents.view(agreements.asked(), words, {"id": "p1"})
    wordings = tuple(Worded(n, ex.LONG_TEXT[:300], ex.AT) for n in range(20, -1, -1))
    huge_asked = agreements.asked(name=ex.LONG_NAME * 5, agreed=full, wordings=wordings)
    yield "consent, huge", "modal", consents.view(huge_asked, words, {"typed": "x" * 300})
    mine = person.view(Sheet("p1", "s", Form("Léa")), words, Looked(), role=Role.ADMIN)
    yield "person, admin", "modal", mine
    yield "erase", "modal", erase.view("p1", "Léa Martin", words)
    yield "erase, huge", "modal", erase.view("p1", ex.LONG_TEXT, words)
    yield "erased", "modal", erase.done(words, "Léa <Martin>")
    yield "person, new", "modal", person.view(Sheet("", "", Form()), words, Looked())


def _whys(words: Words) -> Iterator[Shown]:
    rule = Rule(parts=(Condition("fields.team", Compared.TEXT, Operator.IS, ex.LONG_TEXT),) * 12)
    guardian = Relative("p2", ex.LONG_NAME * 3, LeftOut.BAD_NUMBER, PhoneRefusal.COUNTRY_MISSING)
    full = [
        ex.explained(
            f"p{n}",
            name=ex.LONG_NAME * 3,
            number=ex.LONG_NAME,
            group=InGroup(ex.LONG_NAME * 3, rule),
            wards=(ex.LONG_NAME,) * 9,
            along_with=(ex.LONG_NAME,) * 9,
            left_out=reason,
            detail=ex.LONG_NAME,
            guardians=(guardian,) * 9,
        )
        for n, reason in enumerate(list(LeftOut)[:10])
    ]
    counts = dict.fromkeys([*Show, *LeftOut], 1_000_000)
    yield "why", "modal", why.view(ex.why(ex.explained()), words)
    yield "why, nobody", "modal", why.view(ex.why(), words)
    for show in (Show.ALL, Show.UNREACHED):
        asked = Asked("c1", typed=ex.LONG_TEXT, show=show, page=9)
        huge = ex.why(*full, asked=asked, title=ex.LONG_TEXT, counts=counts, is_more=True)
        yield f"why, {show}, huge", "modal", why.view(huge, words, said=ex.LONG_TEXT, first=ex.LONG_TEXT)
    sheet = Sheet("p1", "s" * 32, Form())
    yield "person, mended", "modal", person.in_its_place(sheet, words, why.kept(Asked("c1")))


def _imports(words: Words) -> Iterator[Shown]:
    beneath = imports.Beneath(
        "V1", {"typed": ex.LONG_NAME[:100], "first": "", "page": "9", "archived": "yes"}
    )
    going, counts = Progress(rows=1_000_000), Counts(*[1_000_000] * 7)
    some = Columns(("Nom", "Portable"), (("Roy",), ()), "cp1252", ";")
    many = Columns((ex.LONG_NAME,) * 300, ((ex.LONG_TEXT,) * 2,) * 300, "utf-8", "\t")
    fields = tuple(OwnField(f"{n:032x}", f"{n} {ex.LONG_NAME}", FieldKind.TEXT) for n in range(150))
    own = {n: f"own:{field.id}" for n, field in enumerate(fields)}
    usual = ShownFile("i1", "membres.csv", some, {0: "full_name"}, (), Counts(new=412, refused=3))
    huge = ShownFile("i1", ex.LONG_NAME, many, own, fields, counts, ((1_000_000, ex.LONG_TEXT),) * 5)
    yield "a file", "modal", imports.choose(words, beneath)
    yield "a file, trouble", "modal", imports.choose(words, beneath, trouble=ex.LONG_TEXT, variant="x" * 30)
    yield "an import", "modal", imports.check(usual, words, beneath)
    yield "an import, huge", "modal", imports.check(huge, words, beneath)
    senseless = replace(usual, counts=None, trouble=NoNames(names=ex.LONG_TEXT))
    yield "an import, senseless", "modal", imports.check(senseless, words, beneath)
    yield "an import, reading", "modal", imports.reading(words, beneath, going)
    yield "an import, going on", "modal", imports.bringing(ex.LONG_NAME, going, words, beneath)
    for what, post in {
        "progress": import_posts.progress(ex.LONG_NAME, going, words),
        "done": import_posts.finished("i1", ex.LONG_NAME, counts, Counts(new=1), words),
        "failed": import_posts.failed("i1", ex.LONG_NAME, ex.LONG_NAME, words),
        "to correct": import_posts.to_correct(ex.LONG_NAME, words),
    }.items():
        yield f"an import, {what}", "message", post[1]
        yield f"an import, {what}, in a window", "modal", imports.told(post, words, beneath)


def _own_fields(words: Words) -> Iterator[Shown]:
    yield "own fields, none", "modal", own_fields.view((), words)
    yield "own fields", "modal", own_fields.view(ex.OWN, words)
    yield "own fields, huge", "modal", own_fields.view(ex.HUGE_OWN, words, said=ex.LONG_TEXT)
    yield "own field, new", "modal", own_fields.form(None, words)
    for field in (*ex.OWN, replace(ex.HUGE_OWN[0], id="huge")):
        yield f"own field, {field.id}", "modal", own_fields.form(field, words)
    yield "own field, removal", "modal", own_fields.removal(ex.HUGE_OWN[0], 1_000_000, words)


def _rest(words: Words) -> Iterator[Shown]:
    missed = [Missed(ex.LONG_NAME, "+33 6 39 98 00 01", f"{n % 400} {ex.LONG_NAME}") for n in range(900)]
    yield "settings", "modal", settings.view(ex.settings(), words)
    bare = ex.settings(coaches=(), admins=(), channel_id=None, my_phone=None)
    second = ex.settings(second_adult=Choice("c1", ex.LONG_NAME, ex.LONG_NAME))
    yield "settings, second adult", "modal", settings.view(second, words)
    yield "settings, new", "modal", settings.view(bare, words)
    many = tuple(Choice(code, name) for code, name in parts_of("IT").items())
    codes = tuple(part.id for part in many)
    worded = ex.settings(consent=ConsentSettings(Worded(12, ex.LONG_TEXT[:300], ex.AT)))
    yield "settings, wording", "modal", settings.view(worded, words)
    parts = ex.settings(parts=codes, parts_offered=many)
    yield "settings, parts", "modal", settings.view(parts, words)
    unchecked = ex.settings(marketing=None, asks_rules=True)
    yield "settings, unchecked", "modal", settings.view(unchecked, words)
    confirmed = ex.settings(asks_rules=True, rules_confirmed_by="U0ADMIN", rules_confirmed_at=ex.AT)
    yield "settings, confirmed", "modal", settings.view(confirmed, words)
    yield "settings, coach", "modal", settings.view(ex.settings(), words, admin=False)
    yield "settings, coach alone", "modal", settings.view(bare, words, admin=False)
    yield "rescheduled", "modal", notices.rescheduled(words, "02:30", ex.AT, ex.ZONE)
    yield "shifted", "modal", notices.shifted(words, ex.ZONE, kept=12, passed=3)
    when = {"campaign_id": "c1", "zone": ex.ZONE, "at_date": "2026-11-22", "at_time": "19:30"}
    yield "phone", "modal", phone.view(words, "d1")
    yield "reschedule", "modal", reschedule.view(words, title=ex.LONG_NAME, **when)
    yield (
        "details",
        "modal",
        details.view(words, campaign_id="c1", title="Gym", recipients=38, delivered=38, missed=[]),
    )
    yield (
        "details, huge",
        "modal",
        details.view(words, campaign_id="c1", title=ex.LONG_NAME, recipients=1, delivered=0, missed=missed),
    )
    yield "help", "message", help.answer(words)[1]
    yield "not staff", "message", notices.not_staff(words)[1]
    yield "one line", "message", notices.only_me(ex.LONG_TEXT)[1]
    yield "kept", "message", kept.offer(words, "d1")[1]
    yield "undo", "modal", {**notices.refused(words, "No"), "blocks": [kept.undo(words, "c1")]}
    for seconds, channel in ((0, None), (10, "C0CLUB")):
        yield f"leaving in {seconds}", "modal", notices.leaving(words, 38, seconds, channel)
        yield f"planned, {channel}", "modal", notices.planned(words, 38, ex.AT, ex.ZONE, channel)
    yield "already sent", "modal", notices.already_sent(words, "U0COACH")
    yield "refused", "modal", notices.refused(words, ex.LONG_TEXT)
    yield "failed", "modal", notices.failed(words, "1a2b3c4d")
