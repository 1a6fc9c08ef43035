"""The STOP clause: added to marketing, counted while one types, and sent as it was shown."""

from sqlmodel import col, update

from storage.models import Contact
from tests.club import Club, text_of

AGREED = "nathan"


async def test_it_is_counted_while_one_types_and_goes_when_the_text_is_an_alert(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U15", message="Buvette samedi", kind="marketing")
    await club.until(lambda: "“STOP to 36123” is added at the end, and counted." in text_of(view))
    await club.until(lambda: f"{len('Buvette samedi STOP to 36123')} characters" in text_of(view))
    await club.fill(view, kind="alert")
    await club.until(lambda: "is added" not in text_of(view) and "14 characters" in text_of(view))


async def test_what_is_shown_is_what_leaves(club_by_day: Club) -> None:
    preview = await club_by_day.compose(audience="everyone", kind="marketing", message="Buvette samedi")
    assert "Buvette samedi STOP to 36123" in text_of(preview)
    await club_by_day.confirm(preview)
    await club_by_day.until(lambda: club_by_day.carrier.posts)
    assert {post.body for post in club_by_day.carrier.posts} == {"Buvette samedi STOP to 36123"}


async def test_one_that_is_there_is_not_added_again(club_by_day: Club) -> None:
    preview = await club_by_day.compose(
        audience="everyone", kind="marketing", message="Buvette. Stop SMS to 36123"
    )
    assert "is added" not in text_of(preview)
    await club_by_day.confirm(preview)
    await club_by_day.until(lambda: club_by_day.carrier.posts)
    assert {post.body for post in club_by_day.carrier.posts} == {"Buvette. Stop SMS to 36123"}


async def test_each_reads_it_in_the_own_language(club_by_day: Club) -> None:
    async with club_by_day.database() as db, db.begin() as session:
        await session.exec(update(Contact).where(col(Contact.first_name) == "Julie").values(language="de"))
    preview = await club_by_day.compose(audience="everyone", kind="marketing", message="Buvette samedi")
    await club_by_day.confirm(preview)
    await club_by_day.until(lambda: club_by_day.carrier.posts)
    await club_by_day.quiet(lambda: len(club_by_day.carrier.posts))
    assert {post.body for post in club_by_day.carrier.posts} <= {
        "Buvette samedi Abmelden: STOP an 36123",
        "Buvette samedi STOP to 36123",
    }
    assert "Buvette samedi Abmelden: STOP an 36123" in {post.body for post in club_by_day.carrier.posts}


async def test_a_text_that_fits_only_without_it_is_refused(club: Club) -> None:
    view = await club.compose(audience="everyone", kind="marketing", message="a" * 450)
    assert view.callback_id == "compose"
    assert "takes 4 SMS a person" in view.errors["message"]
