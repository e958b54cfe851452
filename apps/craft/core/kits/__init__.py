"""The kits that ship, by their id. A station of the library names one of these."""

from apps.craft.core.kit import Kit
from apps.craft.core.kits.retrieval_qa import KIT as RETRIEVAL_QA

KITS: dict[str, Kit] = {kit.id: kit for kit in (RETRIEVAL_QA,)}
