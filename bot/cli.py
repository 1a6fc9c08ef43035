"""The command line."""

import asyncio
import gc
import json
import os
import signal
import sys
import unicodedata
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from rich.console import Console
from rich.text import Text

from bot import logs
from bot.app import Part, running
from bot.backup import back_up
from bot.clock import WallClock
from bot.database import bring_up_to_date, looked_into, open_database
from bot.doctor import told
from bot.doctor.checks import look_over
from bot.doctor.delivery import Diagnosis, count_again, examine
from bot.errors import BotError
from bot.imports.run import club_of
from bot.people import dossier
from bot.rules import text
from bot.settings import load_settings

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Touchline: sports clubs text their members from Slack."
)


SELDOM = (20_000, 20, 20)
"""How often Python looks for garbage that holds on to itself: after so many new objects, not after each 700."""


def main() -> None:
    """The `touchline` command."""
    app()


@app.command()
def run(
    only: Annotated[
        Part | None, typer.Option(help="Open the doors alone, or send alone; needs PostgreSQL.")
    ] = None,
) -> None:
    """Run the bot with the settings of the environment."""
    logs.set_up()
    _do(_run(only))


@app.command()
def playground(
    port: Annotated[int, typer.Option(help="The page's port; 0 takes a free one.")] = 4000,
    socket: Annotated[bool, typer.Option("--socket", help="Let the bot hear Slack in Socket Mode.")] = False,
) -> None:
    """Start a workspace, a carrier, phones and the bot on this machine, with a page to play on."""
    # The stand-ins are for trying and testing: a bot at work never loads them.
    from bot.playground.launcher import APP, ON_SOCKET, play

    logs.set_up()
    _do(play(port, _ended(), app=ON_SOCKET if socket else APP))


@app.command()
def migrate() -> None:
    """Bring the database to today's tables."""
    logs.set_up()
    _do(_migrate())


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The new file; none may be there yet.")],
) -> None:
    """Write a whole copy of an SQLite database into a new file, beside a bot at work."""
    size = _do(back_up(load_settings().database_url, file))
    typer.echo(f"{file} holds everything as of a moment ago: {size:,} bytes.")


@app.command()
def doctor(
    delivery: Annotated[bool, typer.Option("--delivery", help="Say why texts have not left.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects, for machines.")] = False,
) -> None:
    """Say what is missing or wrong and how to mend it; 0 when nothing is, 1 when something is. Changes nothing."""
    logs.set_up()
    if delivery and as_json:
        raise typer.BadParameter("--delivery has no --json.")
    if not delivery:
        raise typer.Exit(int(_looked_over(as_json=as_json)))
    found, otherwise = _do(_examined())
    _show(found)
    if otherwise:
        typer.echo(otherwise)
    raise typer.Exit(int(any(one.is_stuck for one in found)))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="People as CSV or XLSX; its first row names the columns.")],
    club: Annotated[str | None, typer.Option(help="The club's Slack team, where there are several.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Store without asking.")] = False,
) -> None:
    """Say what a file of people would change, and store it: everything or nothing."""
    # Only this command reads files.
    from bot.imports.terminal import bring_in

    logs.set_up()
    _do(bring_in(load_settings(), WallClock(), file, team=club, is_sure=yes))


@app.command()
def export(
    person: Annotated[str, typer.Option(help="A number, or the id of a contact.")],
    file: Annotated[Path | None, typer.Option(help="Where to write it; standard output without.")] = None,
    club: Annotated[str | None, typer.Option(help="The club's Slack team, where there are several.")] = None,
) -> None:
    """Give out everything that is known of one person, as JSON."""
    logs.set_up()
    known = _do(_exported(person, club))
    if file:
        file.write_text(known + "\n", encoding="utf-8")
    else:
        typer.echo(known)


@app.command()
def erase(
    person: Annotated[str, typer.Option(help="A number, or the id of a contact.")],
    club: Annotated[str | None, typer.Option(help="The club's Slack team, where there are several.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
) -> None:
    """Erase one person: contact, texts, answers, record of consent. It cannot be undone."""
    logs.set_up()
    _do(_erased(person, club, is_sure=yes))


@app.command()
def count(
    lines: Annotated[
        bool, typer.Option("--lines", help="One JSON string a line in, one object a line out.")
    ] = False,
) -> None:
    """Say what the text on standard input weighs as SMS, as JSON."""
    if not lines:
        typer.echo(_counted(sys.stdin.buffer.read().decode().removesuffix("\n")))
        return
    for line in sys.stdin.buffer:
        typer.echo(_counted(json.loads(line)))


def _counted(body: str) -> str:
    weighed = text.measure(unicodedata.normalize("NFC", body))
    return json.dumps(
        {
            "encoding": weighed.encoding,
            "units": weighed.units,
            "segments": weighed.segments,
            "costly": list(weighed.costly),
        },
        ensure_ascii=False,
    )


async def _run(only: Part | None) -> None:
    ended = _ended()
    async with running(load_settings(), only=only) as bot:
        # What is there now stays; of what comes, a million messages leave nothing behind for the collector to find.
        gc.freeze()
        gc.set_threshold(*SELDOM)
        typer.echo(f"Touchline listens on port {bot.port}.", err=True)
        await bot.work_until(ended)


async def _exported(person: str, team: str | None) -> str:
    async with looked_into(load_settings().database_url) as db:
        club = await club_of(db, team)
        return await dossier.export(db, club, await dossier.find(db, club, person))


async def _erased(person: str, team: str | None, *, is_sure: bool) -> None:
    settings = load_settings()
    async with looked_into(settings.database_url) as db:
        club = await club_of(db, team)
        found = await dossier.find(db, club, person)
        if is_sure or typer.confirm(f"Erase {found.name} for good?"):
            await dossier.erase_at_once(db, settings, club, person, WallClock().now())
            typer.echo("Erased.")
        else:
            typer.echo("Nothing was erased.")


async def _migrate() -> None:
    db = open_database(load_settings().database_url)
    try:
        await bring_up_to_date(db)
    finally:
        await db.close()


def _looked_over(*, as_json: bool) -> bool:
    found = _do(look_over(os.environ, WallClock()))
    if as_json:
        typer.echo(told.as_json(found))
    else:
        told.show(found)
    return told.is_wrong(found)


async def _examined() -> tuple[Sequence[Diagnosis], str]:
    settings, now = load_settings(), WallClock().now()
    async with looked_into(settings.database_url) as db:
        return await examine(db, settings, now), await count_again(db, now)


def _show(found: Sequence[Diagnosis]) -> None:
    console = Console(highlight=False)
    for one in found:
        console.print(Text(one.title, "bold"), Text(f"for {_spoken(one.age)}: {one.counts or 'no messages'}"))
        for reason in one.reasons:
            console.print(
                Text(f"  {'!' if reason.is_stuck else '-'} {reason.words}", "red" if reason.is_stuck else "")
            )
    stuck = sum(one.is_stuck for one in found)
    console.print(f"{len(found)} open, {stuck} stuck." if found else "Nothing is open.")


def _spoken(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _ended() -> asyncio.Event:
    """Set when the process is asked to end, by Ctrl-C or by its supervisor."""
    return _Ended()


class _Ended(asyncio.Event):
    async def wait(self) -> Any:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self.set)
        return await super().wait()


def _do(work: Coroutine[Any, Any, T]) -> T:
    try:
        return uvloop.run(work)
    except BotError as error:
        typer.echo(f"touchline: {error}", err=True)
        raise typer.Exit(1 if error.retry else 2) from None
