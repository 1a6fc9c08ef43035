"""A club on one page and a browser to look at it."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.shell.club import COACH, Club, open_club

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-quic", "--disable-gpu"]
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def club(request: pytest.FixtureRequest) -> AsyncIterator[Club]:
    """A club; its parameter, if any, is for how many milliseconds typing rests before it is told."""
    async with open_club(debounce_ms=getattr(request, "param", 0)) as club:
        yield club


@pytest_asyncio.fixture(loop_scope="session")
async def complaints() -> AsyncIterator[list[str]]:
    """What the browser complained of; a test that expects none need not look."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, club: Club, complaints: list[str]) -> AsyncIterator[Open]:
    """Open the page as somebody, in a window of its own."""

    contexts: list[BrowserContext] = []

    async def open_page(user: str = COACH, width: int = 1280, height: int = 860) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((club.url, "data:")) else complaints.append(request.url)
            ),
        )
        await page.goto(f"{club.url}/?as={user}")
        await page.get_by_role("button", name="#team-messages").click()
        await page.get_by_role("log", name="Messages in #team-messages").wait_for()
        return page

    yield open_page
    for context in contexts:
        await context.close()
