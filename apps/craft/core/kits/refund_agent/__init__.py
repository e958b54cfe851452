"""Refund agent: an agent with six tools over a small shop, judged by the state that it leaves behind."""

from apps.craft.core.kit import Kit
from apps.craft.core.kits.refund_agent.world import habits, world

KIT = Kit(package=__name__, make_world=world, habits=habits)
