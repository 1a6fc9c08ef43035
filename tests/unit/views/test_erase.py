"""The window in which a person is erased."""

from commands.views import erase
from storage.states import Role
from tests.unit.views import examples as ex


def test_only_admins_find_its_door_and_only_at_who_is_stored():
    assert ex.actions_of(erase.door("p1", ex.ENGLISH, Role.ADMIN)) == ["erase"]
    assert erase.door("p1", ex.ENGLISH, Role.COACH) == []
    assert erase.door("", ex.ENGLISH, Role.ADMIN) == []


def test_the_name_that_was_typed_is_read_back():
    view = erase.view("p1", "Léa Martin", ex.ENGLISH)
    assert erase.read(ex.filled(view, {"name": "Léa Martin"})) == ("p1", "Léa Martin")
    assert "*Léa Martin*" in ex.texts_of(view)


def test_in_the_end_every_window_that_showed_them_closes():
    view = erase.done(ex.ENGLISH, "Léa *Martin*")
    assert view["clear_on_close"]
    assert "*Léa ∗Martin∗* is erased." in ex.texts_of(view)
