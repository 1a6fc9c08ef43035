"""A file of people in Slack: read, its columns changed, brought in once or not at all, and told whatever happens."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.playground import seed
from bot.playground.workspace import Message, View
from bot.uploads.bring import TELL_EVERY_SECONDS
from bot.uploads.told import HELD_FOR, forget_old, see_to_left
from commands.views import imports as views
from storage.connections import PATIENCE_SECONDS
from storage.models import Audit, Contact, ImportFile
from storage.states import ImportState
from tests import factories
from tests.club import COACH, Club, block_of, open_club, text_of
from tests.workbooks import workbook

FILE = """\
Prénom;Nom;Portable;Équipe;Mère;Portable mère
Zoé;Roy;06 45 00 00 01;U13;Ana Roy;06 45 00 00 02
Tom;Roy;01 42 00 00 00;U13;;
Hugo;Fontaine;06 12 34 56 24;;;
=1+1;Ott;06 45 00 00 03;;;
"""
LONG_AFTER = HELD_FOR + timedelta(seconds=1)


def said_in(shown: View | Message) -> str:
    """What one reads, without what keeps a file's name from looking like a link."""
    return text_of(shown).replace("\u2060", "")


async def chosen(club: Club, content: str | bytes = FILE, name: str = "membres.csv") -> View:
    """The window in which a file was chosen, before it is submitted."""
    await club.click(await club.open("/contacts"), "import_open")
    view = await club.modal("import_file")
    content = content.encode("cp1252") if isinstance(content, str) else content
    await club.fill(view, file=[club.workspace.upload(COACH, name, content).id])
    return view


async def read(club: Club, content: str | bytes = FILE, name: str = "membres.csv") -> View:
    """The window that shows what an import of this file would do, or why there will be none."""
    await club.submit(await chosen(club, content, name))

    def found() -> View | None:
        view = club.workspace.top_view(COACH)
        return view if not {"Reading", "Lecture"} & set(said_in(view).split()) else None

    return await club.until(found)


async def choose(club: Club, view: View, position: int, choice: str) -> None:
    """Another thing that a column holds."""
    block = f"column.{position}"
    await club.workspace.options(COACH, view, block, "column", "")
    await club.workspace.set_value(view, block, "column", choice)


async def ends(club: Club, view: View) -> str:
    """What the window says at the end."""
    await club.until(lambda: "Importing" not in said_in(club.workspace.top_view(COACH)))
    return said_in(club.workspace.top_view(COACH))


def messages(club: Club) -> list[Message]:
    """The bot's direct messages to the coach."""
    return club.workspace.direct(COACH).messages(COACH)


async def names(club: Club) -> set[str]:
    return {f"{one.first_name} {one.last_name}" for one in await club.rows(Contact)}


async def test_a_file_is_shown_as_it_would_be_and_brought_in(club: Club) -> None:
    view = await read(club)
    shown = said_in(view)
    for words in (
        "*membres.csv*",
        "4 rows · letters: Windows (CP1252) · columns parted by semicolons",
        "*1 new person, 1 as before, 2 refused*",
        "1 guardian added beside them",
        "• line 3: Portable: “01 42 00 00 00” is a landline",
        "*Équipe*\nU13",
        "06 45 00 00 01 · 01 42 00 00 00",
        "Leave it out",
    ):
        assert words in shown
    assert view.content["submit"]["text"] == "Import 1 person"
    assert not await club.rows(Audit, action="import")
    done = await ends(club, await club.submit(view))
    assert "*membres.csv* is imported.\n1 new person, 1 as before, 2 refused" in done
    assert {"Zoé Roy", "Ana Roy"} <= await names(club)
    (line,) = await club.rows(Audit, action="import")
    assert (line.actor, line.subject) == (COACH, "membres.csv")
    beneath = club.workspace.views(COACH)[0]
    await club.until(lambda: "42 people" in said_in(beneath))


async def test_the_refused_rows_come_as_a_file_that_can_be_corrected_and_imported(club: Club) -> None:
    await ends(club, await club.submit(await read(club)))
    await club.until(lambda: len(messages(club)) == 2)
    summary, shared = messages(club)
    assert "is imported" in said_in(summary)
    assert "Correct them in that file" in shared.text
    file = club.workspace.files.get(shared.files[0])
    assert file.name == "membres.refused.csv"
    text = file.content.decode("utf-8-sig")
    assert "'=1+1;Ott" in text, "no spreadsheet computes it"
    corrected = text.replace("01 42 00 00 00", "06 45 00 00 09").replace("'=1+1", "Eva")
    view = await read(club, corrected.encode(), file.name)
    assert "*2 new people*" in said_in(view)
    assert "Touchline: reason" not in said_in(view)


async def test_the_rows_to_correct_can_be_had_before_anything_is_stored(club: Club) -> None:
    view = await read(club)
    await club.click(view, "import_refused")
    await club.until(lambda: messages(club) and messages(club)[-1].files)
    assert "Correct them in that file" in said_in(messages(club)[0])
    await ends(club, await club.submit(view))
    await club.until(lambda: len(messages(club)) == 4)


async def test_what_was_chosen_of_a_column_is_known_in_the_next_file(club: Club) -> None:
    view = await read(club)
    await choose(club, view, 3, f"own:{seed.key('field team').hex}")
    await club.until(lambda: "Left out" not in said_in(view))
    await ends(club, await club.submit(view))
    again = await read(club, "Équipe;Prénom;Nom\nU15;Ida;Roy\n")
    assert "Left out" not in said_in(again)
    await ends(club, await club.submit(again))
    (ida,) = await club.rows(Contact, first_name="Ida")
    assert ida.fields == {"team": "U15"}


async def test_what_a_column_holds_can_be_changed(club: Club) -> None:
    view = await read(club)
    found = await club.workspace.options(COACH, view, "column.3", "column", "")
    assert {"Leave it out", "Mobile number", "team", "Mother: Mobile number"} <= {
        one["text"]["text"] for one in found.flat
    }
    few = await club.workspace.options(COACH, view, "column.3", "column", "père")
    assert not few.flat, "the coach reads English"
    await choose(club, view, 3, f"own:{seed.key('field team').hex}")
    await choose(club, view, 2, "nothing")
    await club.until(lambda: "1 refused*" in said_in(view))
    await choose(club, view, 2, "mobile")
    await club.until(lambda: "2 refused*" in said_in(view))
    await ends(club, await club.submit(view))
    (zoe,) = await club.rows(Contact, first_name="Zoé", last_name="Roy")
    assert zoe.fields == {"team": "U13"}


async def test_columns_that_make_no_sense_are_told_and_nothing_can_be_imported(club: Club) -> None:
    view = await read(club, "Un;Deux\nZoé;06 45 00 00 01\n")
    assert "No column holds names." in said_in(view)
    assert view.content["submit"] is None
    await choose(club, view, 0, "full_name")
    await club.until(lambda: "*1 new person*" in said_in(view))
    await choose(club, view, 1, "full_name")
    await club.until(lambda: "“Un” and “Deux” would hold the same." in said_in(view))
    assert view.form.value("column.1", "column")["value"] == "full_name", "what was chosen is still there"


async def test_a_change_that_was_not_looked_at_yet_is_looked_at_and_not_imported(club: Club) -> None:
    view = await read(club)
    payload = club.submission(view)
    payload["view"]["state"]["values"]["column.2"]["column"]["selected_option"] = None
    status, answer = await club.post_payload(payload)
    assert (status, "Reading" in answer) == (200, True)
    await club.until(lambda: "*3 new people, 1 refused*" in said_in(view))
    assert not await club.rows(Audit, action="import")


async def test_two_clicks_and_a_retry_import_once(club: Club) -> None:
    view = await read(club)
    payload = club.submission(view)
    answers = await asyncio.gather(*(club.post_payload(payload) for _ in range(3)))
    assert all(status == 200 and "errors" not in answer for status, answer in answers)
    await club.until(lambda: len(messages(club)) == 2)
    late = await club.post_payload(payload)
    assert "is imported" in late[1]
    assert len(await club.rows(Audit, action="import")) == 1
    assert len(messages(club)) == 2


BAD = [
    (b"PK\x03\x04 no workbook", "people.xlsx", "people.xlsx cannot be read as an XLSX workbook."),
    ("Prénom;Nom\n".encode(), "x.csv", "The file has no rows."),
    (b"Nom;nom\na;b\n", "x.csv", "Two columns are called “nom”."),
    ('Nom;Prénom\n"Roy;Zoé\n'.encode(), "x.csv", "a quotation mark is opened there"),
    (b"%PDF-1.4", "x.csv", "x.csv is neither CSV nor XLSX."),
    (b"Nom\nA\0B\n", "x.csv", "Line 2 holds what no text holds"),
]


@pytest.mark.parametrize(("content", "name", "said"), BAD, ids=[case[2] for case in BAD])
async def test_a_bad_file_is_told_and_another_can_be_chosen(
    club: Club, content: bytes, name: str, said: str
) -> None:
    view = await read(club, content, name)
    assert said in said_in(view)
    assert view.callback_id == "import_file"
    assert view.form.value(block_of(view, "file"), "file") == []
    await club.fill(view, file=[club.workspace.upload(COACH, "good.csv", FILE.encode()).id])
    await club.submit(view)
    await club.until(lambda: "1 new person" in said_in(view))


async def test_a_workbook_is_read_like_any_other(club: Club, tmp_path: Path) -> None:
    rows = [["Prénom", "Nom", "Portable"], ["Zoé", "Roy", "06 45 00 00 01"]]
    view = await read(club, workbook(tmp_path / "x", rows).read_bytes(), "membres.xlsx")
    assert "1 row · first sheet of an Excel workbook" in said_in(view)
    assert "*1 new person*" in said_in(view)


async def test_errors_are_told_in_the_language_of_who_reads_them(tmp_path: Path, planted: str) -> None:
    async with open_club(tmp_path, planted=planted, language="fr") as french:
        view = await read(french, b"%PDF-1.4")
    assert "membres.csv n’est ni" in said_in(view)


async def test_when_slack_does_not_give_the_file_that_is_told(club: Club) -> None:
    club.workspace.faults.fail("files.info", "missing_scope")
    assert "an admin installs it again" in said_in(await read(club))
    club.workspace.faults.fail("download", status=500)
    assert "Slack did not give the file." in said_in(await read(club))
    view = await chosen(club)
    for file_id in [state["id"] for state in view.form.value(block_of(view, "file"), "file")]:
        club.workspace.files.forget(file_id)
    await club.submit(view)
    await club.until(lambda: "Slack no longer has this file." in said_in(view))


async def test_a_file_that_is_gone_when_it_is_to_be_imported_stores_nothing_and_can_be_begun_again(
    club: Club,
) -> None:
    view = await read(club)
    club.workspace.faults.fail("files.info", "file_not_found")
    done = await ends(club, await club.submit(view))
    assert "*membres.csv* is not imported: nothing was stored.\nSlack no longer has this file." in done
    await club.click(messages(club)[-1], "import_again")
    await club.until(lambda: "is imported" in said_in(messages(club)[0]))
    assert len(await club.rows(Audit, action="import")) == 1


async def test_people_changed_since_the_look_are_what_the_import_finds_and_it_says_so(club: Club) -> None:
    view = await read(club)
    (row,) = await club.rows(Contact, first_name="Hugo")
    row.last_name = "Fontaine-Roy"
    await club.keep(row)
    done = await ends(club, await club.submit(view))
    assert "2 new people, 2 refused" in done
    assert "which showed: 1 new person, 1 as before, 2 refused." in done


async def test_who_closes_the_window_is_told_in_a_message_how_far_it_is(club: Club) -> None:
    view = await read(club)
    club.workspace.faults.slow("download", 5.0)
    await club.submit(view)
    club.workspace.set_stack(COACH, [])
    (message,) = await club.until(lambda: messages(club))
    assert "Importing *membres.csv*…" in said_in(message)
    await club.until(lambda: "is imported" in said_in(message))
    # The summary stands in its place, and the refused rows below.
    await club.until(lambda: len(messages(club)) == 2)
    assert messages(club)[1].files


async def test_an_open_window_shows_how_far_it_is(club: Club) -> None:
    view = await read(club)
    club.workspace.faults.slow("download", 4.0)
    await club.submit(view)
    await club.until(lambda: "0 rows read" in said_in(club.workspace.top_view(COACH)))
    assert "is imported" in await ends(club, view)


async def test_what_was_stored_is_never_told_as_not_stored(club: Club) -> None:
    view = await read(club)
    club.workspace.faults.slow("download", PATIENCE_SECONDS + TELL_EVERY_SECONDS + 2)
    await club.submit(view)
    await club.until(lambda: club.rows(ImportFile, state=ImportState.RUNNING))
    # Another process writes for so long that nobody can say meanwhile that this one is alive.
    other = sqlite3.connect(club.settings.database_url.partition(":///")[2], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await asyncio.sleep(PATIENCE_SECONDS + TELL_EVERY_SECONDS + 1)
    other.close()
    assert "is imported" in await ends(club, view)
    assert len(await club.rows(Audit, action="import")) == 1


async def stopped_in_the_middle(club: Club, **state: Any) -> ImportFile:
    """An import whose process was killed, as its row says."""
    view = await read(club)
    import_id = UUID(views.import_id({"private_metadata": view.content["private_metadata"]}))
    (row,) = await club.rows(ImportFile, id=import_id)
    at = club.clock.now()
    facts = {"state": ImportState.RUNNING, "attempt": 1, "begun_at": at, "leased_until": at} | state
    for name, value in facts.items():
        setattr(row, name, value)
    await club.keep(row)
    return row


async def see_to(club: Club) -> None:
    """What every process does every few seconds, once nobody has an import in hand any more."""
    club.skip(LONG_AFTER)
    assert club.bot
    await see_to_left(club.bot.rt)


async def test_an_import_whose_process_died_is_told_and_can_be_begun_again(club: Club) -> None:
    await stopped_in_the_middle(club)
    await see_to(club)
    (message,) = await club.until(lambda: messages(club))
    assert "nothing was stored.\nTouchline was stopped in the middle of it." in said_in(message)
    assert not await club.rows(Audit, action="import")
    await club.click(message, "import_again")
    await club.until(lambda: "is imported" in said_in(message))
    assert len(await club.rows(Audit, action="import")) == 1


async def test_an_import_whose_process_died_before_it_told_is_told_later(club: Club) -> None:
    done = {"new": 7, "changed": 0, "unchanged": 0, "refused": 2, "guardians": 0}
    done |= {"consents": 0, "consents_refused": 0}
    await stopped_in_the_middle(club, state=ImportState.STORED, done=done)
    await see_to(club)
    (message,) = await club.until(lambda: messages(club))
    assert "*membres.csv* is imported.\n7 new people, 2 refused" in said_in(message)
    await club.until(lambda: club.rows(ImportFile, leased_until=None))
    await see_to(club)
    assert len(messages(club)) == 1
    await club.click(message, "import_refused")
    await club.until(lambda: len(messages(club)) == 3 and messages(club)[-1].files)


async def test_whoever_was_taken_for_dead_and_wakes_stores_nothing(club: Club) -> None:
    view = await read(club)
    club.workspace.faults.slow("download", 2.0)
    await club.submit(view)
    (row,) = await club.rows(ImportFile)
    row.attempt += 1
    await club.keep(row)
    assert "This import was started again elsewhere" in await ends(club, view)
    assert not await club.rows(Audit, action="import")


async def theirs(club: Club) -> ImportFile:
    """Another club's file that waits, though Slack would give it to us."""
    other = factories.club(name="AS Ailleurs")
    file = club.workspace.upload(COACH, "theirs.csv", FILE.encode())
    row = ImportFile(
        club_id=other.id,
        slack_user_id=COACH,
        language="en",
        file_id=file.id,
        name="theirs.csv",
        choices={"0": "first_name", "1": "last_name"},
        shown={},
        state=ImportState.WAITING,
        created_at=club.clock.now(),
    )
    await club.keep(other)
    await club.keep(row)
    return row


async def test_another_club_s_import_is_neither_shown_nor_begun_nor_sent(club: Club) -> None:
    row = await theirs(club)
    view = await read(club)
    submission = club.submission(view)
    mine = views.import_id(submission["view"])
    metadata = submission["view"]["private_metadata"]
    submission["view"]["private_metadata"] = metadata.replace(mine, str(row.id))
    _, answer = await club.post_payload(submission)
    assert "This import is no longer there." in answer
    await ends(club, await club.submit(view))
    await club.until(lambda: len(messages(club)) == 2)
    for n, action in enumerate(("import_again", "import_refused"), 3):
        forged = {
            "type": "button",
            "action_id": action,
            "block_id": "b",
            "action_ts": "1.1",
            "value": str(row.id),
        }
        await club.post_payload(pressed(club, forged))
        await club.until(lambda n=n: len(messages(club)) == n)
        assert "This import is no longer there." in said_in(messages(club)[-1])
    (after,) = await club.rows(ImportFile, id=row.id)
    assert (after.state, after.attempt) == (ImportState.WAITING, 0)
    assert not await club.rows(Contact, club_id=row.club_id)


async def test_a_file_of_another_workspace_is_no_file_here(club: Club) -> None:
    view = await chosen(club)
    payload = club.submission(view)
    block = block_of(view, "file")
    payload["view"]["state"]["values"][block]["file"]["files"] = [{"id": "F0THEIRS"}]
    await club.post_payload(payload)
    await club.until(lambda: "Slack no longer has this file." in said_in(view))
    assert not await club.rows(ImportFile)


async def test_an_unknown_import_is_told_politely(club: Club) -> None:
    action = {"type": "button", "action_id": "import_again", "block_id": "b", "action_ts": "1.1"}
    await club.post_payload(pressed(club, action | {"value": str(uuid4())}))
    await club.until(lambda: messages(club))
    assert "Choose the file again." in said_in(messages(club)[-1])


async def test_what_was_never_looked_at_again_is_forgotten_after_a_month(club: Club) -> None:
    row = await theirs(club)
    row.created_at -= timedelta(days=31)
    await club.keep(row)
    club.skip(timedelta(hours=1, seconds=1))
    assert club.bot
    await forget_old(club.bot.rt)
    assert not await club.rows(ImportFile)


def pressed(club: Club, action: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": seed.TEAM_ID, "domain": "x"},
        "user": {"id": COACH, "name": "x", "team_id": seed.TEAM_ID},
        "api_app_id": club.workspace.app.app_id,
        "token": "t",
        "trigger_id": club.workspace.triggers.issue(COACH),
        "container": {"type": "view", "view_id": "V0"},
        "actions": [action],
    }
