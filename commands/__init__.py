"""What people do in Slack: each listener reads the request, calls one use case and answers."""

import re

from slack_bolt.async_app import AsyncApp

from bot.runtime import Runtime
from bot.slack.live import LiveViews
from bot.slack.people import People
from commands import (
    audit,
    campaigns,
    consents,
    contacts,
    erase,
    errors,
    fixed,
    groups,
    home,
    imports,
    members,
    optouts,
    own_fields,
    person,
    preview,
    replies,
    rule,
    settings,
    sms,
    why,
)
from commands.context import Recognition


def register(app: AsyncApp, rt: Runtime) -> None:
    """Connects every command, shortcut, button and modal; this is the list of all of them."""
    recognition = Recognition(rt, People(rt.slack, rt.clock), LiveViews(rt.slack, rt.tasks))
    app.middleware(recognition.recognise)
    app.error(errors.answer)

    app.command("/sms")(sms.command)
    app.shortcut("send_sms")(sms.shortcut)
    app.action("open_compose")(sms.open_from_button)
    app.action(re.compile("^(audience|contacts|groups|kind|sender|route|when|message)$"))(sms.follow)
    app.action("spell")(sms.spell)
    app.view("compose")(preview.show_preview)
    app.view("preview")(preview.confirm)
    app.action("reader")(preview.see_as)
    app.options("reader")(preview.offer_readers)
    app.action("test")(preview.try_on_my_phone)
    app.action("my_phone")(preview.ask_for_phone)
    app.view("my_phone")(preview.save_phone)

    app.action(re.compile("^(undo|cancel)$"))(campaigns.call_off)
    app.action("stop")(campaigns.stop)
    app.action("resume")(campaigns.resume)
    app.action("reschedule")(campaigns.open_reschedule)
    app.view("reschedule")(campaigns.save_time)
    app.action("details")(campaigns.show_missed)
    app.action("row")(campaigns.choose_in_row)

    app.action("why")(why.open_it)
    app.action(re.compile("^why_(search|show)$"))(why.follow)
    app.action(re.compile(r"^why_person(\.\d)?$"))(why.change)
    app.action("why_file")(why.send_file)
    app.action("why_back")(why.back)
    app.view("why")(why.submit)

    app.action("answer")(replies.open_answer)
    app.view("answer")(replies.send)
    app.action("opt_out")(replies.opt_out)

    app.action("open_stops")(optouts.open_from_button)
    app.action("note_stop")(optouts.ask)
    app.view("note_stop")(optouts.note)
    app.action("take_back")(optouts.take_back)
    app.action("open_audit")(audit.open_from_button)
    app.action("audit_file")(audit.send_file)

    app.command("/contacts")(contacts.command)
    app.action("open_contacts")(contacts.open_from_button)
    app.action("search")(contacts.follow)
    app.action("person")(person.choose)
    app.action("person_add")(person.add)
    app.options(re.compile("^(contacts|guardians|wards|joiners|second_adult)$"))(person.offer)
    app.view("person")(person.keep)
    app.action("consent")(consents.open_from_person)
    app.view("consent")(consents.save)
    app.action("erase")(erase.ask)
    app.view("erase")(erase.erase)
    app.action("people_archived")(contacts.show_archived)
    app.view("people")(contacts.submit)

    app.action("import_open")(imports.open_from_list)
    app.view("import_file")(imports.read)
    app.action("column")(imports.follow)
    app.options("column")(imports.offer)
    app.view("import_check")(imports.confirm)
    app.action("import_again")(imports.again)
    app.action("import_refused")(imports.send_refused)

    app.command("/groups")(groups.command)
    app.view("group_removal")(groups.confirm_removal)
    app.action("group")(rule.choose)
    app.action("rule_add")(rule.add)
    app.action(re.compile(r"^(match|(match|field|operator|value|on|drop|more|inner)_\d*)$"))(rule.follow)
    app.options(re.compile(r"^value_\d+$"))(rule.offer)
    app.view("rule")(rule.keep)
    app.action("fixed")(fixed.choose)
    app.action("fixed_add")(fixed.add)
    app.options("subgroups")(fixed.offer_parts)
    app.view("fixed_group")(fixed.keep)
    app.action(re.compile("^(member_off|member_back)$"))(members.move)
    app.action("member_search")(members.follow)
    app.view("members")(members.submit)

    app.command("/sms-settings")(settings.command)
    app.action("open_settings")(settings.open_from_button)
    app.view("settings")(settings.save)
    app.action("own_fields")(own_fields.open_list)
    app.action("own_field")(own_fields.choose)
    app.action("own_field_add")(own_fields.add)
    app.view("own_field")(own_fields.keep)
    app.view("own_field_removal")(own_fields.remove)

    app.event("app_home_opened")(home.show)
    app.action(re.compile(r"^page(\.previous)?$"))(home.turn_page)
