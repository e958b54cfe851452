"""The door for a panel's ratings: names in, named measures out, by either classical method."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from apps.debriefs.core.classical.design import Measure, Ratings, Threshold, Unestimated, per_place
from apps.debriefs.core.classical.joint import JointFit, fit_joint
from apps.debriefs.core.classical.marginal import MarginalFit, fit_marginal


class Method(Enum):
    JOINT = "joint"
    MARGINAL = "marginal"


@dataclass(frozen=True)
class Named:
    """A measure and whose it is, by the label that came in."""

    label: object
    measure: Measure


@dataclass(frozen=True)
class PanelFit:
    """Measures in logits. Severities: positive = harsher; difficulties: positive = fewer high levels.

    `thresholds`: one row for all competencies, or with `own_steps` one per competency, in the order of `difficulties`.
    `mean` and `sd` of the candidates: estimated by the marginal method, None by the joint one.
    `identified`: False where nothing links parts of the panel (joint method), so that severities are not comparable.
    """

    method: Method
    severities: tuple[Named, ...]
    difficulties: tuple[Named, ...]
    stations: tuple[Named, ...]
    persons: tuple[Named, ...]
    thresholds: tuple[tuple[Threshold, ...], ...]
    mean: float | None
    sd: float | None
    reliability: float | None
    deviance: float | None
    iterations: int
    converged: bool
    identified: bool
    reason: Unestimated | None


def fit_panel(
    *,
    candidate: Sequence[object],
    interviewer: Sequence[object],
    competency: Sequence[object],
    level: Sequence[int],
    station: Sequence[object] | None = None,
    method: Method = Method.MARGINAL,
    lowest: int = 1,
    highest: int = 4,
    own_steps: bool = False,
) -> PanelFit:
    """Candidates, severities and difficulties from one row per rating (leave "no evidence" out).

    The sequences have one entry per rating; labels may be anything hashable. With `station` the stations become a
    further facet. `own_steps`: each competency has thresholds of its own (partial credit) in place of one set for all.
    Raises ValueError if lengths differ or a level lies outside `lowest` to `highest`.
    """
    columns = {"interviewer": interviewer, "competency": competency}
    if station is not None:
        columns["station"] = station
    if any(len(column) != len(level) for column in (candidate, *columns.values())):
        raise ValueError("candidate, interviewer, competency, station and level must have one entry per rating")
    if any(not lowest <= one <= highest for one in level):
        raise ValueError(f"a level is a number from {lowest} to {highest}")
    names, person = per_place(candidate)
    placed = {facet: per_place(column) for facet, column in columns.items()}
    ratings = Ratings(
        person=person,
        facets={facet: places for facet, (_, places) in placed.items()},
        level=np.asarray(level, dtype=np.intp) - lowest,
        levels=highest - lowest + 1,
        steps_by="competency" if own_steps else None,
    )
    fit: JointFit | MarginalFit = fit_joint(ratings) if method is Method.JOINT else fit_marginal(ratings)

    def named(facet: str) -> tuple[Named, ...]:
        if facet not in placed:
            return ()
        return tuple(Named(*pair) for pair in zip(placed[facet][0], fit.facets[facet], strict=True))

    marginal = fit if isinstance(fit, MarginalFit) else None
    if isinstance(fit, JointFit):
        deviance = None if fit.log_likelihood is None else -2 * fit.log_likelihood
    else:
        deviance = fit.deviance
    return PanelFit(
        method=method,
        severities=named("interviewer"),
        difficulties=named("competency"),
        stations=named("station"),
        persons=tuple(Named(*pair) for pair in zip(names, fit.persons, strict=True)),
        thresholds=fit.thresholds,
        mean=marginal.mean if marginal else None,
        sd=None if marginal is None or marginal.variance is None else float(np.sqrt(marginal.variance)),
        reliability=fit.reliability,
        deviance=deviance,
        iterations=fit.iterations,
        converged=fit.converged,
        identified=fit.identified if isinstance(fit, JointFit) else fit.reason is None,
        reason=fit.reason,
    )
