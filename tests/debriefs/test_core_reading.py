"""What a panel's ratings say about one candidate: bars, adjustment, surprises, stability, and what would settle it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.debriefs.core.ratings.calibrate import calibrate
from apps.debriefs.core.ratings.calibration import Calibration, InterviewerEstimate, before_any_rating
from apps.debriefs.core.ratings.data import RatingRow
from apps.debriefs.core.ratings.likelihood import probabilities
from apps.debriefs.core.ratings.positions import positions
from apps.debriefs.core.ratings.reading import Bar, bar_positions, read_panel, read_panels, surprises
from apps.debriefs.core.ratings.settle import FurtherStation, what_would_settle
from apps.debriefs.core.ratings.stability import Way, variations

BARS = [Bar("product", 3, must_pass=True), Bar("llm", 3, must_pass=True), Bar("ops", 2, must_pass=False)]
SLUGS = [bar.competency for bar in BARS]


def panel(ratings: Mapping[str, Mapping[str, int | None]]) -> list[RatingRow]:
    """{"ann": {"product": 3}}: each interviewer in a station of their own."""
    return [
        RatingRow("candidate", name, competency, level, f"station of {name}")
        for name, given in ratings.items()
        for competency, level in given.items()
    ]


def known(severity: float, *, se: float = 0.1) -> InterviewerEstimate:
    return InterviewerEstimate(severity, se, 1.0, 60, 12, 1.0, 1.0, 0, None)


def with_severities(**severities: float) -> Calibration:
    people = {name: known(severity) for name, severity in severities.items()}
    return replace(before_any_rating(), interviewers=people)


panels = st.dictionaries(
    st.sampled_from(["ann", "bob", "cat", "dan", "eve"]),
    st.dictionaries(st.sampled_from(SLUGS), st.one_of(st.none(), st.integers(1, 4)), min_size=1),
    min_size=1,
).map(panel)


def test_the_bar_is_where_an_average_interviewer_gives_its_level_half_of_the_time() -> None:
    calibration = replace(before_any_rating(), thresholds=(-2.1, 0.4, 1.7))
    edges = bar_positions(calibration)
    assert edges[1] == float("-inf")
    for level in (2, 3, 4):
        chance = probabilities(np.array([edges[level]]), np.ones(1), np.array(calibration.thresholds))[:, 0]
        assert chance[level - 1 :].sum() == pytest.approx(0.5)


def test_without_a_rating_a_competency_stays_where_it_was_believed_to_be() -> None:
    row = read_panel(before_any_rating(), BARS, panel({"ann": {"product": None}})).of("product")
    assert (row.ratings, row.position) == (0, pytest.approx(0))
    assert row.high - row.low > 3.5
    assert row.meets == pytest.approx(0.5)


def test_no_evidence_changes_no_position() -> None:
    given = {"ann": {"product": 3, "llm": 2}}
    with_gap = {**given, "bob": {"product": None, "ops": None}}
    one = read_panel(before_any_rating(), BARS, panel(given))
    two = read_panel(before_any_rating(), BARS, panel(with_gap))
    assert [row.position for row in two.competencies] == pytest.approx([row.position for row in one.competencies])


def test_a_missing_must_pass_is_not_bought_back() -> None:
    strong = {name: {"product": 4, "llm": 1, "ops": 4} for name in ("ann", "bob", "cat")}
    reading = read_panel(before_any_rating(), BARS, panel(strong))
    assert reading.of("product").meets > 0.95
    assert reading.all_must_pass is not None
    assert reading.all_must_pass < 0.2


@settings(max_examples=60, deadline=None)
@given(panels, st.sampled_from(SLUGS), st.integers(1, 4))
def test_ratings_elsewhere_move_no_competency(rows: list[RatingRow], elsewhere: str, level: int) -> None:
    before = read_panel(before_any_rating(), BARS, rows)
    after = read_panel(before_any_rating(), BARS, [*rows, RatingRow("candidate", "zoe", elsewhere, level, "s")])
    for slug in set(SLUGS) - {elsewhere}:
        assert after.of(slug).meets == pytest.approx(before.of(slug).meets, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(panels)
def test_all_must_pass_is_a_probability_within_its_bounds(rows: list[RatingRow]) -> None:
    reading = read_panel(before_any_rating(), BARS, rows)
    must = [row.meets for row in reading.competencies if row.must_pass]
    assert reading.all_must_pass is not None
    # Fréchet: together at most as probable as the least, at least what is left when the misses exclude each other.
    assert max(0.0, sum(must) - len(must) + 1) - 1e-6 <= reading.all_must_pass <= min(must) + 1e-9
    assert all(np.isfinite([row.position, row.se]).all() and row.low < row.high for row in reading.competencies)


def test_all_must_pass_is_what_draws_from_the_posterior_give() -> None:
    bars = [Bar(f"k{number}", 3, must_pass=True) for number in range(5)]
    rows = panel({name: {f"k{n}": 2 + (n + len(name)) % 3 for n in range(5)} for name in ("a", "bb", "ccc")})
    reading = read_panel(before_any_rating(), bars, rows)
    together = positions(before_any_rating(), rows).covariance[0]
    order = positions(before_any_rating(), rows).data.competencies
    place = [order.index(bar.competency) for bar in bars]
    correlation = (together / np.sqrt(np.outer(np.diag(together), np.diag(together))))[np.ix_(place, place)]
    drawn = np.random.default_rng(1).multivariate_normal(np.zeros(5), correlation, 200_000)
    above = np.array([(row.bar - row.position) / row.se for row in reading.competencies])
    assert reading.all_must_pass == pytest.approx((drawn >= above).all(axis=1).mean(), abs=0.005)


def test_a_role_without_must_pass_has_no_joint_probability() -> None:
    assert (
        read_panel(before_any_rating(), [Bar("ops", 2, must_pass=False)], panel({"a": {"ops": 3}})).all_must_pass
        is None
    )


def test_a_harsh_interviewers_rating_counts_for_more_and_only_where_that_is_known() -> None:
    rows = panel({"harsh": {"product": 2, "llm": 2}})
    plain = read_panel(before_any_rating(), BARS, rows).of("product")
    calibration = with_severities(harsh=1.0)
    adjusted = read_panel(calibration, BARS, rows).of("product")
    assert adjusted.position > plain.position + 0.3
    assert read_panel(calibration.unadjusted(), BARS, rows).of("product").position == pytest.approx(plain.position)


def test_a_rating_unlike_the_others_is_named_and_severity_explains_it_where_it_does() -> None:
    levels = {name: {"product": 4, "llm": 4, "ops": 4} for name in ("ann", "bob", "cat", "dan")}
    rows = panel({**levels, "eve": {"product": 1, "llm": 1, "ops": 1}})
    found = surprises(before_any_rating(), [*rows, RatingRow("candidate", "zoe", "product", 1, "other")])
    assert {one.interviewer for one in found} >= {"zoe"}
    assert all(one.harsher for one in found if one.interviewer in ("eve", "zoe"))
    alone = [row for row in rows if row.interviewer in ("ann", "bob")]
    alone += [RatingRow("candidate", "zoe", "product", 2, "other")]
    assert surprises(with_severities(zoe=2.5), alone) == ()


def test_one_interviewer_cannot_surprise_anybody() -> None:
    assert surprises(before_any_rating(), panel({"ann": {"product": 4, "llm": 1, "ops": 4}})) == ()


def test_stability_names_the_interviewer_on_whom_it_hangs() -> None:
    rows = panel({"ann": {"product": 4, "llm": 4}, "bob": {"product": 3, "llm": 3}, "cat": {"product": 3, "llm": 1}})
    rows += panel({"dan": {"llm": 1}})
    found = {(one.way, one.interviewer): one for one in variations(before_any_rating(), BARS, rows)}
    without_cat = found[Way.WITHOUT_INTERVIEWER, "cat"]
    assert without_cat.outcome_changes
    assert [(change.competency, change.met_before, change.met_after) for change in without_cat.changes] == [
        ("llm", False, True)
    ]
    assert not found[Way.UNADJUSTED, None].changes
    assert len(found) == 4 + 3


def test_equal_weights_count_every_interviewer_once() -> None:
    twice = [RatingRow("candidate", "ann", "llm", 4, f"s{number}") for number in range(3)]
    rows = [*twice, RatingRow("candidate", "bob", "llm", 1, "s9")]
    found = {one.way: one for one in variations(before_any_rating(), [Bar("llm", 3, must_pass=True)], rows)}
    change = found[Way.EQUAL_WEIGHTS].changes[0]
    assert (change.before, change.after, change.met_before, change.met_after) == (3.25, 2.5, True, False)


def test_the_median_is_compared_with_the_mean() -> None:
    rows = panel({"a": {"llm": 3}, "b": {"llm": 3}, "c": {"llm": 1}})
    found = {one.way: one for one in variations(before_any_rating(), [Bar("llm", 3, must_pass=True)], rows)}
    assert [(change.met_before, change.met_after) for change in found[Way.MEDIAN].changes] == [(False, True)]
    assert found[Way.MEDIAN].outcome_changes


def test_without_adjustment_another_outcome_is_said() -> None:
    rows = panel({"harsh": {"product": 3, "llm": 2}, "ann": {"product": 3}})
    found = {one.way: one for one in variations(with_severities(harsh=2.0), BARS, rows)}
    assert found[Way.UNADJUSTED].outcome_changes
    assert found[Way.UNADJUSTED].all_before != found[Way.UNADJUSTED].all_after


def test_an_empty_panel_has_no_variations() -> None:
    assert variations(before_any_rating(), BARS, panel({"ann": {"llm": None}})) == ()


def test_the_station_that_measures_what_is_in_doubt_settles_most() -> None:
    rows = panel({name: {"product": 4, "ops": 3} for name in ("ann", "bob", "cat")})
    reading = read_panel(before_any_rating(), BARS, rows)
    stations = [
        FurtherStation("more product", 60, {"product": 0.6}),
        FurtherStation("llm lab", 60, {"llm": 0.5}),
        FurtherStation("longer llm lab", 90, {"llm": 0.5}),
        FurtherStation("ops only", 60, {"ops": 0.6}),
        FurtherStation("something else", 60, {"sales": 0.9}),
    ]
    found = what_would_settle(before_any_rating(), reading, stations)
    assert [one.station for one in found[:2]] == ["llm lab", "longer llm lab"]
    assert "something else" not in [one.station for one in found]
    sharpened = found[0].sharpened[0]
    assert sharpened.competency == "llm"
    assert sharpened.wrong_then < sharpened.wrong_now


@settings(max_examples=30, deadline=None)
@given(panels, st.floats(0.1, 0.85), st.floats(0.01, 0.14))
def test_a_more_reliable_station_never_tells_less(rows: list[RatingRow], reliability: float, more: float) -> None:
    reading = read_panel(before_any_rating(), BARS, rows)
    found = what_would_settle(
        before_any_rating(),
        reading,
        [FurtherStation("a", 60, {"llm": reliability}), FurtherStation("b", 60, {"llm": reliability + more})],
    )
    bits = {one.station: one.bits for one in found}
    assert bits.get("b", 0.0) >= bits.get("a", 0.0) - 1e-6


def test_the_expected_information_is_what_simulated_outcomes_give() -> None:
    """Draw where the candidate really stands and what the station would say; count the entropy left each time."""
    calibration = before_any_rating()
    bars = [Bar("llm", 3, must_pass=True)]
    reading = read_panel(calibration, bars, panel({"ann": {"llm": 3}}))
    reliability = 0.5
    found = what_would_settle(calibration, reading, [FurtherStation("lab", 60, {"llm": reliability})])[0]
    rng, row = np.random.default_rng(4), reading.of("llm")
    truth = rng.normal(row.position, row.se, 200_000)
    noise = np.sqrt((1 - reliability) / reliability)  # spread of candidates is 1
    seen = rng.normal(truth, noise)
    after = 1 / (1 / row.se**2 + 1 / noise**2)
    mean = after * (row.position / row.se**2 + seen / noise**2)
    from scipy.stats import norm

    def entropy(p: np.ndarray) -> np.ndarray:
        p = np.clip(p, 1e-12, 1 - 1e-12)
        return -(p * np.log2(p) + (1 - p) * np.log2(1 - p))

    chance = norm.cdf((mean - row.bar) / np.sqrt(after))
    assert found.bits == pytest.approx(entropy(np.array([row.meets]))[0] - entropy(chance).mean(), abs=0.004)
    assert found.sharpened[0].wrong_then == pytest.approx(np.minimum(chance, 1 - chance).mean(), abs=0.002)
    assert found.sharpened[0].wrong_then == pytest.approx(((chance >= 0.5) != (truth >= row.bar)).mean(), abs=0.004)


def test_many_panels_at_once_read_as_each_alone() -> None:
    panels_ = [panel({"ann": {"product": 4, "llm": 2}}), panel({"ann": {"product": 4}, "bob": {"ops": 1}}), []]
    calibration = with_severities(ann=0.7)
    for rows, together in zip(panels_, read_panels(calibration, BARS, panels_), strict=True):
        alone = read_panel(calibration, BARS, rows)
        assert together.all_must_pass == pytest.approx(alone.all_must_pass, abs=1e-6)
        assert [row.position for row in together.competencies] == pytest.approx(
            [row.position for row in alone.competencies], abs=1e-8
        )


def test_a_reading_is_about_one_candidate() -> None:
    rows = [*panel({"ann": {"llm": 3}}), RatingRow("somebody else", "ann", "llm", 3)]
    with pytest.raises(ValueError, match="one candidate"):
        read_panel(before_any_rating(), BARS, rows)


def test_real_severities_bring_the_adjusted_reading_closer_to_the_truth() -> None:
    """Panels where one of three interviewers is two logits harsher: adjusted positions are nearer than unadjusted."""
    from tests.debriefs.simulated import simulated

    panel_ = simulated("B", 21, candidates=25, interviewers=6, each=3, severity_sd=1.2)
    calibration = calibrate(panel_.rows)
    bars = [Bar(f"k{number}", 3, must_pass=True) for number in range(6)]
    off: dict[str, float] = {"adjusted": 0.0, "unadjusted": 0.0}
    difficulty = np.array([calibration.competencies[bar.competency].difficulty for bar in bars])
    for number in range(25):
        own = [row for row in panel_.rows if row.candidate == f"c{number}"]
        for name, used in (("adjusted", calibration), ("unadjusted", calibration.unadjusted())):
            found = np.array([row.position for row in read_panel(used, bars, own).competencies]) + difficulty
            off[name] += float(((found - panel_.theta[number]) ** 2).sum())
    assert off["adjusted"] < 0.9 * off["unadjusted"]
