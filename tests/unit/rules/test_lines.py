"""A group's form: lines and blocks come and go, and there is always one line."""

from dataclasses import replace

from bot.rules.filters import CONDITIONS_MAX
from bot.rules.lines import BLOCKS_MAX, Block, Form, Line, changed, has_room, with_block, with_line, without
from storage.conditions import Match, Operator


def keys(form: Form) -> list[str]:
    return [line.key for line in form.each()]


def test_each_new_line_has_a_key_that_none_had_before() -> None:
    form = with_line(without(with_line(Form()), "2"))
    assert keys(form) == ["1", "3"]
    assert keys(with_line(with_block(form), "4")) == ["1", "3", "5", "6"]


def test_a_block_is_of_the_other_kind_than_the_whole() -> None:
    assert with_block(Form()).blocks[0].match is Match.ANY
    assert with_block(Form(match=Match.ANY)).blocks[0].match is Match.ALL


def test_a_block_goes_with_its_last_line_and_the_last_line_of_all_is_empty_again() -> None:
    form = with_block(Form())
    assert without(form, "3").blocks == ()
    only = without(without(form, "1"), "3")
    assert keys(only) == ["4"]
    assert only.lines == (Line("4"),)
    assert without(form, "9") == form


def test_there_are_no_more_lines_and_blocks_than_a_group_takes() -> None:
    form = Form()
    for _ in range(CONDITIONS_MAX + 3):
        form = with_line(form)
    assert len(keys(form)) == CONDITIONS_MAX
    assert not has_room(form)
    assert with_block(form) == form
    form = Form()
    for _ in range(BLOCKS_MAX + 3):
        form = with_block(form)
    assert len(form.blocks) == BLOCKS_MAX


def test_a_form_is_kept_as_it_is() -> None:
    line = Line("1", "fields.team", Operator.IS_NOT, ("U13", "U15"), "2026-12-31", 4)
    form = Form("Name", Match.ANY, (line,), (Block("2", Match.ALL, (replace(line, key="3"),)),), 3)
    assert Form.from_json(form.to_json()) == form


def test_every_line_is_changed_those_of_blocks_too() -> None:
    form = changed(with_block(Form()), lambda line: replace(line, field="age"))
    assert {line.field for line in form.each()} == {"age"}


def test_a_field_that_is_renamed_keeps_its_line() -> None:
    line = Line("1", "fields.team", Operator.IS, ("U13",))
    assert line.called("fields.team", "fields.side") == replace(line, field="fields.side")
    assert line.called("fields.other", "fields.side") is line
