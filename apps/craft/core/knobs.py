"""What turning knobs without looking gains: a blind search of the settings, or the large model."""

import re
from collections.abc import Mapping

from apps.craft.core.shipped.simllm.chance import pick
from apps.craft.core.variant import Variant, run

SAMPLES = 25


def blind_search(of: Variant, *, enough: float) -> float:
    """The true dev metric of the best of some random settings, chosen as its candidate would: by the same dev items.

    Beyond `enough` it searches no further.
    """
    best = -1.0
    files = of.files(of.planted)
    for sample in range(SAMPLES):
        chosen = {
            knob: pick([str(option) for option in options], of.seed, "knob", knob, sample)
            for knob, options in of.kit.manifest["knobs"].items()
        }
        best = max(best, run(of, set_knobs(files, chosen)).metric)
        if best > enough:
            break
    return best


def with_large_model(of: Variant, files: Mapping[str, str]) -> dict[str, str]:
    return set_knobs(files, of.kit.manifest["large_model"])


def set_knobs(files: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The files with other settings. Raises ValueError for a setting that `config.ini` does not have."""
    text = files["config.ini"]
    for knob, value in chosen.items():
        text, found = re.subn(rf"(?m)^{re.escape(knob)} *=.*$", f"{knob} = {value}", text)
        if found != 1:
            raise ValueError(f"config.ini has {found} settings named {knob!r}.")
    return {**files, "config.ini": text}
