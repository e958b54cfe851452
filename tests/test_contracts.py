"""The import contracts of ARCHITECTURE hold, and each of them fails on a planted violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
DOORS = {"models", "queries", "actions", "core"}
# The sign-in form is the project's, the view of server errors too: only `hiringloop` reaches them.
PLANTED = {
    "An app imports only apps below it": ("apps/library/queries.py", "import apps.loops.models\n"),
    "Inside an app a module imports only modules below it": ("apps/panel/models.py", "import apps.panel.queries\n"),
    "A core is pure Python": ("apps/debriefs/core/aggregate.py", "import django.db\n"),
    "Only planning cores use OR-Tools": ("apps/loops/queries.py", "import ortools.sat\n"),
    "Only the packets' render uses WeasyPrint": ("apps/packets/actions/making.py", "import weasyprint\n"),
    "No cycles between apps": ("apps/common/queries.py", "import apps.desk.queries\n"),
    "A form checks and stops": ("apps/debriefs/forms.py", "import apps.debriefs.actions\n"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    for name in ("apps", "hiringloop"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_has_a_planted_violation() -> None:
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == set(PLANTED)


@pytest.mark.parametrize("contract", PLANTED)
def test_contract_fails_on_a_planted_violation(contract: str, copy: Path) -> None:
    name, line = PLANTED[contract]
    path = copy / name
    before = path.read_text() if path.exists() else None
    path.write_text((before or "") + line)
    try:
        done = lint(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)
    assert done.returncode == 1, done.stdout
    assert f"{contract} BROKEN" in done.stdout.replace("\n", " ").replace("  ", " "), done.stdout


def test_a_module_outside_the_plan_breaks_the_build(copy: Path) -> None:
    path = copy / "apps/loops/utils.py"
    path.write_text('"""A junk drawer."""\n')
    try:
        done = lint(copy)
    finally:
        path.unlink()
    assert done.returncode == 1
    assert "apps.loops.utils" in done.stdout


def test_apps_enter_each_other_only_by_the_doors() -> None:
    graph = grimp.build_graph("apps", cache_dir=None)
    wrong = []
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            here, there = importer.split("."), imported.split(".")
            if len(here) < 2 or len(there) < 3 or here[1] == there[1]:
                continue
            if there[2] not in DOORS:
                wrong.append(f"{importer} -> {imported}")
    assert wrong == []
