"""Runs a variant's files as they lie in memory, without folder or process. Only for files we rendered ourselves."""

import builtins
import types
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.shipped.simllm.server import endpoint_of

SHIPPED = "apps.craft.core.shipped"


@lru_cache(maxsize=2_000)
def _compiled(name: str, text: str) -> types.CodeType:
    return compile(text, name, "exec")


class Folder:
    """The modules of a candidate's folder. `simllm` is this program's own; the rest is loaded from the texts."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.modules: dict[str, types.ModuleType] = {}
        self.builtins = {**vars(builtins), "__import__": self._import}

    def module(self, name: str) -> Any:
        """A module by its dotted name, for example `app.main`."""
        if name not in self.modules:
            path = name.replace(".", "/")
            file = f"{path}.py" if f"{path}.py" in self.files else f"{path}/__init__.py"
            made = types.ModuleType(name)
            made.__dict__["__builtins__"] = self.builtins
            made.__dict__["__file__"] = file
            if file.endswith("/__init__.py") or file not in self.files:
                made.__path__ = []
            self.modules[name] = made
            if file in self.files:
                exec(_compiled(file, self.files[file]), made.__dict__)  # noqa: S102  # our own rendered text
            if name == "harness.files":
                made.text = self.files.__getitem__  # type: ignore[attr-defined]
            if "." in name:
                parent, last = name.rsplit(".", 1)
                setattr(self.module(parent), last, made)
        return self.modules[name]

    def _has(self, name: str) -> bool:
        path = name.replace(".", "/")
        return f"{path}.py" in self.files or any(file.startswith(f"{path}/") for file in self.files)

    def _import(
        self, name: str, outer: Any = None, inner: Any = None, fromlist: Any = (), level: int = 0
    ) -> Any:  # called by Python itself, by position
        if name.partition(".")[0] == "simllm":
            return builtins.__import__(f"{SHIPPED}.{name}", None, None, fromlist or ("_",), 0)
        if level or not self._has(name):
            return builtins.__import__(name, outer, inner, fromlist, level)
        made = self.module(name)
        if not fromlist:
            return self.module(name.partition(".")[0])
        for part in fromlist:
            if not hasattr(made, part) and self._has(f"{name}.{part}"):
                self.module(f"{name}.{part}")
        return made


def answers(
    files: Mapping[str, str], tasks: Iterable[Mapping[str, Any]], model: Model
) -> tuple[dict[str, dict[str, Any]], Any]:
    """The app's answers by item, and the backend of the kit's world; the model keeps the log."""
    folder = Folder(files)
    backend = opened(folder, model)
    endpoint = endpoint_of(model, backend)

    def send(path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, dict[str, str], Any]:
        full = path if path.startswith("/tools/") else "/v1" + path
        reply = endpoint(full, body, headers.get("X-Craft-Item", ""), float(headers.get("X-Sim-Time", 0)))
        return reply.status, {name.lower(): value for name, value in reply.headers.items()}, reply.body

    folder.module("harness.client").send = send
    given = folder.module("app.main").run([dict(task) for task in tasks])
    return {answer["id"]: answer for answer in given}, backend


def opened(folder: Folder, model: Model) -> Any:
    """The kit's world behind the endpoint (tools, limits), where it has one."""
    if "harness/world.py" not in folder.files:
        return None
    return folder.module("harness.world").open_world(model, folder.files.__getitem__)
