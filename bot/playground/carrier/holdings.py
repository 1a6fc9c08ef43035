"""What an account is and has, over HTTP: itself, its money, its numbers and short codes."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.playground.carrier.render import (
    account_json,
    balance_json,
    number_json,
    rented_json,
    short_code_json,
)
from bot.playground.carrier.state import Account, Network, Number

USUAL_PAGE, LARGEST_PAGE = 50, 1000


class Holdings:
    """Answers what customers ask about their own account."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def add_routes(self, app: web.Application, account_path: str) -> None:
        """Opens the doors below the account's path."""
        app.router.add_get(account_path + ".json", self.account)
        app.router.add_get(account_path + "/Balance.json", self.balance)
        app.router.add_get(account_path + "/IncomingPhoneNumbers.json", self.numbers)
        app.router.add_get(account_path + "/SMS/ShortCodes.json", self.short_codes)

    async def account(self, request: web.Request) -> web.StreamResponse:
        """The account that asks."""
        return web.json_response(account_json(self._of(request)))

    async def balance(self, request: web.Request) -> web.StreamResponse:
        """What is left of its money."""
        return web.json_response(balance_json(self._of(request)))

    async def numbers(self, request: web.Request) -> web.StreamResponse:
        """A page of its numbers that are no short codes, or of the one asked for."""
        wanted = request.query.get("PhoneNumber")
        found = [one for one in self._of(request).numbers if wanted in (None, one.value)]
        longs = [one for one in found if one.value.startswith("+")]
        return self._page(request, "IncomingPhoneNumbers", "incoming_phone_numbers", longs, number_json)

    async def short_codes(self, request: web.Request) -> web.StreamResponse:
        """A page of its short codes, or of the one asked for."""
        wanted = request.query.get("ShortCode")
        found = [one for one in self._of(request).numbers if wanted in (None, one.value)]
        shorts = [one for one in found if not one.value.startswith("+")]
        return self._page(request, "SMS/ShortCodes", "short_codes", shorts, short_code_json)

    def _page(
        self,
        request: web.Request,
        kind: str,
        key: str,
        numbers: list[Number],
        draw: Callable[[Account, Number], dict[str, Any]],
    ) -> web.StreamResponse:
        account = self._of(request)
        size = min(max(int(request.query.get("PageSize", USUAL_PAGE)), 1), LARGEST_PAGE)
        page = int(request.query.get("Page", "0"))
        drawn = [draw(account, number) for number in numbers]
        return web.json_response(rented_json(account, kind, key, drawn, page=page, size=size))

    def _of(self, request: web.Request) -> Account:
        return self._network.accounts[request.match_info["account_sid"]]
