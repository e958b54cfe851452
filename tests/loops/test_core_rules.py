"""One tiny problem per rule: the plan it forces, and the name it goes by when it cannot hold."""

import pytest

from apps.loops.core.check import violations
from apps.loops.core.problem import CompetencyNeed, Limits, Overlap, Problem, RuleName, RuleRef, StationOption
from apps.loops.core.result import PlanResult
from apps.loops.core.solve import solve

from .core_cases import station

X, Y = CompetencyNeed("x"), CompetencyNeed("y")


def plan(*stations: StationOption, needs: tuple[CompetencyNeed, ...] = (X,), **limits: object) -> PlanResult:
    problem = Problem(needs, stations, Limits(**limits))  # type: ignore[arg-type]  # fields are Limits'
    result = solve(problem)
    assert not violations(problem, result.stations, result.assessed) or result.status == "infeasible"
    return result


def chosen(result: PlanResult) -> set[str]:
    assert result.status == "optimal"
    return set(result.stations)


def clash(result: PlanResult) -> set[RuleRef]:
    assert result.status == "infeasible"
    assert result.clash_irreducible
    assert result.objective is None
    return set(result.clash)


def test_candidate_minutes_leave_the_longer_station_out() -> None:
    a, b = station("a", 60), station("b", 45)
    assert chosen(plan(a, b, candidate_minutes=104)) == {"b"} or chosen(plan(a, b, candidate_minutes=104)) == {"a"}
    assert chosen(plan(a, b, candidate_minutes=59)) == {"b"}
    assert chosen(plan(a, b, candidate_minutes=105)) == {"a", "b"}


def test_interviewer_minutes_count_the_panel_and_the_write_up() -> None:
    panel, single = station("panel", 60, interviewers=2), station("single", 60)
    assert chosen(plan(panel, single, interviewer_minutes=149)) == {"single"}
    assert chosen(plan(panel, single, interviewer_minutes=150)) == {"panel"}
    assert chosen(plan(panel, single, interviewer_minutes=225)) == {"panel", "single"}


def test_max_stations_keeps_the_most_informative() -> None:
    weak, strong = station("weak", measures={"x": 0.2}), station("strong", measures={"x": 0.5})
    assert chosen(plan(weak, strong, max_stations=1)) == {"strong"}
    assert chosen(plan(weak, strong, max_stations=0)) == set()


def test_required_kind_takes_a_weaker_station() -> None:
    craft, talk = station("craft", kind="ai_craft", measures={"x": 0.1}), station("talk", measures={"x": 0.6})
    assert chosen(plan(craft, talk, max_stations=1, required_kinds={"ai_craft": 1})) == {"craft"}
    assert clash(plan(talk, required_kinds={"ai_craft": 1})) == {RuleRef(RuleName.REQUIRED_KIND, "ai_craft")}


def test_required_kind_may_be_met_by_a_station_that_measures_nothing_and_no_more_of_them() -> None:
    calls = [station(f"call{n}", 15 + n, "screen", measures={}) for n in range(3)]
    assert chosen(plan(*calls, station("a"), required_kinds={"screen": 1})) == {"call0", "a"}
    assert chosen(plan(*calls, station("a"))) == {"a"}


def test_max_per_kind_leaves_the_rest_to_other_kinds() -> None:
    talks = [station(f"t{n}", measures={"x": 0.5 + n / 100}) for n in range(3)]
    craft = station("craft", kind="ai_craft", measures={"x": 0.1})
    assert chosen(plan(*talks, craft, max_per_kind={"talk": 1})) == {"t2", "craft"}


@pytest.mark.parametrize(("target", "wanted"), [(0.44, 1), (0.45, 2), (0.61, 2), (0.62, 3), (0.70, 3)])
def test_target_reliability_is_reached_with_as_many_stations_as_it_takes(target: float, wanted: int) -> None:
    of_x = [station(f"x{n}") for n in range(3)]
    of_y = [station(f"y{n}", measures={"y": 0.6}) for n in range(3)]
    needs = (CompetencyNeed("x", 0.001, target_reliability=target), CompetencyNeed("y"))
    result = plan(*of_x, *of_y, needs=needs, max_stations=3)
    assert sum(name.startswith("x") for name in chosen(result)) == wanted
    assert result.coverage["x"].reliability >= target - 1e-9


def test_must_pass_brings_the_default_target() -> None:
    need = CompetencyNeed("x", must_pass=True)
    assert chosen(plan(station("a", measures={"x": 0.45}), needs=(need,))) == {"a"}
    assert clash(plan(station("a"), needs=(need,))) == {RuleRef(RuleName.TARGET_RELIABILITY, "x")}


def test_min_signals_asks_for_different_stations_that_are_informative_enough() -> None:
    strong, faint, sound = station("strong", measures={"x": 0.9}), station("faint", measures={"x": 0.09}), station("z")
    needs = (CompetencyNeed("x", min_signals=2),)
    assert chosen(plan(strong, faint, sound, needs=needs, max_stations=2)) == {"strong", "z"}
    assert clash(plan(strong, faint, needs=needs)) == {RuleRef(RuleName.MIN_SIGNALS, "x")}


def test_min_signals_asks_for_different_people() -> None:
    a, b = (station(name, qualified_interviewers=["ann"]) for name in "ab")
    either = station("c", qualified_interviewers=["ann", "bea"], measures={"x": 0.2})
    needs = (CompetencyNeed("x", min_signals=2),)
    result = plan(a, b, either, needs=needs, max_stations=2)
    assert "c" in chosen(result)
    assert result.coverage["x"].signals == 2
    assert clash(plan(a, b, needs=needs)) == {RuleRef(RuleName.MIN_SIGNALS, "x")}
    assert plan(a, b).coverage["x"].signals == 1


def test_min_signals_counts_seats_of_panels() -> None:
    panel = station("panel", interviewers=2, qualified_interviewers=["ann", "bea"])
    single = station("single", qualified_interviewers=["ann", "bea"])
    needs = (CompetencyNeed("x", min_signals=2),)
    assert clash(plan(panel, single, needs=needs)) == {RuleRef(RuleName.MIN_SIGNALS, "x")}
    third = station("third", qualified_interviewers=["col"])
    assert "third" in chosen(plan(panel, single, third, needs=needs, max_stations=2))


def test_numbers_of_qualified_people_are_read_as_nested_pools() -> None:
    one, other, two = (station(name, qualified_interviewers=number) for name, number in (("a", 1), ("b", 1), ("c", 2)))
    needs = (CompetencyNeed("x", min_signals=2),)
    assert clash(plan(one, other, needs=needs)) == {RuleRef(RuleName.MIN_SIGNALS, "x")}
    assert chosen(plan(one, two, needs=needs)) == {"a", "c"}


def test_pinned_and_excluded_are_obeyed_and_clash_with_each_other() -> None:
    weak, strong = station("weak", measures={"x": 0.1}), station("strong", measures={"x": 0.6})
    assert chosen(plan(weak, strong, max_stations=1, pinned=("weak",))) == {"weak"}
    assert chosen(plan(weak, strong, excluded=("strong",))) == {"weak"}
    both = {RuleRef(RuleName.PINNED, "weak"), RuleRef(RuleName.EXCLUDED, "weak")}
    assert clash(plan(weak, strong, pinned=("weak",), excluded=("weak",))) == both


def test_pilot_is_an_extra_no_rule_relies_on() -> None:
    pilot = station("pilot", kind="ai_craft", measures={"x": 0.6}, state="pilot")
    active = station("active", measures={"x": 0.2})
    assert chosen(plan(pilot, active)) == {"active"}
    with_pilot = plan(pilot, active, pinned=("pilot",))
    assert chosen(with_pilot) == {"pilot", "active"}
    assert with_pilot.coverage["x"].information > with_pilot.coverage["x"].proven_information == pytest.approx(0.25)
    assert with_pilot.coverage["x"].signals == 1
    for needs, limits, name, subject in (
        ((CompetencyNeed("x", must_pass=True),), {}, RuleName.TARGET_RELIABILITY, "x"),
        ((CompetencyNeed("x", min_signals=2),), {}, RuleName.MIN_SIGNALS, "x"),
        ((X,), {"required_kinds": {"ai_craft": 1}}, RuleName.REQUIRED_KIND, "ai_craft"),
    ):
        refused = plan(pilot, active, needs=needs, pinned=("pilot",), **limits)
        assert clash(refused) == {RuleRef(name, subject)}
    spent = plan(pilot, active, pinned=("pilot",), max_stations=1)
    assert chosen(spent) == {"pilot"}


def test_station_with_too_few_qualified_interviewers_stays_out() -> None:
    panel = station("panel", interviewers=2, qualified_interviewers=1, measures={"x": 0.6})
    single = station("single", qualified_interviewers=1)
    assert chosen(plan(panel, single)) == {"single"}
    refused = clash(plan(panel, single, pinned=("panel",)))
    assert refused == {RuleRef(RuleName.QUALIFIED_INTERVIEWERS, "panel"), RuleRef(RuleName.PINNED, "panel")}


def test_competencies_per_station_makes_the_plan_choose_what_to_assess() -> None:
    both = station("both", measures={"x": 0.5, "y": 0.3, "unneeded": 0.4})
    of_x = station("of_x", measures={"x": 0.5})
    alone = plan(both, needs=(X, Y), max_competencies_per_station=1)
    assert alone.assessed == {"both": ("x",)}
    together = plan(both, of_x, needs=(X, Y), max_competencies_per_station=1)
    assert together.assessed == {"both": ("y",), "of_x": ("x",)}
    assert plan(both, of_x, needs=(X, Y)).assessed["both"] == ("x", "y")


def test_competencies_per_station_can_be_what_clashes() -> None:
    both = station("both", measures={"x": 0.5, "y": 0.5})
    needs = (CompetencyNeed("x", must_pass=True), CompetencyNeed("y", must_pass=True))
    assert clash(plan(both, needs=needs, max_competencies_per_station=1)) == {
        RuleRef(RuleName.TARGET_RELIABILITY, "x"),
        RuleRef(RuleName.TARGET_RELIABILITY, "y"),
        RuleRef(RuleName.COMPETENCIES_PER_STATION),
    }


def test_budget_nothing_fits_in() -> None:
    empty = plan(station("a", 60), candidate_minutes=20)
    assert chosen(empty) == set()
    assert empty.objective == pytest.approx(0, abs=1e-12)
    assert empty.coverage["x"].reliability == 0
    needs = (CompetencyNeed("x", must_pass=True),)
    assert clash(plan(station("a", 60, measures={"x": 0.6}), needs=needs, candidate_minutes=20)) == {
        RuleRef(RuleName.TARGET_RELIABILITY, "x"),
        RuleRef(RuleName.CANDIDATE_MINUTES),
    }


def test_library_without_stations_has_the_empty_plan() -> None:
    assert chosen(plan()) == set()
    assert clash(plan(needs=(CompetencyNeed("x", min_signals=1),))) == {RuleRef(RuleName.MIN_SIGNALS, "x")}


def test_day_minutes_part_the_stations_over_two_days() -> None:
    stations = [station(name, 60) for name in "abc"]
    assert len(chosen(plan(*stations, day_minutes=60))) == 2
    assert len(chosen(plan(*stations, day_minutes=120))) == 3
    assert len(chosen(plan(*stations, day_minutes=120, days=1))) == 2
    assert [slot.day for slot in plan(*stations, day_minutes=120).timeline.slots] in ([0, 0, 1], [0, 1, 1])
    assert {slot.day for slot in plan(*stations, day_minutes=180).timeline.slots} == {0}
    refs = {RuleRef(RuleName.DAY_MINUTES), RuleRef(RuleName.PINNED, "a")}
    assert clash(plan(*stations, day_minutes=59, pinned=["a"])) == refs


def test_kind_share_counts_minutes_of_active_stations() -> None:
    craft, talk = station("craft", 30, kind="ai_craft", measures={"x": 0.1}), station("talk", 60)
    assert chosen(plan(craft, talk, kind_shares={"ai_craft": 1 / 3})) == {"craft", "talk"}
    assert chosen(plan(craft, talk, kind_shares={"ai_craft": 0.34})) == {"craft"}
    refs = {RuleRef(RuleName.KIND_SHARE, "ai_craft"), RuleRef(RuleName.PINNED, "talk")}
    assert clash(plan(talk, kind_shares={"ai_craft": 0.01}, pinned=["talk"])) == refs


def test_a_station_not_in_use_stays_out_even_if_pinned() -> None:
    old, new = station("old", state="retired"), station("new", state="draft")
    assert chosen(plan(old, new, station("a"))) == {"a"}
    assert clash(plan(old, pinned=["old"])) == {RuleRef(RuleName.NOT_IN_USE, "old"), RuleRef(RuleName.PINNED, "old")}


def test_overlaps_hold_a_plan_near_or_away_from_another() -> None:
    stations = [station(name) for name in "abcd"]
    near = Overlap(("a", "b"), at_least=1, others_at_most=0)
    assert chosen(plan(*stations, overlaps=[near])) == {"a", "b"}
    assert chosen(plan(*stations, overlaps=[Overlap(("a", "b", "c"), at_most=1)])) & {"d"}
    assert clash(plan(station("a"), overlaps=[Overlap((), at_least=1)])) == {RuleRef(RuleName.OVERLAP, "1")}
    with pytest.raises(ValueError, match="overlaps of the limits names 'z'"):
        plan(station("a"), overlaps=[Overlap(("z",))])
