"""A file of people: what would happen, what its columns hold, and what came of it, in words."""

import pytest

from bot.errors import BotError
from bot.imports.errors import ColumnsAlike, NoNames
from bot.imports.rows import Columns
from bot.people.facts import OwnField
from bot.slack import imports as said
from bot.uploads.facts import COLUMNS_SHOWN, Counts, Progress, Shown, Step
from commands.views import imports as views
from commands.views.imports import Beneath
from storage.states import FieldKind
from tests.unit.views import examples as ex

TEAM = OwnField("f1", "team", FieldKind.TEXT)
BENEATH = Beneath("V1", {"first": "", "typed": "zoe", "page": "1", "archived": ""})


def file(counts=None, **changed):
    """A file of two columns, one of which holds something."""
    columns = Columns(("Nom", "Équipe", ""), (("Roy", "Ott"), (), ()), "cp1252", ";")
    usual = {"id": "i1", "name": "membres.csv", "columns": columns, "choices": {0: "full_name"}}
    return Shown(**usual | {"fields": (TEAM,), "counts": counts} | changed)


def shown(counts=None, words=ex.ENGLISH, **changed):
    return views.check(file(counts, **changed), words, BENEATH)


COUNTS = [
    (Counts(new=1), "1 new person", "one"),
    (
        Counts(new=412, changed=2, unchanged=5, refused=4),
        "412 new people, 2 changed, 5 as before, 4 refused",
        "all",
    ),
    (Counts(), "nobody", "none"),
]


@pytest.mark.parametrize(("counts", "words", "why"), COUNTS, ids=[case[-1] for case in COUNTS])
def test_what_would_happen_is_counted(counts, words, why):
    assert f"*{words}*" in ex.texts_of(shown(counts))


SUBMITS = [
    (Counts(new=411, changed=1), ex.ENGLISH, "Import 412 people", "those who change too"),
    (Counts(new=1), ex.FRENCH, "Importer 1 personne", "one"),
    (Counts(new=123_456), ex.FRENCH, "Importer", "more than fits on a button"),
    (Counts(unchanged=3, refused=1), ex.ENGLISH, None, "nothing to do"),
    (None, ex.ENGLISH, None, "columns that make no sense"),
]


@pytest.mark.parametrize(("counts", "words", "label", "why"), SUBMITS, ids=[case[-1] for case in SUBMITS])
def test_the_button_says_how_many_people_it_brings(counts, words, label, why):
    view = shown(counts, words, trouble=None if counts else NoNames(names="Nom"))
    assert view.get("submit", {"text": None})["text"] == label


def test_what_comes_beside_the_rows_is_told():
    texts = ex.texts_of(shown(Counts(new=1, guardians=2, consents=3, consents_refused=1)))
    assert "2 guardians added beside them" in texts
    assert "Consent to advertising: 3 noted, 1 not taken" in texts
    assert "1 guardian added" in ex.texts_of(shown(Counts(new=1, guardians=1)))


def test_rows_to_correct_are_shown_defused_with_how_many_more_there_are():
    texts = ex.texts_of(shown(Counts(refused=7), examples=[(3, "<!channel> is no date.")]))
    assert "• line 3: &lt;!channel&gt; is no date." in texts
    assert "and 6 more" in texts
    assert "Send me the rows to correct" in texts
    assert "in your messages with Touchline" in texts, "where they are looked for"
    assert "more" not in ex.texts_of(shown(Counts(refused=1), examples=[(3, "No.")]))


WRITTEN = [
    ("utf-8-sig", ",", "letters: UTF-8 · columns parted by commas", "a mark"),
    ("utf-16-le", "\t", "letters: UTF-16 · columns parted by tabs", "another"),
    ("xlsx", ",", "2 rows · first sheet of an Excel workbook", "a workbook"),
    ("koi8-r", "^", "letters: koi8-r · columns parted by ^", "what nobody has a word for"),
]


@pytest.mark.parametrize(
    ("encoding", "separator", "words", "why"), WRITTEN, ids=[case[-1] for case in WRITTEN]
)
def test_how_the_file_is_written_is_told(encoding, separator, words, why):
    columns = Columns(("Nom",), ((),), encoding, separator)
    assert words in ex.texts_of(shown(Counts(new=2), columns=columns))


def test_each_column_is_shown_with_its_values_and_what_it_holds():
    view = shown(Counts(new=1), choices={0: "full_name", 1: "own:f1"})
    texts = ex.texts_of(view)
    for words in ("*Nom*\nRoy · Ott", "First and last name", "*Équipe*\nnothing in the first rows", "team"):
        assert words in texts
    assert [block["block_id"] for block in view["blocks"] if "accessory" in block] == ["column.0", "column.1"]


def test_a_column_that_nothing_is_taken_from_is_named_above_all_the_columns():
    view = shown(Counts(new=1))
    counted = next(block for block in view["blocks"] if "1 new person" in str(block))
    assert "*Left out:* Équipe. Choose below what is to be imported too." in counted["text"]["text"]
    assert "Left out" not in ex.texts_of(shown(Counts(new=1), choices={0: "full_name", 1: "own:f1"}))
    headers = ("Nom", "A", "B", "C", "<D>", "E", "F", "G", "Touchline: line")
    many = Columns(headers, (("x",),) * len(headers), "utf-8", ",")
    assert "*Left out:* A, B, C, &lt;D&gt;, E and 2 others." in ex.texts_of(
        shown(Counts(new=1), columns=many)
    )


CHOICES = [
    ("mobile@mother", "Mother: Mobile number", "a guardian's"),
    ("full_name@guardian 2", "Guardian 2: First and last name", "a second guardian's"),
    ("own:gone", "Leave it out", "a field that is gone"),
    ("anything", "Leave it out", "what nobody offers"),
]


@pytest.mark.parametrize(("choice", "label", "why"), CHOICES, ids=[case[-1] for case in CHOICES])
def test_what_a_column_holds_is_said(choice, label, why):
    assert f"{label}\n" in ex.texts_of(shown(Counts(new=1), choices={0: choice})) + "\n"


def test_a_column_without_a_name_goes_by_its_number_and_our_own_are_not_shown():
    columns = Columns(("", "Touchline: reason", "Nom"), (("x",), ("why",), ()), "utf-8", ",")
    texts = ex.texts_of(shown(Counts(new=1), columns=columns, choices={}))
    assert "*Column 1*\nx" in texts
    assert "reason" not in texts


@pytest.mark.parametrize("more", [1, 3])
def test_of_very_many_columns_those_that_hold_something_are_shown(more):
    names = tuple(f"Colonne {n}" for n in range(COLUMNS_SHOWN + more))
    columns = Columns(names, ((),) * len(names), "utf-8", ",")
    last = len(names) - 1
    view = shown(Counts(new=1), columns=columns, choices={last: "full_name"})
    assert f"column.{last}" in str(view["blocks"])
    assert f"{more} more column" in ex.texts_of(view)
    assert len(view["blocks"]) <= 100


TROUBLES = [
    (ColumnsAlike(one="A", other="B"), "“A” and “B” would hold the same.", "alert", "one that fits an alert"),
    (NoNames(names=", ".join(["Colonne"] * 60)), "No column holds names.", "section", "one that does not"),
]


@pytest.mark.parametrize(("trouble", "said", "kind", "why"), TROUBLES, ids=[case[-1] for case in TROUBLES])
def test_columns_that_make_no_sense_are_told_above_them(trouble, said, kind, why):
    view = shown(trouble=trouble)
    assert any(said in str(block) and block["type"] == kind for block in view["blocks"])


def test_without_counts_and_trouble_there_is_nothing_to_say_of_the_rows():
    assert "new" not in ex.texts_of(shown())


OFFERED = [
    ("", 7, "everything"),
    ("mob", 5, "by what it is"),
    ("père", 1, "by whose it is"),
    ("zz", 0, "nothing"),
]


@pytest.mark.parametrize(("typed", "groups", "why"), OFFERED, ids=[case[-1] for case in OFFERED])
def test_what_a_column_may_hold_is_offered_by_what_is_typed(typed, groups, why):
    words = ex.FRENCH if typed == "père" else ex.ENGLISH
    assert len(views.choices_offered((TEAM,), typed, words)) == groups


def test_a_window_is_read_back():
    view = ex.filled(shown(Counts(new=1), choices={0: "full_name"})) | {"previous_view_id": "V0"}
    assert (views.import_id(view), views.choices(view)) == ("i1", {0: "full_name"})
    assert views.beneath(view) == Beneath("V0", BENEATH.kept)
    chosen = ex.filled(views.choose(ex.ENGLISH, BENEATH))
    assert views.file_id(chosen) == ""
    chosen["state"]["values"]["file"]["file"]["files"] = [{"id": "F1"}]
    assert views.file_id(chosen) == "F1"


def test_another_file_is_asked_for_with_a_word_about_the_last_one():
    view = views.choose(ex.ENGLISH, Beneath(), trouble="No.", variant="2")
    assert [block.get("block_id") for block in view["blocks"]][1] == "file.2"
    assert "No." in ex.texts_of(view)


STEPS = [(Step.READING, "1,200 rows read."), (Step.STORING, "1,200 people stored; they count once all are.")]


@pytest.mark.parametrize(("step", "words"), STEPS)
def test_how_far_it_is_is_told(step, words):
    progress = Progress(step, 1200)
    assert words in ex.texts_of(views.bringing("membres.csv", progress, ex.ENGLISH, BENEATH))
    assert words in ex.texts_of({"blocks": said.progress("membres.csv", progress, ex.ENGLISH)[1]})
    assert words in ex.texts_of(views.reading(ex.ENGLISH, BENEATH, progress))


def test_before_the_first_row_nothing_is_counted():
    assert "0" not in ex.texts_of(views.reading(ex.ENGLISH, BENEATH, Progress()))
    assert ex.texts_of(views.reading(ex.ENGLISH, BENEATH)).startswith("Import a file")


def test_progress_is_set_from_other_threads():
    progress = Progress()
    progress.stored(3)
    assert (progress.step, progress.rows) == (Step.STORING, 3)
    progress.read(5)
    assert (progress.step, progress.rows) == (Step.READING, 5)


def test_what_came_of_it_says_where_that_is_not_what_was_shown():
    counts, before = Counts(new=2, refused=1), Counts(new=3)
    text, blocks = said.finished("i1", "x", counts, before, ex.ENGLISH)
    assert text == "*x* is imported. 2 new people, 1 refused"
    assert "which showed: 3 new people." in ex.texts_of({"blocks": blocks})
    assert "import_refused" in str(blocks)
    sent = said.finished("i1", "x", counts, before, ex.ENGLISH, are_sent=True)
    assert "in your messages with Touchline" in ex.texts_of({"blocks": sent[1]})
    assert "import_refused" not in str(sent)
    same = said.finished("i1", "x", before, before, ex.ENGLISH)
    assert "since you looked" not in str(same)
    assert "import_refused" not in str(same)
    assert "since you looked" not in str(said.finished("i1", "x", before, None, ex.ENGLISH))
    assert "is imported" in ex.texts_of(views.told(same, ex.ENGLISH, BENEATH))


def test_what_could_not_be_done_can_be_begun_again():
    for text, blocks in (
        said.failed("i1", "x", "Why.", ex.ENGLISH),
        said.interrupted("i1", "x", ex.ENGLISH),
    ):
        assert "nothing was stored" in text
        assert "import_again" in str(blocks)
    assert "Correct them" in said.to_correct("x", ex.ENGLISH)[0]


def test_counts_are_stored_and_read_back():
    counts = Counts(new=1, consents_refused=2)
    assert Counts.stored(counts.to_store()) == counts
    assert Counts.stored(None) is None
    assert issubclass(ColumnsAlike, BotError)
