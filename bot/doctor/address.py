"""PUBLIC_URL: whether Slack, Twilio and members can get there at all."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

from bot.doctor.findings import Check, Finding, ok, skipped, warning, wrong
from bot.doctor.needs import needed
from bot.doctor.visit import Visit

RESOLVE_SECONDS = 4
HERE = ("localhost", "127.0.0.1", "::1")
PRIVATE_ENDINGS = (".local", ".internal", ".lan", ".home", ".localhost", ".test")
PUT_IT = "Put a proxy with a certificate in front of the bot (Caddy makes its own), and set PUBLIC_URL to its https:// address."


async def address(visit: Visit) -> Sequence[Finding]:
    """Whether the address is one for everybody, and encrypted."""
    url = visit.settings.public_url
    if not url:
        is_needed = "PUBLIC_URL" in needed(visit)
        return [skipped(Check.ADDRESS, "PUBLIC_URL is not set" + ("." if is_needed else ", nor needed."))]
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in HERE and _asked_from_here(visit):
        return [ok(Check.ADDRESS, "Slack and Twilio are stand-ins on this machine, and so is PUBLIC_URL.")]
    if finding := judge(parts):
        return [finding]
    return [_judge_resolved(host, await _resolve(host))]


def judge(parts: SplitResult) -> Finding | None:
    """What the address alone shows to be wrong."""
    host = parts.hostname or ""
    if parts.scheme != "https":
        return wrong(
            Check.ADDRESS,
            "PUBLIC_URL begins with http://: Slack refuses it, and what members write would be read on the way.",
            PUT_IT,
        )
    is_local_name = host.endswith(PRIVATE_ENDINGS) or not {".", ":"} & set(host)
    if is_local_name or _is_private(host):
        return wrong(
            Check.ADDRESS,
            "PUBLIC_URL leads to a private address, which Slack and Twilio cannot reach.",
            PUT_IT,
        )
    return None


def _judge_resolved(host: str, found: Sequence[str]) -> Finding:
    if not found:
        return wrong(
            Check.ADDRESS,
            f"No machine of the name {host} is known.",
            "Add it to your domain's DNS, or correct PUBLIC_URL. A new name may take an hour to be known.",
        )
    if all(_is_private(one) for one in found):
        return warning(
            Check.ADDRESS,
            f"{host} leads to a private address as seen from here.",
            "Ask from outside your network: Slack and Twilio must find a public one.",
        )
    return ok(Check.ADDRESS, f"PUBLIC_URL is https and leads to a public address ({host}).")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return False


async def _resolve(host: str) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found: Iterable[tuple[object, ...]] = await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return ()
    return [str(one[4][0]) for one in found if isinstance(one[4], tuple)]


def _asked_from_here(visit: Visit) -> bool:
    urls = (visit.settings.slack_api_url, visit.settings.twilio_api_url)
    return all(urlsplit(url).hostname in HERE for url in urls)
