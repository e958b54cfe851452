"""What takes long to make is made once a run: every other test gets its rows and its files as they were."""

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

# Made anew after a test with transactions, with other numbers; no row of ours points to them.
MADE_BY_DJANGO = {"django_content_type", "auth_permission"}


@contextmanager
def triggers_off() -> Iterator[None]:
    """Triggers keep what is written as it is. They are off for this moment only: the product has no way around them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, quote_ident(tgname), CASE tgenabled WHEN 'A' THEN 'ALWAYS' ELSE '' END "
            "FROM pg_trigger WHERE NOT tgisinternal"
        )
        triggers = cursor.fetchall()
        for table, name, _ in triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        try:
            yield
        finally:
            for table, name, always in triggers:
                cursor.execute(f"ALTER TABLE {table} ENABLE {always} TRIGGER {name}")


def once_a_run(factory: pytest.TempPathFactory, name: str, make: Callable[[], Any]) -> Any:
    """What `make` returned, in the state it left, whichever test or process of this run was the first to ask."""
    folder = factory.getbasetemp()
    file = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / f"{name}.snapshot"
    if file.exists():
        return _restored(file)
    made = make()
    part = file.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps((made, _rows(), _files())))
    part.replace(file)  # where two were first, either is as good
    return made


def _rows() -> dict[str, bytes]:
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.django_table_names(only_existing=True)) - MADE_BY_DJANGO):
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as copy:
                found[table] = b"".join(bytes(part) for part in copy)
    return found


def _files() -> dict[tuple[str, Path], bytes]:
    """By the setting that names their folder, and their place in it."""
    return {
        (name, path.relative_to(getattr(settings, name))): path.read_bytes()
        for name in ("PACKETS_DIR", "CRAFT_DIR")
        for path in getattr(settings, name).rglob("*")
        if path.is_file()
    }


def _restored(file: Path) -> Any:
    made, rows, files = pickle.loads(file.read_bytes())  # noqa: S301  # written by this run
    tables = [connection.ops.quote_name(table) for table in rows]
    with transaction.atomic(), triggers_off(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # the project's own tables
        for table, text in zip(tables, rows.values(), strict=True):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(text)
        # No trigger can be turned on again while keys are still to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)
    for (name, place), content in files.items():
        path = getattr(settings, name) / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return made
