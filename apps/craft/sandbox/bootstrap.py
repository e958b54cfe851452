"""The first code inside the box: sets the limits, forgets what it was given, then runs the submission.

It is run as `python -c <this text> CONFIG_FD STARTED_FD` by the Python of the box (3.10 or later), never imported.
"""

import builtins
import json
import os
import resource
import sys
import types


def main() -> None:
    config_fd, started_fd = int(sys.argv[1]), int(sys.argv[2])
    with open(config_fd, "rb") as file:
        config = json.load(file)
    for name, limit in config["limits"].items():
        # One second between the two lets the kernel say "too long" before it kills.
        hard = limit + 1 if name == "RLIMIT_CPU" else limit
        resource.setrlimit(getattr(resource, name), (limit, hard))
    os.environ.clear()
    os.environ.update(config["environment"])
    os.umask(0o022)
    path = "/sub/" + config["entry"]
    sys.argv[:] = [path]
    # In place of "", the folder it happens to be in.
    sys.path[:1] = list(dict.fromkeys(["/sub", os.path.dirname(path)]))
    # From here on the run counts as begun; a room that was never finished does not get this far.
    os.write(started_fd, b"begun")
    os.closerange(3, 1024)
    module = types.ModuleType("__main__")
    module.__file__ = path
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    with open(path, "rb") as file:
        text = file.read()
    exec(compile(text, path, "exec"), module.__dict__)  # noqa: S102  # to run it is the purpose, and we are in the box


if __name__ == "__main__":
    main()
