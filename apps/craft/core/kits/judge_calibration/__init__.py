"""Judge calibration: a model that compares two answers, and agrees with people less than its team believes."""

from apps.craft.core.kit import Kit
from apps.craft.core.kits.judge_calibration.world import habits, world

KIT = Kit(package=__name__, make_world=world, habits=habits)
