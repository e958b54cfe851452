"""Brownout: a router of two models under rate limits, slow calls and an outage, in simulated time."""

from apps.craft.core.kit import Kit
from apps.craft.core.kits.rate_limited_router.world import habits, world

KIT = Kit(package=__name__, make_world=world, habits=habits)
