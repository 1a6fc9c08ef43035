"""Short links: refused while one types, when one confirms and when it leaves; allowed where they are the club's own."""

from datetime import timedelta

from sqlmodel import col, update

from storage.models import AudienceLine, Contact, Message
from tests.club import ADMIN, Club, text_of

SHORT = "Photos : https://BIT.LY/u15"


async def give_team(club: Club, first_name: str, team: str) -> None:
    """What somebody may write into a contact's own field."""
    async with club.database() as db, db.begin() as session:
        changed = update(Contact).where(col(Contact.first_name) == first_name)
        await session.exec(changed.values(fields={"team": team}))


async def test_it_is_said_while_one_types(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U15", message=SHORT)
    await club.until(
        lambda: "Operators block texts with links of bit.ly" in text_of(view).replace("\u2060", "")
    )


async def test_who_would_get_one_by_what_is_filled_in_is_left_out_and_named(club: Club) -> None:
    await give_team(club, "Manon", "bit.ly/u15")
    preview = await club.compose(groups="U15", message="Pour les {team|autres} : match samedi.")
    assert "short link in what is filled in (1): Manon Dubois" in text_of(preview)
    await club.confirm(preview)
    await club.until(lambda: club.carrier.posts)
    await club.quiet(lambda: len(club.carrier.posts))
    assert "bit.ly" not in " ".join(post.body for post in club.carrier.posts)
    assert club.phone("manon").number not in {post.to for post in club.carrier.posts}


async def test_one_that_comes_between_confirming_and_leaving_does_not_leave(club: Club) -> None:
    tomorrow = (club.clock.now() + timedelta(days=1)).date().isoformat()
    preview = await club.compose(
        when="later", at_date=tomorrow, at_time="18:30", groups="U15", message="Pour {team|tous} : match."
    )
    campaign = await club.confirm(preview)
    await give_team(club, "Manon", "go bit(dot)ly/x")
    club.skip(campaign.release_at - club.clock.now())
    await club.until(lambda: club.carrier.posts)
    await club.quiet(lambda: len(club.carrier.posts))
    assert club.phone("manon").number not in {message.e164 for message in await club.rows(Message)}
    assert {line.left_out for line in await club.rows(AudienceLine)} >= {"short_link"}


async def test_a_host_that_meets_the_text_around_the_field_is_found(club: Club) -> None:
    await give_team(club, "Manon", "ly")
    preview = await club.compose(groups="U15", message="Photos : bit.{team|fr}/u15")
    assert "short link in what is filled in (1): Manon Dubois" in text_of(preview)


async def test_an_admin_may_allow_the_clubs_own(club: Club) -> None:
    settings = await club.open("/sms-settings", user=ADMIN)
    await club.fill(settings, link_hosts="Go.Bit.ly, club.link")
    await club.submit(settings)
    assert (await club.compose(groups="U15", message="https://go.bit.ly/u15")).callback_id == "preview"
    assert (await club.compose(groups="U15", message="https://bit.ly/u15")).callback_id == "compose"
    again = await club.open("/sms-settings", user=ADMIN)
    assert again.form.value("link_hosts", "link_hosts") == "go.bit.ly, club.link"


async def test_what_is_no_domain_is_said_under_its_field(club: Club) -> None:
    settings = await club.open("/sms-settings", user=ADMIN)
    await club.fill(settings, link_hosts="https://club.fr/x")
    await club.submit(settings)
    assert settings.errors == {
        "link_hosts": "https://club.fr/x is no domain. Write for example go.club.fr, several with commas between them."
    }


async def test_links_of_one_operator_deserve_a_word(club: Club) -> None:
    preview = await club.compose(groups="U15", message="Vidéo : https://youtu.be/x")
    assert "Some operators take links of youtu.be for spam" in text_of(preview).replace("\u2060", "")
