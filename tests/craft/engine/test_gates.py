"""The release gates of every kit (KITS.md, section 7), over twenty minted seeds."""

import pytest

from apps.craft.core.gates import check
from apps.craft.core.kits import KITS

SEEDS = [f"gate-{number}" for number in range(20)]


@pytest.mark.parametrize("kit", list(KITS))
def test_every_gate_holds(kit: str) -> None:
    gates, minted = check(kit, SEEDS)
    assert len({made.record["canary"] for made in minted}) == len(SEEDS)
    failing = [f"{gate.name}: {gate.value:.3f}, {gate.limit}" for gate in gates if not gate.holds]
    assert not failing, "; ".join(failing)
    assert len(gates) >= 14
