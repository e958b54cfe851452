"""The adapter: a kit's folder as a task of Inspect AI; the kit's own app solves, its own metric scores."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log
from inspect_ai.model import ModelOutput, ModelUsage
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from apps.craft.core import memory
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.shipped.simllm.persona import Persona, from_data


class Desk:
    """The app over all items at once (some kits' items share the traffic), asked for one answer at a time."""

    def __init__(self, files: Mapping[str, str], items: list[dict[str, Any]], models: Persona) -> None:
        self.items = items
        self.model = Model(models, keep=False)
        tasks = [{"id": item["id"], **item["input"]} for item in items]
        self.answers, self.backend = memory.answers(files, tasks, self.model)
        folder = memory.Folder(files)
        self.metrics, self.scoring = folder.module("harness.metrics"), folder.module("harness.scoring")
        usage = self.model.usage()
        self.rows = self.scoring.rows(self.metrics.score, items, self.answers, usage, self.backend)
        self.by_id = {row["item"]["id"]: row for row in self.rows}


def task_of(desk: Desk) -> Task:
    @solver
    def app() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            row = await asyncio.to_thread(desk.by_id.__getitem__, state.sample_id)
            state.output = ModelOutput.from_content("kit/app", str(row["answer"]))
            # Without a usage Inspect would count tokens itself, and fetch a vocabulary for it.
            state.output.usage = ModelUsage(
                input_tokens=row["usage"]["prompt_tokens"], output_tokens=row["usage"]["completion_tokens"]
            )
            return state

        return solve

    @metric
    def kit_metric() -> Metric:
        def of(scores: list[SampleScore]) -> float:
            rows = [desk.by_id[score.sample_id] for score in scores]
            return float(desk.metrics.metric(rows))

        return of

    @scorer(metrics=[kit_metric()])
    def kit_score() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            row = desk.by_id[state.sample_id]
            return Score(value=int(bool(row["right"])), answer=str(row["answer"]), explanation=row["why"])

        return score

    samples = [Sample(id=item["id"], input=str(item["input"]), target=str(item.get("target"))) for item in desk.items]
    return Task(dataset=samples, solver=app(), scorer=kit_score())


def main(folder: Path, logs: Path) -> dict[str, Any]:
    """Run a candidate's folder under Inspect; what its log, read back, says of the metric and of the first sample."""
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    items = [json.loads(line) for line in files["data/dev.jsonl"].splitlines()]
    desk = Desk(files, items, from_data(json.loads(files["simllm/persona.json"])))
    [log] = inspect_eval(task_of(desk), model=None, log_dir=str(logs), log_format="json", display="none")
    kept = read_eval_log(log.location)
    assert kept.status == "success", kept.error
    assert kept.results is not None
    assert kept.samples is not None
    [measured] = kept.results.scores[0].metrics.values()
    return {
        "metric": measured.value,
        "samples": len(kept.samples),
        "first": json.loads(kept.samples[0].model_dump_json()),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
