"""Runs every benchmark, against a test database of its own, and leaves nothing behind.

`python -m tests.bench planner` runs only those whose name is given.
"""

import io
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hiringloop.settings")
os.environ.setdefault("LOG_LEVEL", "WARNING")
django.setup()

from django.core.management import call_command  # noqa: E402  # needs the settings
from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from django.test.utils import setup_test_environment, teardown_test_environment  # noqa: E402

from tests.bench.packets import packets  # noqa: E402
from tests.bench.pages import pages  # noqa: E402
from tests.bench.planner import library_sizes, roles  # noqa: E402
from tests.bench.ratings import ratings  # noqa: E402
from tests.bench.submissions import submissions  # noqa: E402

NEED_A_DATABASE = {"packets": packets, "pages": pages, "roles": roles, "submissions": submissions}
BENCHMARKS = {**NEED_A_DATABASE, "planner": library_sizes, "ratings": ratings}


def main(wanted: list[str]) -> int:
    if unknown := set(wanted) - set(BENCHMARKS):
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}.")
        return 2
    chosen = [name for name in BENCHMARKS if not wanted or name in wanted]
    if not set(chosen) & set(NEED_A_DATABASE):
        for name in chosen:
            BENCHMARKS[name]()
        return 0
    setup_test_environment(debug=False)
    # Of its own, so that a test run beside it keeps its database.
    connection.settings_dict["TEST"]["NAME"] = "test_hiringloop_bench"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases(aliases={"default"})
    try:
        _fill()
        for name in chosen:
            BENCHMARKS[name]()
    finally:
        runner.teardown_databases(databases)
        teardown_test_environment()
    return 0


def _fill() -> None:
    begin = time.perf_counter()
    for command in ("load_library", "seed_demo"):
        call_command(command, verbosity=0, stdout=io.StringIO())
    print(f"Library and demo organisation: {time.perf_counter() - begin:.1f} s\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
