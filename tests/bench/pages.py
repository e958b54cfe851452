"""What each page of the demo costs."""

import statistics
import time
from collections.abc import Callable

REPEATS = 7


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


def _median_ms(visit: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        visit()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)
