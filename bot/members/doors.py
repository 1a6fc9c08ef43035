"""The member's page over HTTP: GET shows and changes nothing, POST answers or chooses and leads back to GET."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

import structlog
from aiohttp import web

from bot.checks import REPLIES
from bot.members import page
from bot.members.guard import MISS_SECONDS, Guard, client_of
from bot.members.html import (
    ANSWER,
    START,
    STOP,
    STOP_MARKETING,
    STYLE_HASH,
    Again,
    Notice,
    bare_html,
    page_html,
)
from bot.members.page import AnswerOverlong, NothingAnswered, Page, PageGone, PageRefusal, TooManyAnswers
from bot.members.words import PageWords, words_in
from bot.rules.optout import Keyword
from bot.rules.page import ANSWER_MAX
from bot.runtime import Runtime
from storage.states import OptOutScope

log = structlog.get_logger()

LARGEST_FORM_BYTES = 32 * 1024
"""A thousand characters take at most twelve bytes each."""
FORM_SECONDS = 60.0
"""How long a form may take to come, on a phone with hardly any network."""
_ONCE = re.compile(r"[0-9a-f]{16}")
_KEYWORDS = {STOP: Keyword.STOP, STOP_MARKETING: Keyword.STOP_MARKETING, START: Keyword.START}
# Nothing from elsewhere, no script, in no frame; the address of the page, which is a secret, goes nowhere.
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


class MemberDoors:
    """GET and POST of `/m/{token}`."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._guard = Guard()

    async def show(self, request: web.Request) -> web.Response:
        """The page; what was done just now is said on top.

        GET /m/aB3dE5gH7j?done=answer
        """
        return await self._guarded(request, {}, self._show)

    async def act(self, request: web.Request) -> web.Response:
        """An answer or a choice, kept before this is answered: 303 to the page that shows it.

        POST /m/aB3dE5gH7j
        act=answer&text=Oui%2C+merci&once=9f86d081884c7d65
        """
        body = await _whole_body(request)
        if len(body) > LARGEST_FORM_BYTES:
            words = self._words(request)
            return _response(bare_html(words.answer, words.too_long.format(most=ANSWER_MAX), words), 413)
        form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
        form["once"] = form["once"] if _ONCE.fullmatch(form.get("once", "")) else _new_once()
        return await self._guarded(request, form, lambda asked: self._act(asked, form))

    async def _show(self, request: web.Request) -> web.Response:
        shown = await page.read(self._rt, request.match_info["token"])
        words = self._words(request, shown)
        notice = _done(request.query.get("done", ""), shown, words)
        return _response(page_html(shown, words, once=_new_once(), notice=notice))

    async def _act(self, request: web.Request, form: Mapping[str, str]) -> web.Response:
        token, act, once = request.match_info["token"], form.get("act", ANSWER), form["once"]
        shown = await page.read(self._rt, token)
        words = self._words(request, shown)
        try:
            if keyword := _KEYWORDS.get(act):
                label = _label(act, words).format(club=shown.club_name)
                await page.choose(self._rt, token, keyword, label, once=once)
            else:
                await page.answer(self._rt, token, form.get("text", ""), once=once)
        except PageRefusal as error:
            notice = Notice(_why(error, words), is_error=True)
            typed = form.get("text", "")
            return _response(page_html(shown, words, once=once, notice=notice, typed=typed), 422)
        self._rt.health.good(REPLIES)
        done = act if act in _KEYWORDS else ANSWER
        return web.Response(status=303, headers={**HEADERS, "Location": f"?done={done}"})

    async def _guarded(
        self,
        request: web.Request,
        form: Mapping[str, str],
        work: Callable[[web.Request], Awaitable[web.Response]],
    ) -> web.Response:
        """What the work answers, or a page that says why not; what was posted can be sent once more from there."""
        now = self._rt.clock.steady()
        # A proxy may add a header of its own below the client's.
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ()))
        client = client_of(request.remote or "", forwarded)
        words = self._words(request)
        if self._guard.refuses(client, now):
            return _response(bare_html(words.later_title, words.too_often, words, again=_again(form)), 429)
        try:
            return await work(request)
        except PageGone:
            self._guard.missed(client, now)
            return _response(bare_html(words.gone_title, words.gone, words), 404)
        except Exception as error:
            log.warning("page_in_trouble", error=type(error).__name__)
            if not form:
                return _response(bare_html(words.later_title, "", words), 503)
            self._rt.health.bad(REPLIES, error)
            return _response(bare_html(words.later_title, words.trouble, words, again=_again(form)), 503)

    def _words(self, request: web.Request, shown: Page | None = None) -> PageWords:
        accepted = request.headers.get("Accept-Language", "")
        if shown is None:
            return words_in(self._rt.pages, accepted=accepted)
        return words_in(self._rt.pages, own=shown.language, accepted=accepted, club=shown.club_language)


def _again(form: Mapping[str, str]) -> Again | None:
    """What was posted, with the same `once`: it may have been kept all the same, and shall not stand there twice."""
    act = form.get("act", ANSWER)
    typed = form.get("text", "")
    return Again(act if act in _KEYWORDS else ANSWER, form["once"], typed) if form else None


async def _whole_body(request: web.Request) -> bytes:
    """What was posted, in however many pieces it came; of what is too large, one byte too many. 408 when it never ends."""
    try:
        async with asyncio.timeout(FORM_SECONDS):
            return await request.content.readexactly(LARGEST_FORM_BYTES + 1)
    except asyncio.IncompleteReadError as error:
        return error.partial
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error


def _response(document: str, status: int = 200) -> web.Response:
    headers = HEADERS if status < 429 else {**HEADERS, "Retry-After": str(round(MISS_SECONDS))}
    return web.Response(text=document, status=status, content_type="text/html", headers=headers)


def _new_once() -> str:
    return secrets.token_hex(8)


def _label(act: str, words: PageWords) -> str:
    return {STOP: words.stop_all, STOP_MARKETING: words.stop_marketing, START: words.start}[act]


def _why(error: PageRefusal, words: PageWords) -> str:
    match error:
        case NothingAnswered():
            return words.empty
        case AnswerOverlong():
            return words.too_long.format(most=ANSWER_MAX)
        case TooManyAnswers():
            return words.too_many
        case _:
            return words.expired


def _done(act: str, shown: Page, words: PageWords) -> Notice | None:
    """What was done just now, if it is so: anybody may write such an address."""
    said = {
        (ANSWER, bool(shown.said)): words.answered,
        (STOP, shown.scope is OptOutScope.ALL): words.stopped_all,
        (STOP_MARKETING, shown.scope is OptOutScope.MARKETING): words.stopped_marketing,
        (START, shown.scope is None): words.started,
    }.get((act, True))
    return Notice(said.format(club=shown.club_name)) if said else None
