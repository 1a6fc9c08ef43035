"""Answers that go wrong on the wire: reset, cut short, garbled, or never given."""

import asyncio
import socket
import struct

from aiohttp import web

from bot.playground.carrier.faults import AnswerFault, Fault
from bot.playground.carrier.render import problem_json

ACCEPTED_ALL_THE_SAME = frozenset(
    {Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.SILENT_AFTER, Fault.GARBLED_AFTER, Fault.CUT_AFTER}
)


async def break_answer(
    request: web.Request, fault: AnswerFault, silence: asyncio.Event
) -> web.StreamResponse | None:
    """The wrong answer that the fault asks for, or None when the right one is due; a silence ends with its event."""
    match fault.fault:
        case Fault.THROTTLED:
            return _throttled(20429, fault)
        case Fault.DAILY_CAP:
            return _throttled(63038, fault)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER | Fault.ACCEPTED_LATE:
            return problem(20500)
        case Fault.RESET_BEFORE | Fault.RESET_AFTER:
            return _reset(request)
        case Fault.SILENT_BEFORE | Fault.SILENT_AFTER:
            await silence.wait()
            return _reset(request)
        case Fault.GARBLED_AFTER:
            return web.Response(status=201, text='{"sid": "SM', content_type="application/json")
        case Fault.CUT_AFTER:
            return await _cut(request)
        case Fault.SLOW:
            return None


def problem(code: int, **details: str) -> web.Response:
    """Twilio's answer to what it refuses."""
    status, body = problem_json(code, **details)
    return web.json_response(body, status=status)


def _throttled(code: int, fault: AnswerFault) -> web.Response:
    response = problem(code)
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(int(fault.retry_after.total_seconds()))
    return response


def _reset(request: web.Request) -> web.Response:
    transport = request.transport
    if transport is not None:
        # With no time to linger the kernel sends RST, not FIN.
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


async def _cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(
        status=201, headers={"Content-Type": "application/json", "Content-Length": "900"}
    )
    await response.prepare(request)
    await response.write(b'{"sid": "SM')
    if request.transport is not None:
        request.transport.abort()
    return response
