"""A child's text reaches its guardians or itself, by its age on the day on which it leaves."""

from datetime import UTC, date, datetime

import pytest

from bot.playground import seed
from storage.models import AudienceLine, Contact
from tests.club import ADMIN, Club, text_of

THIS_YEAR = datetime.now(UTC).year
NOEL, FRANCOIS = (seed.number_of(key) for key in ("noel", "francois"))


@pytest.mark.parametrize(
    ("born", "reached"),
    [
        (None, {NOEL, FRANCOIS}),
        (date(THIS_YEAR - 10, 1, 1), {FRANCOIS}),
        (date(THIS_YEAR - 17, 12, 31), {NOEL, FRANCOIS}),
        (date(THIS_YEAR - 19, 1, 1), {NOEL}),
    ],
    ids=["unknown", "a child", "a teenager", "of age"],
)
async def test_who_gets_a_childs_text(club: Club, born: date | None, reached: set[str]) -> None:
    await club.change(Contact, {"birth_date": born}, first_name="Noël")
    preview = await club.compose(audience="contacts", contacts=("Noël",), message="Pas de judo ce soir")
    assert f"{len(reached)} recipient" in text_of(preview)
    await club.confirm(preview)
    await club.until(lambda: {post.to for post in club.carrier.posts} == reached)
    lines = {line.e164: (line.left_out, line.detail) for line in await club.rows(AudienceLine)}
    expected = ("too_young", "guardians") if NOEL not in reached else (None, "")
    assert lines[NOEL] == expected


async def test_an_admin_sets_the_ages_and_is_told_which_follow_one_another(club: Club) -> None:
    await club.change(Contact, {"birth_date": date(THIS_YEAR - 17, 1, 1)}, first_name="Noël")
    settings = await club.open("/sms-settings", user=ADMIN)
    await club.fill(settings, own_texts_from="19", alone_from="18")
    refused = await club.submit(settings)
    assert "not before members get texts themselves" in refused.errors["alone_from"]
    await club.fill(settings, alone_from="20")
    await club.submit(settings)
    preview = await club.compose(audience="contacts", contacts=("Noël",), message="Pas de judo ce soir")
    await club.confirm(preview)
    await club.until(lambda: [post.to for post in club.carrier.posts] == [FRANCOIS])


async def test_a_minor_gets_no_advertising_and_the_preview_says_why(club: Club) -> None:
    await club.change(Contact, {"birth_date": date(THIS_YEAR - 12, 1, 1)}, first_name="Julie")
    preview = await club.compose(
        audience="dynamic", groups="Seniors", kind="marketing", message="Loto dimanche"
    )
    assert "under age: no advertising" in text_of(preview)
    assert "Julie Mercier" in text_of(preview)
