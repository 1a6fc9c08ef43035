"""The Messages API over HTTP: create, list, fetch."""

import asyncio
import base64
import binascii
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.playground.carrier.agenda import Agenda
from bot.playground.carrier.breakage import ACCEPTED_ALL_THE_SAME, break_answer, problem
from bot.playground.carrier.checks import Request, refusal, sending_number
from bot.playground.carrier.delivery import Delivery
from bot.playground.carrier.faults import AnswerFault, Endpoint, Fault, FaultBook, Reports, Scenario
from bot.playground.carrier.holdings import Holdings
from bot.playground.carrier.render import message_json, page_json
from bot.playground.carrier.state import Account, Direction, Network, Post, Sms, Status, matching, new_sid
from bot.playground.log import Exchange, ExchangeLog

ACCOUNT_PATH = "/2010-04-01/Accounts/{account_sid}"
# https://github.com/twilio/twilio-oai spec/json/twilio_api_v2010.json, ListMessage: 1 to 1000, usually 50.
PAGE_SIZE, LARGEST_PAGE = 50, 1000
LOGGED_HEADERS = ("Content-Type", "User-Agent")


class Api:
    """Answers the customers' requests."""

    def __init__(
        self,
        network: Network,
        delivery: Delivery,
        faults: FaultBook,
        agenda: Agenda,
        log: ExchangeLog,
        *,
        count_segments: Callable[[str], int],
        latency: timedelta,
    ) -> None:
        self._network = network
        self._delivery = delivery
        self._faults = faults
        self._agenda = agenda
        self._log = log
        self._count_segments = count_segments
        self._latency = latency
        self._holdings = Holdings(network)
        self._concurrent: Counter[str] = Counter()
        self._under_way: list[str] = []
        self._silence = asyncio.Event()

    def application(self) -> web.Application:
        """The routes, for a server."""
        app = web.Application(middlewares=[self._logged, self._guarded])
        app.router.add_post(ACCOUNT_PATH + "/Messages.json", self.create)
        app.router.add_get(ACCOUNT_PATH + "/Messages.json", self.list_messages)
        app.router.add_get(ACCOUNT_PATH + "/Messages/{sid}.json", self.fetch)
        self._holdings.add_routes(app, ACCOUNT_PATH)
        return app

    @property
    def under_way(self) -> tuple[str, ...]:
        """The requests to send that are being answered right now, by where their receipts go."""
        return tuple(self._under_way)

    def close(self) -> None:
        """Keep nobody waiting for ever any more."""
        self._silence.set()

    def hang_up(self) -> None:
        """Let go of whoever is kept waiting for ever."""
        self.close()
        self._silence = asyncio.Event()

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Accept a message, refuse it, or go wrong as the script says."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        asked = Request.read(form)
        self._under_way.append(asked.status_url)
        try:
            return await self._create(request, asked)
        finally:
            self._under_way.remove(asked.status_url)

    async def _create(self, request: web.Request, asked: Request) -> web.StreamResponse:
        account = self._account(request)
        fault = self._faults.next_answer(asked.to, "create")
        if fault is not None and fault.fault not in ACCEPTED_ALL_THE_SAME | {Fault.SLOW}:
            return await self._fail_before(request, account, asked, fault)
        await self._agenda.wait(self._latency)
        scenario, code = self._judge(account, asked)
        if code is not None:
            self._note(account, asked, None, code)
            return problem(code, **_details(account, asked))
        return await self._accept(request, account, asked, scenario, fault)

    async def list_messages(self, request: web.Request) -> web.StreamResponse:
        """One page of messages, newest first."""
        account, query = self._account(request), dict(request.query)
        broken = await self._broken(request, query.get("To"), "list")
        if broken is not None:
            return broken
        now = self._network.now()
        own = [sms for sms in self._network.about(query.get("To")) if sms.account_sid == account.sid]
        visible = [sms for sms in own if sms.visible_from is None or sms.visible_from <= now]
        # `DateSent>=2026-11-21`, as the documentation writes it, is a field called `DateSent>`.
        sent_from = _day(query.get("DateSent>"))
        messages = matching(visible, to=query.get("To"), sender=query.get("From"), sent_from=sent_from)
        size = min(max(_whole(query.get("PageSize"), PAGE_SIZE), 1), LARGEST_PAGE)
        page = _whole(query.get("Page"), 0)
        return web.json_response(page_json(account.sid, messages, query=query, page=page, size=size))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One message, or 20404."""
        account = self._account(request)
        sms = self._network.messages.get(request.match_info["sid"])
        if sms is None or sms.account_sid != account.sid:
            return problem(20404, path=request.path)
        return await self._broken(request, sms.to, "fetch") or web.json_response(message_json(sms))

    def _judge(self, account: Account, asked: Request) -> tuple[Scenario, int | None]:
        """What becomes of the message, and the number with which it is refused if it is."""
        code = refusal(self._network, account, asked)
        if code is not None:
            return Scenario(), code
        scenario = self._faults.next_scenario(asked.to)
        return scenario, scenario.refuse

    async def _accept(
        self,
        request: web.Request,
        account: Account,
        asked: Request,
        scenario: Scenario,
        fault: AnswerFault | None,
    ) -> web.StreamResponse:
        sms = self._keep(account, asked, scenario)
        if scenario.reports is Reports.EARLY:
            await self._delivery.finish(sms, scenario)
        try:
            return await self._answer(request, sms, fault)
        except ConnectionResetError:
            # Whoever asked is gone; what was accepted goes its way all the same.
            return web.Response(status=201)
        finally:
            if scenario.reports is not Reports.EARLY:
                self._delivery.begin(sms, scenario)

    async def _answer(self, request: web.Request, sms: Sms, fault: AnswerFault | None) -> web.StreamResponse:
        """The answer, which has left when this returns, unless it never will."""
        # Whoever hangs up from here on lets go of this one too, however long its fault takes to begin.
        silence = self._silence
        if fault is not None:
            await self._agenda.wait(fault.delay)
            broken = await break_answer(request, fault, silence)
            if broken is not None:
                return broken
        response = web.json_response(message_json(sms), status=201)
        await response.prepare(request)
        await response.write_eof()
        return response

    async def _fail_before(
        self, request: web.Request, account: Account, asked: Request, fault: AnswerFault
    ) -> web.StreamResponse:
        self._note(account, asked, None, None)
        if fault.fault is Fault.ACCEPTED_LATE:
            self._agenda.add(fault.delay, partial(self._accept_late, account, asked))
        return await break_answer(request, fault, self._silence) or problem(20500)

    async def _accept_late(self, account: Account, asked: Request) -> None:
        scenario, code = self._judge(account, asked)
        if code is None:
            self._delivery.begin(self._keep(account, asked, scenario), scenario)

    def _keep(self, account: Account, asked: Request, scenario: Scenario) -> Sms:
        now, by_service = self._network.now(), bool(asked.service_sid)
        sms = Sms(
            sid=new_sid("SM"),
            account_sid=account.sid,
            direction=Direction.API,
            to=asked.to,
            sender=sending_number(account, asked),
            body=asked.body or "",
            status=Status.ACCEPTED if by_service else Status.QUEUED,
            segments=scenario.segments or self._count_segments(asked.body or ""),
            created_at=now,
            updated_at=now,
            status_url=asked.status_url or None,
            service_sid=asked.service_sid or None,
            visible_from=now + scenario.unlisted_for if scenario.unlisted_for else None,
        )
        self._note(account, asked, sms.sid, None)
        return self._network.add(sms)

    def _note(self, account: Account, asked: Request, sid: str | None, code: int | None) -> None:
        sender = asked.sender or asked.service_sid
        self._network.posts.append(
            Post(
                self._network.now(),
                account.sid,
                asked.to,
                sender,
                asked.body or "",
                asked.status_url,
                sid,
                code,
            )
        )

    async def _broken(self, request: web.Request, to: str | None, on: Endpoint) -> web.StreamResponse | None:
        fault = self._faults.next_answer(to, on)
        if fault is None:
            return None
        await self._agenda.wait(fault.delay)
        return await break_answer(request, fault, self._silence)

    def _account(self, request: web.Request) -> Account:
        return self._network.accounts[request.match_info["account_sid"]]

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Lets in who proves to be the account in the path, and no more of them at a time than it may be."""
        user, password = _credentials(request.headers.get("Authorization", ""))
        account = self._network.accounts.get(user)
        if account is None or account.token != password:
            return problem(20003)
        if request.match_info.get("account_sid") != user or request.match_info.http_exception is not None:
            return problem(20404, path=request.path)
        if account.status != "active" and request.path != ACCOUNT_PATH.format(account_sid=user) + ".json":
            return problem(20005)
        if account.max_concurrent is not None and self._concurrent[user] >= account.max_concurrent:
            return problem(20429)
        self._concurrent[user] += 1
        try:
            return await handler(request)
        finally:
            self._concurrent[user] -= 1

    @web.middleware
    async def _logged(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        at, began = self._network.now(), perf_counter()
        response = await handler(request)
        was_cut = request.transport is None or request.transport.is_closing()
        body = response.text if isinstance(response, web.Response) and not was_cut else None
        self._log.add(
            Exchange(
                at=at,
                direction="in",
                peer="carrier",
                method=request.method,
                url=request.path_qs,
                status=None if was_cut else response.status,
                request_body=await request.text(),
                response_body=body or "",
                took_ms=(perf_counter() - began) * 1000,
                request_headers={
                    name: request.headers[name] for name in LOGGED_HEADERS if name in request.headers
                },
            )
        )
        return response


def _credentials(header: str) -> tuple[str, str]:
    try:
        user, _, password = (
            base64.b64decode(header.removeprefix("Basic "), validate=True).decode().partition(":")
        )
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _details(account: Account, asked: Request) -> Mapping[str, str]:
    return {
        "to": asked.to,
        "sender": asked.sender or asked.service_sid,
        "account": account.sid,
        "status_url": asked.status_url,
    }


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _whole(value: str | None, usual: int) -> int:
    return int(value) if value is not None and value.isdecimal() else usual
