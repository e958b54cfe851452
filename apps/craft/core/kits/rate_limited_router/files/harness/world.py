"""Puts the quotas, the latencies and the outage of this day in front of the models. Frozen."""

import json

from simllm.limits import Busy


def open_world(model, text):
    day = json.loads(text("data/day.json"))
    model.gate = Busy(model.persona, day["day"], day["seconds"], outage=day["outage"], rough=day["rough"])
