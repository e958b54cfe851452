"""The planner against choosing greedily, and against a plain MIP of the same model (HiGHS), in one run."""

import statistics
import time

from tests.loops.instances import published_instance
from tests.loops.peers import PeerFailed, greedy, highs

INSTANCES = 12
#: The library sizes of SCIENCE.md A.4 (stations, competencies).
SIZES = [(60, 8), (120, 12), (300, 12)]


def library_sizes() -> None:
    """Median and longest seconds over the instances; greedy as the better of two that choose by gain and by minute."""
    from apps.loops.core.check import objective, violations
    from apps.loops.core.solve import solve

    print(f"Planner, greedy and a plain MIP (HiGHS) on {INSTANCES} random libraries each (SCIENCE.md A.4)")
    print(
        f"{'stations x competencies':<25}{'proved':>8}{'s median':>10}{'s max':>8}{'HiGHS median':>14}{'max':>8}"
        f"{'times slower':>14}{'largest difference':>20}{'greedy: no plan':>17}{'loses, mean':>13}{'max':>7}"
    )
    for stations, competencies in SIZES:
        ours, theirs, differences, losses, nothing, proved, possible, failed = [], [], [], [], 0, 0, 0, 0
        for seed in range(INSTANCES):
            problem = published_instance(seed, stations, competencies)
            begin = time.perf_counter()
            plan = solve(problem, time_limit_seconds=120, explain=False)
            if plan.status == "infeasible":  # one of the published 120 x 12 is
                continue
            ours.append(time.perf_counter() - begin)
            possible += 1
            assert not violations(problem, plan.stations, plan.assessed)
            assert plan.objective is not None
            assert plan.bound is not None
            proved += plan.status == "optimal" and plan.bound - plan.objective <= 1e-5
            begin = time.perf_counter()
            try:
                differences.append(abs(plan.objective - highs(problem)))
                theirs.append(time.perf_counter() - begin)
            except PeerFailed:
                failed += 1
            tried = [
                chosen for by_minute in (True, False) if not violations(problem, chosen := greedy(problem, by_minute))
            ]
            nothing += not tried
            if tried:
                reached = max(objective(problem, chosen) for chosen in tried)
                losses.append(1 - reached / plan.objective)
        middle, their_middle = statistics.median(ours), statistics.median(theirs)
        print(
            f"{f'{stations} x {competencies}':<25}{f'{proved}/{possible}':>8}{middle:>10.2f}{max(ours):>8.2f}"
            f"{their_middle:>14.2f}{max(theirs):>8.2f}{their_middle / middle:>14.1f}{max(differences):>20.1e}"
            f"{f'{nothing}/{possible}':>17}{statistics.mean(losses):>13.1%}{max(losses):>7.1%}",
            flush=True,
        )
        if failed:
            print(f"{'':<25}HiGHS ended {failed} of {possible} with an error of its own.", flush=True)
    print()


def roles() -> None:
    """The shipped role presets on the shipped library: the optimum against greedy."""
    from django.utils import timezone

    from apps.library.models import RolePreset
    from apps.loops.actions import SOLVE_SECONDS
    from apps.loops.core.check import objective, violations
    from apps.loops.core.inputs import PlanLimits
    from apps.loops.core.solve import solve
    from apps.loops.translate import planning_problem

    print(f"{'role':<22}{'optimal s':>10}{'greedy s':>10}{'value optimal / greedy':>24}{'rules greedy breaks':>22}")
    for preset in RolePreset.objects.order_by("slug"):
        problem = planning_problem(
            requirements=list(preset.requirements.select_related("competency").order_by("pk")),
            limits=PlanLimits(preset.candidate_minutes, preset.interviewer_minutes, preset.min_ai_craft),
            today=timezone.localdate(),
        )
        begin = time.perf_counter()
        result = solve(problem, time_limit_seconds=SOLVE_SECONDS, seed=0)
        optimal_seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        chosen = greedy(problem, by_minute=False)
        greedy_seconds = time.perf_counter() - begin
        ratio = objective(problem, result.stations, result.assessed) / objective(problem, chosen)
        broken = len(violations(problem, chosen))
        print(f"{preset.slug:<22}{optimal_seconds:>10.2f}{greedy_seconds:>10.3f}{ratio:>24.3f}{broken:>22}")
    print()
