"""What config.ini says, as plain names."""

import configparser
import json

from harness import files

_config = configparser.ConfigParser()
_config.read_string(files.text("config.ini"))

easy = _config["models"]["easy"]
hard = _config["models"]["hard"]
names = _config.getint("models", "names")

quotas = json.loads(files.text("data/quotas.json"))
pace = _config.getfloat("lanes", "pace")
saved = _config.getfloat("lanes", "saved")
in_flight = _config.getint("lanes", "in_flight")

timeouts = {
    "sim-small": _config.getfloat("calls", "timeout_small"),
    "sim-large": _config.getfloat("calls", "timeout_large"),
}
attempts = _config.getint("calls", "attempts")
max_tokens = _config.getint("calls", "max_tokens")

failures = _config.getint("trial", "failures")
pause = _config.getfloat("trial", "pause")

# What a call takes, the slower ones included (seconds).
USUAL = {"sim-small": 0.6, "sim-large": 1.6}
