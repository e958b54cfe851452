"""How far a panel agrees: values in, frozen results out; a statistic that is not defined is None with a reason."""

from apps.debriefs.core.agreement.alpha import krippendorff_alpha
from apps.debriefs.core.agreement.chance import conger_kappa, fleiss_kappa, gwet_ac1, gwet_ac2
from apps.debriefs.core.agreement.concordance import Concordance, kendall_w
from apps.debriefs.core.agreement.generalizability import DStudy, GStudy, Source, d_study, g_study, g_study_crossed
from apps.debriefs.core.agreement.icc import IccReport, Intraclass, icc
from apps.debriefs.core.agreement.kappa import PairKappa, pairwise_kappa, weighted_kappa
from apps.debriefs.core.agreement.table import Coefficient, Undefined
from apps.debriefs.core.agreement.variance import CrossedComponents, crossed_components, is_connected

__all__ = [
    "Coefficient",
    "Concordance",
    "CrossedComponents",
    "DStudy",
    "GStudy",
    "IccReport",
    "Intraclass",
    "PairKappa",
    "Source",
    "Undefined",
    "conger_kappa",
    "crossed_components",
    "d_study",
    "fleiss_kappa",
    "g_study",
    "g_study_crossed",
    "gwet_ac1",
    "gwet_ac2",
    "icc",
    "is_connected",
    "kendall_w",
    "krippendorff_alpha",
    "pairwise_kappa",
    "weighted_kappa",
]
