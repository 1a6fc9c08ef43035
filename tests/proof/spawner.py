"""Starts processes fast: one that has imported everything forks another for each line of its standard input.

A bot that starts from nothing spends seconds on its imports and on what is looked up once; a fork of this one, which
has rehearsed a start, spends a tenth of a second. What it runs then is `touchline run`, with an environment of its
own, in a process of its own that a SIGKILL ends like any.

In:  {"what": "bot", "env": {...}, "log": "/.../bot.log", "doom": {"point": "after the claim", "turn": 3}}
Out: 4711
"""

import asyncio
import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PR_SET_PDEATHSIG = 1
READY = "ready"


@dataclass
class Child:
    """A process that was started here, known by a descriptor that no later process can take over."""

    pid: int
    descriptor: int
    is_over: bool = False

    def send(self, how: signal.Signals) -> None:
        """Sends a signal, unless it is over already."""
        if self.is_over:
            return
        try:
            signal.pidfd_send_signal(self.descriptor, how)
        except ProcessLookupError:
            self.is_over = True

    def has_ended(self) -> bool:
        """Whether it is over by now."""
        if not self.is_over:
            self.is_over = bool(select.select([self.descriptor], [], [], 0)[0])
        return self.is_over

    async def over(self, *, seconds: float = 30.0) -> None:
        """Comes back once it is no more; raises TimeoutError."""
        if not self.is_over:
            loop, ended = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(self.descriptor, ended.set)
            try:
                await asyncio.wait_for(ended.wait(), seconds)
            finally:
                loop.remove_reader(self.descriptor)
        self.is_over = True

    async def kill(self) -> None:
        """SIGKILL, and its end."""
        self.send(signal.SIGKILL)
        await self.over()

    def close(self) -> None:
        """Lets go of the descriptor."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class Spawner:
    """The process that forks; `with` starts and ends it, with all its children."""

    def __enter__(self) -> Self:
        # The imports of tests are read from compiled files, whatever the environment says.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._children: list[Child] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.spawner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=env,
            text=True,
            bufsize=1,
        )
        assert self._read() == READY
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            child.send(signal.SIGKILL)
            child.close()
        # Leaving it closes its pipes and waits for its end.
        with self._process:
            pass

    def start(self, what: str, **asked: Any) -> Child:
        """A new child that does `what`; takes a few milliseconds."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"what": what, **asked}) + "\n")
        child = _child(int(self._read()))
        self._children = [one for one in self._children if not self._forgotten(one)] + [child]
        return child

    def _read(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def _forgotten(self, child: Child) -> bool:
        if child.is_over:
            child.close()
        return child.is_over


def _child(pid: int) -> Child:
    try:
        return Child(pid, os.pidfd_open(pid))
    except ProcessLookupError:
        # It is over already, and the kernel has reaped it.
        return Child(pid, -1, is_over=True)


def main() -> None:
    """Forks a child for each line, until there are no more."""
    _import_everything()
    # What is there now is shared by all children for as long as nobody touches it.
    gc.freeze()
    print(READY, flush=True)
    # Children are reaped by the kernel: their parent does nothing but wait for the next line.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
        print(pid, flush=True)


def _import_everything() -> None:
    import aiosqlite
    import psycopg
    import uvloop

    import bot.cli
    import bot.engine.queue
    import tests.proof.carrier
    import tests.proof.doomed
    import tests.proof.flood
    import tests.proof.naive
    import tests.proof.rehearsal
    import tests.proof.travelled

    del aiosqlite, psycopg, bot
    # What a bot looks up once in its life (callers, statements, catalogues) is most of what its start takes.
    uvloop.run(tests.proof.rehearsal.rehearse())


def _become(asked: Mapping[str, Any]) -> None:
    """Does what was asked, and ends; never comes back."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _redirect(Path(asked["log"]))
        os.environ.update(asked.get("env", {}))
        _do(asked)
    except SystemExit as end:
        os._exit(int(end.code or 0))
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _redirect(log: Path) -> None:
    nothing, written = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(nothing, 0)
    os.dup2(written, 1)
    os.dup2(written, 2)


def _do(asked: Mapping[str, Any]) -> None:
    from bot import cli
    from tests.proof import carrier, doomed, flood, naive, travelled

    if asked.get("doom"):
        doomed.arm(asked["doom"]["point"], asked["doom"]["turn"])
    match asked["what"]:
        case "bot":
            cli.app(["run", *asked.get("arguments", ())])
        case "travelled":
            travelled.main(asked["at"])
        case "carrier":
            carrier.main(asked["options"])
        case "naive":
            naive.main(asked["options"])
        case "flood":
            flood.main(asked["options"])


if __name__ == "__main__":
    main()
