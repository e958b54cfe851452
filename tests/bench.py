"""`python -m tests.bench`: what each page of the demo costs, and what the planner gains over choosing greedily.

Runs against a test database of its own and leaves nothing behind.
"""

import io
import os
import statistics
import sys
import time
from collections.abc import Callable

import django

REPEATS = 7


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hiringloop.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()
    from django.db import connection
    from django.test.runner import DiscoverRunner
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment(debug=False)
    # Of its own, so that a test run beside it keeps its database.
    connection.settings_dict["TEST"]["NAME"] = "test_hiringloop_bench"
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases(aliases={"default"})
    try:
        _fill()
        pages()
        planner()
    finally:
        runner.teardown_databases(databases)
        teardown_test_environment()
    return 0


def _fill() -> None:
    from django.core.management import call_command

    begin = time.perf_counter()
    for command in ("load_library", "seed_demo"):
        call_command(command, verbosity=0, stdout=io.StringIO())
    print(f"Library and demo organisation: {time.perf_counter() - begin:.1f} s\n")


def pages() -> None:
    """Queries, and the median of the server's time in milliseconds, for the leader who also interviews."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from apps.accounts.models import User
    from tests.demo_pages import demo_pages

    print(f"{'page':<18}{'queries':>8}{'median ms':>11}{'kB':>6}   (of {REPEATS} visits)")
    slowest = 0.0
    for email, only in [("cleo@demo.example", ""), ("eli@demo.example", "admin")]:
        user = User.objects.get(email=email)
        client = Client()
        client.force_login(user)
        for name, address in demo_pages(user).items():
            if not name.startswith(only):
                continue
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                size = len(client.get(address).content)
            queries = len(captured)  # now: the next request begins a new log
            median = _median_ms(lambda: client.get(address), REPEATS)  # noqa: B023  # called before the next turn
            slowest = max(slowest, median)
            print(f"{name:<18}{queries:>8}{median:>11.1f}{size / 1000:>6.0f}")
    print(f"Slowest page: {slowest:.0f} ms\n")


def planner() -> None:
    """The planner's optimum against the plainest alternative: add the station that helps most until none fits."""
    import numpy as np
    from django.utils import timezone

    from apps.library.models import RolePreset
    from apps.loops.actions import SOLVE_SECONDS
    from apps.loops.core import information as info
    from apps.loops.core.check import violations
    from apps.loops.core.problem import Problem
    from apps.loops.core.solve import solve
    from apps.loops.translate import planning_problem

    def value_of(problem: Problem, chosen: list[str]) -> float:
        stations = [station for station in problem.stations if station.id in chosen]
        totals = [
            sum(info.station_information(station, need.id) for station in stations) for need in problem.competencies
        ]
        return float(info.LoopValue.of(problem).at(np.array(totals)))

    def greedy(problem: Problem) -> list[str]:
        chosen: list[str] = []
        while True:
            used = [station for station in problem.stations if station.id in chosen]
            minutes = problem.limits.candidate_minutes - sum(station.minutes for station in used)
            load = problem.limits.interviewer_minutes - sum(station.interviewer_load for station in used)
            fits = [
                station.id
                for station in problem.stations
                if station.id not in chosen
                and not station.is_pilot
                and station.minutes <= minutes
                and station.interviewer_load <= load
            ]
            if not fits:
                return chosen
            chosen.append(max(fits, key=lambda station: value_of(problem, [*chosen, station])))

    print(f"{'role':<22}{'optimal s':>10}{'greedy s':>10}{'value optimal / greedy':>24}{'rules greedy breaks':>22}")
    for preset in RolePreset.objects.order_by("slug"):
        problem = planning_problem(
            requirements=list(preset.requirements.select_related("competency").order_by("pk")),
            candidate_minutes=preset.candidate_minutes,
            interviewer_minutes=preset.interviewer_minutes,
            min_ai_craft=preset.min_ai_craft,
            today=timezone.localdate(),
        )
        begin = time.perf_counter()
        result = solve(problem, time_limit_seconds=SOLVE_SECONDS, seed=0)
        optimal_seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        chosen = greedy(problem)
        greedy_seconds = time.perf_counter() - begin
        ratio = value_of(problem, list(result.stations)) / value_of(problem, chosen)
        broken = len(violations(problem, chosen))
        print(f"{preset.slug:<22}{optimal_seconds:>10.2f}{greedy_seconds:>10.3f}{ratio:>24.3f}{broken:>22}")


def _median_ms(visit: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        visit()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
