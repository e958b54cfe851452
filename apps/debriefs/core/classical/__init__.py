"""The estimators others use for many-facet ratings: joint (Winsteps, FACETS) and marginal (TAM, ConQuest).

Here so that anybody can lay our own model's numbers beside theirs.
"""

from apps.debriefs.core.classical.design import Measure, Ratings, Threshold, Unestimated
from apps.debriefs.core.classical.fit import Fit, fit_statistics
from apps.debriefs.core.classical.joint import JointFit, fit_joint
from apps.debriefs.core.classical.marginal import TAM_NODES, MarginalFit, Nodes, fit_marginal
from apps.debriefs.core.classical.panel import Method, Named, PanelFit, fit_panel

__all__ = [
    "TAM_NODES",
    "Fit",
    "JointFit",
    "MarginalFit",
    "Measure",
    "Method",
    "Named",
    "Nodes",
    "PanelFit",
    "Ratings",
    "Threshold",
    "Unestimated",
    "fit_joint",
    "fit_marginal",
    "fit_panel",
    "fit_statistics",
]
