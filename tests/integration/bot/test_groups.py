"""Groups by a rule, as they are when a text leaves."""

from datetime import UTC, date, datetime
from pathlib import Path

from bot.playground import seed
from storage.conditions import Compared, Condition, Operator, Rule, to_json
from storage.models import Contact, Group
from storage.states import GroupKind
from tests.club import SetClock, open_club
from tests.club.reading import text_of

BIRTHDAY = Rule(parts=(Condition("birth_date", Compared.DATE, Operator.ANNIVERSARY),))
SUNDAY_NIGHT = datetime(2040, 1, 7, 23, 30, tzinfo=UTC)
"""Already Sunday the 8th in Paris."""


async def test_today_is_the_clubs_day_and_not_that_of_the_clock(tmp_path: Path, planted: str) -> None:
    async with open_club(tmp_path, planted=planted, clock=SetClock(SUNDAY_NIGHT)) as club:
        mine = {"club_id": seed.key("club"), "created_at": SUNDAY_NIGHT}
        await club.keep(
            Contact(
                first_name="Ada", last_name="Lys", e164="+33678123401", birth_date=date(1990, 1, 7), **mine
            ),
            Contact(
                first_name="Bea", last_name="Lys", e164="+33678123402", birth_date=date(1990, 1, 8), **mine
            ),
            Group(club_id=seed.key("club"), name="Birthday", kind=GroupKind.DYNAMIC, rule=to_json(BIRTHDAY)),
        )
        preview = await club.compose(audience="dynamic", groups="Birthday", message="Dear {first_name}")
        assert "1 recipient" in text_of(preview)
        assert "Dear Bea" in text_of(preview)
