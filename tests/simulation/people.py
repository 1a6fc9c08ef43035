"""What people do in a day: coaches launch, stop, undo and answer; members write back, STOP and START."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from bot import answers, replies
from bot.campaigns import control, drafts
from bot.campaigns.launch import Launched, launch, send_test
from bot.campaigns.values import Choice, Fields, When
from bot.carriers import Inbound
from bot.replies import Received
from bot.rules.optout import Keyword, keyword_of
from bot.runtime import Who
from storage.models import Campaign
from storage.states import AudienceWay, CampaignState, Kind, Role
from tests import factories as f
from tests.simulation.club import COACH, GROUPS, PEOPLE, club, key
from tests.simulation.replica import CATALOGUES, Replica
from tests.simulation.world import World

ZONE = ZoneInfo("Europe/Paris")
WHO = Who(club(), COACH, Role.COACH, CATALOGUES["en"], "Europe/Paris")
WORDS = ("Oui", "STOP", "START", "Stop pub", "Qui a pris mon sac ?", "HELP", "Merci", "stop", "Non")
ACCOUNT = "AC" + "0" * 32


@dataclass
class People:
    """The club's people; everything they do is drawn from the seed."""

    world: World
    campaigns: list[UUID] = field(default_factory=list)
    inbound: dict[str, str] = field(default_factory=dict)
    """The SID of each SMS that the bot acknowledged, with what it said."""
    _texts: int = 0
    _busy: set[str] = field(default_factory=set)

    async def compose(self) -> None:
        """A coach writes a text and confirms it, now or for later, and sometimes thinks better of it."""
        draft_id, fields = uuid4(), self._fields()
        if not await self._insist("keep", lambda each: _keep(each, draft_id, fields), done=_yes):
            return
        if self._now_and_then(0.2):
            await self.world.at_door("test", lambda each: send_test(each.rt, WHO, draft_id))
        mark = drafts.mark_of(fields)
        clicks = 2 if self._now_and_then(0.3) else 1
        confirm = (
            self._insist("launch", lambda each: launch(each.rt, WHO, draft_id, mark=mark), done=_launched)
            for _ in range(clicks)
        )
        await asyncio.gather(*confirm)
        if not self.world.rows.execute("SELECT 1 FROM campaign WHERE id = ?", (draft_id.hex,)).fetchone():
            return
        self.campaigns.append(draft_id)
        await self._second_thoughts(draft_id, fields)

    async def stop(self, campaign_id: UUID) -> bool:
        """Stops a campaign; from the answer on, no new request may begin."""
        return await self._over(campaign_id, "stop", control.stop)

    async def resume(self, campaign_id: UUID) -> None:
        """Lets a paused campaign go on."""
        await self.world.at_door("resume", lambda each: control.resume(each.rt, WHO, campaign_id))

    async def write(self) -> None:
        """A member sends an SMS, which the carrier may deliver twice."""
        number = f.number(self.world.chance.randint(1, PEOPLE))
        if number in self._busy:
            return
        self._busy.add(number)
        self._texts += 1
        body = self.world.chance.choice(WORDS)
        keyword = keyword_of(body)
        if keyword is Keyword.NONE:
            body = f"{body} reply-{self._texts}-"
        inbound = Inbound(f"SM{self._texts:032d}", number, f.SHORT_CODE, body, ACCOUNT, 1, None)
        for _ in range(2 if self._now_and_then(0.2) else 1):
            await self._bring(inbound, keyword)
        self._busy.discard(number)

    async def answer(self) -> None:
        """A coach answers one of the replies, pressing the button once or twice."""
        found = self.world.rows.execute("SELECT id FROM reply ORDER BY sid").fetchall()
        if not found:
            return
        reply_id, submission = UUID(self.world.chance.choice(found)[0]), str(uuid4())
        for _ in range(self.world.chance.randint(1, 2)):
            await self.world.at_door(
                "answer",
                lambda each: answers.answer(each.rt, WHO, reply_id, "D'accord", submission_id=submission),
            )

    async def _bring(self, inbound: Inbound, keyword: Keyword) -> None:
        if keyword is Keyword.START:
            # Stored or not, from here on the bot may have heard it.
            self.world.watch.stopped_numbers.pop(inbound.from_, None)
        taken = await self._insist("inbound", lambda each: replies.receive(each.rt, inbound), done=_received)
        if not taken:
            return
        self.inbound[inbound.sid] = inbound.body
        self.world.story.told("wrote", inbound.from_, inbound.body.split(" reply")[0])
        if keyword is Keyword.STOP:
            self.world.watch.stopped_numbers.setdefault(inbound.from_, self.world.since())

    async def _second_thoughts(self, campaign_id: UUID, fields: Fields) -> None:
        chance = self.world.chance
        await asyncio.sleep(chance.choice((0.0, 10.0)) + chance.expovariate(1 / 6))
        thought = chance.random()
        if thought < 0.12:
            await self._over(campaign_id, "call off", control.call_off)
        elif thought < 0.3:
            await self.stop(campaign_id)
        elif thought < 0.4 and fields.when is When.LATER:
            at = self._wall(timedelta(minutes=chance.randint(2, 240)))
            await self.world.at_door(
                "reschedule",
                lambda each: control.reschedule(each.rt, WHO, campaign_id, f"{at:%Y-%m-%d}", f"{at:%H:%M}"),
            )

    async def _over(self, campaign_id: UUID, name: str, act: Callable[..., Awaitable[Campaign]]) -> bool:
        done = await self.world.at_door(name, lambda each: act(each.rt, WHO, campaign_id))
        if not isinstance(done, Campaign):
            return False
        self.world.story.told(name, campaign_id)
        if done.state in (CampaignState.STOPPED, CampaignState.CANCELLED):
            self.world.watch.stopped_campaigns[campaign_id.hex] = self.world.since()
        return True

    async def _insist(
        self, name: str, act: Callable[[Replica], Awaitable[object]], *, done: Callable[[object], bool]
    ) -> bool:
        """Asks again when no answer comes, as Slack, the carrier and people do; whether it was done."""
        for pause in (1, 5, 60, 600):
            if done(await self.world.at_door(name, act)):
                return True
            await asyncio.sleep(pause * self.world.chance.random())
        return False

    def _fields(self) -> Fields:
        chance = self.world.chance
        self._texts += 1
        groups = chance.sample(sorted(GROUPS), chance.choice((1, 1, 2)))
        later = self._now_and_then(0.35)
        at = self._wall(timedelta(minutes=chance.randint(2, 300)))
        marketing = self._now_and_then(0.15)
        return Fields(
            audience=AudienceWay.FIXED,
            groups=tuple(Choice(str(key(name)), name) for name in groups),
            title=f"campaign-{self._texts}-",
            kind=Kind.MARKETING if marketing else Kind.ALERT,
            sender=f.SHORT_CODE,
            message=f"campaign-{self._texts}- Entraînement" + (" STOP au 36123" if marketing else ""),
            when=When.LATER if later else When.NOW,
            at_date=f"{at:%Y-%m-%d}" if later else "",
            at_time=f"{at:%H:%M}" if later else "",
        )

    def _wall(self, ahead: timedelta) -> datetime:
        return (self.world.true_clock.now() + ahead).astimezone(ZONE)

    def _now_and_then(self, odds: float) -> bool:
        return self.world.chance.random() < odds


async def _keep(replica: Replica, draft_id: UUID, fields: Fields) -> bool:
    await drafts.keep(replica.rt, WHO, draft_id, fields, previewed=True)
    return True


def _yes(answer: object) -> bool:
    return answer is True


def _launched(answer: object) -> bool:
    return answer is not None and (isinstance(answer, Launched) or not getattr(answer, "retry", False))


def _received(answer: object) -> bool:
    return isinstance(answer, Received)
