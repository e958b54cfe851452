"""The kits that ship, by their id. A station of the library names one of these."""

from apps.craft.core.kit import Kit
from apps.craft.core.kits.judge_calibration import KIT as JUDGE_CALIBRATION
from apps.craft.core.kits.rate_limited_router import KIT as RATE_LIMITED_ROUTER
from apps.craft.core.kits.refund_agent import KIT as REFUND_AGENT
from apps.craft.core.kits.retrieval_qa import KIT as RETRIEVAL_QA

KITS: dict[str, Kit] = {kit.id: kit for kit in (RETRIEVAL_QA, JUDGE_CALIBRATION, RATE_LIMITED_ROUTER, REFUND_AGENT)}
