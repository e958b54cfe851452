#!/usr/bin/env python3
"""The door to this folder: eval | trace ID | diff | submit | serve | doctor. Frozen. Needs Python 3.10 alone."""

import argparse
import difflib
import json
import os
import platform
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent
HIDDEN = ROOT / ".craft"
if sys.version_info < (3, 10):
    sys.exit(f"This folder needs Python 3.10 or later; this is {platform.python_version()}.")
sys.path.insert(0, str(ROOT))

from harness import files, ledger, scoring, stats  # noqa: E402
from simllm.model import Model  # noqa: E402
from simllm.persona import CARDS, changed, from_data  # noqa: E402
from simllm.server import TcpServer  # noqa: E402

NOT_MINE = {"submission.zip", ".craft/pristine.json"}
NOWHERE = {"__pycache__", ".git", ".venv", "venv", ".idea", ".vscode", "runs"}
STARTED = "import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_path(sys.argv[2], run_name='__main__')"
CARD = asdict(CARDS["sim-small"])


def kit():
    return json.loads((HIDDEN / "kit.json").read_text(encoding="utf-8"))


def read_lines(path):
    return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]


def served(port=0, times=None):
    """The simulated model on a port of this machine, in a thread: (server, model, tools of the kit's world or None)."""
    models = from_data(json.loads((ROOT / "simllm" / "persona.json").read_text(encoding="utf-8")))
    model = Model(changed(models, times or {}))
    backend = None
    if (ROOT / "harness" / "world.py").exists():
        backend = import_module("harness.world").open_world(model, files.text)
    server = TcpServer(model, port, backend)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, model, backend


def run_app(tasks, url, seconds=300):
    """The app's answers by item, and what it wrote to its error stream."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, str(ROOT), str(ROOT / kit()["entry"])],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", cwd=ROOT,
        env={**os.environ, "CRAFT_BASE_URL": url, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    try:
        out, errors = process.communicate("".join(json.dumps(task) + "\n" for task in tasks), timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, errors = process.communicate()
        errors += f"\nThe app did not end within {seconds} seconds and was stopped."
    answers = {}
    for row in out.splitlines():
        try:
            given = json.loads(row)
            answers[given["id"]] = given
        except (ValueError, KeyError, TypeError):
            errors += f"\nNot an answer: {row[:200]}"
    return answers, errors.strip()


def ledger_lines():
    path = HIDDEN / "ledger.jsonl"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def spent(entries):
    return sum(entry["usd"] for entry in entries), sum(1 for entry in entries if entry["full"])


def command_eval(args):
    about = kit()
    metric = import_module("harness.metrics")
    items = read_lines(ROOT / "data" / "dev.jsonl")
    full = not (args.limit or args.only or args.slice or args.whatif)
    chosen = items
    if args.only:
        wanted = set(args.only.split(","))
        chosen = [item for item in items if item["id"] in wanted]
        unknown = wanted - {item["id"] for item in items}
        if unknown:
            sys.exit(f"There is no item {', '.join(sorted(unknown))} in data/dev.jsonl.")
    if args.slice:
        chosen = [item for item in chosen if args.slice in item["tags"]]
        if not chosen:
            tags = sorted({tag for item in items for tag in item["tags"]})
            sys.exit(f"There is no slice {args.slice!r}. There are: {', '.join(tags)}.")
    if args.limit:
        chosen = chosen[: args.limit]
    entries, _ = ledger.read("\n".join(ledger_lines()))
    usd, runs = spent(entries)
    if usd >= about["budget"]["usd"] or (full and runs >= about["budget"]["runs"]):
        sys.exit(
            f"The budget is spent: {runs} of {about['budget']['runs']} full runs, {usd:.2f} of "
            f"{about['budget']['usd']:.2f} simulated dollars. Submit what you have; NOTES.md takes what is left to try."
        )
    why, expected = args.why, args.expect
    if full and why is None and sys.stdin.isatty():
        why = input("What do you expect from this run, and why? ").strip()
        text = input("By how much will the metric move (for example +0.10; empty: no idea)? ").strip()
        try:
            expected = float(text) if text else None
        except ValueError:
            print("Not a number; noted without one.")
    try:
        times = {part.split("=")[0]: float(part.split("=")[1]) for part in (args.whatif or "").split(",") if part}
        changed(from_data({"seed": "", "models": {"any": CARD}}), times)
    except (IndexError, ValueError):
        sys.exit("Say a what-if as FIELD=FACTOR, for example --whatif window=0.5.")
    except KeyError as unknown:
        sys.exit(f"A model's card has no {unknown}. It has: {', '.join(CARD)}.")
    begun = time.monotonic()
    outside = os.environ.get("CRAFT_BASE_URL")
    server, model, backend = served(times=times)
    answers, errors = run_app([{"id": item["id"], **item["input"]} for item in chosen], outside or server.url)
    server.shutdown()
    usage = model.usage()
    rows = scoring.rows(metric.score, chosen, answers, usage, backend)
    value = metric.metric(rows)
    low, high = stats.interval(rows, metric.metric)
    previous = [entry for entry in entries if entry["full"]]
    number = len(entries) + 1
    cost = sum(use["usd"] for use in usage.values())
    save_run(number, chosen, answers, rows, model, value)
    entry = {
        "n": number, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "full": full, "items": len(chosen),
        "why": why or "", "expected": expected, "before": previous[-1]["after"] if previous else None,
        "after": value, "usd": cost, "endpoint": "real" if outside else "simulated", "whatif": args.whatif or "",
    }  # fmt: skip
    row = ledger.line(ledger_lines(), entry)
    with open(HIDDEN / "ledger.jsonl", "a", encoding="utf-8") as file:
        file.write(row + "\n")
    kind = "full run" if full else "probe"
    print(
        f"{kind} {number}: {len(chosen)} items, {time.monotonic() - begun:.1f} s"
        + (" on a real endpoint" if outside else "")
    )
    print(f"  {about['metric']:<24} {value:.3f}   (90 % interval {low:.3f} to {high:.3f})")
    if full and previous:
        moved = value - previous[-1]["after"]
        told = f", expected {expected:+.3f}" if expected is not None else ""
        print(f"  since the last full run  {moved:+.3f}{told}")
    for name, (count, part) in metric.slices(rows).items():
        print(f"    {name:<22} {part:.3f}   ({count} items)")
    for name, reached in metric.guards(rows).items():
        limit = about["guards"].get(name, "")
        print(f"  guard {name:<18} {reached:.3f}   (asked for: {limit})")
    usd += cost
    print(f"  spent {cost:.4f}, in all {usd:.2f} of {about['budget']['usd']:.2f} simulated dollars; "
          f"{runs + full} of {about['budget']['runs']} full runs")  # fmt: skip
    if full and not entry["why"]:
        print('  no prediction was noted for this run; without a terminal say it with --why "..." --expect 0.10')
    wrong = [row["item"]["id"] for row in rows if not row["right"]]
    if wrong:
        print(
            f"  wrong: {' '.join(wrong[:12])}{' ...' if len(wrong) > 12 else ''}   "
            f"(look at one: python craft.py trace {wrong[0]})"
        )
    if errors:
        print("  the app wrote to its error stream (last lines):")
        print("    " + "\n    ".join(errors.splitlines()[-6:]))


def save_run(number, items, answers, rows, model, value):
    """A run's file; its fields are named as in the log of Inspect AI."""
    calls = {}
    for call in model.log:
        calls.setdefault(call.item, []).append(
            {"model": call.model, "status": call.status, "started": call.started, "seconds": call.seconds,
             "input": call.request, "output": call.answer}
        )  # fmt: skip
    samples = []
    for item, row in zip(items, rows, strict=True):
        given = answers.get(item["id"], {})
        samples.append({
            "id": item["id"], "input": item["input"], "target": row["target"], "output": row["answer"],
            "scores": {"metric": {"value": row["value"], "answer": row["answer"], "explanation": row["why"]}},
            "model_usage": row["usage"], "metadata": {"tags": item["tags"]},
            "trace": given.get("trace", []), "events": calls.get(item["id"], []),
        })  # fmt: skip
    folder = HIDDEN / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    data = {"version": 2, "status": "success", "results": {"metric": value}, "samples": samples}
    (folder / f"{number:03}.json").write_text(json.dumps(data), encoding="utf-8")


def command_trace(args):
    runs = sorted((HIDDEN / "runs").glob("*.json"))
    for path in reversed(runs):
        for sample in json.loads(path.read_text(encoding="utf-8"))["samples"]:
            if sample["id"] == args.id:
                show(sample, path.stem, args.width)
                return
    sys.exit(f"No run has an item {args.id}. Run `python craft.py eval` first; items are in data/dev.jsonl.")


def show(sample, number, width):
    def cut(text):
        text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
        return (
            text
            if len(text) <= width
            else text[: width // 2] + f" [... {len(text) - width} more ...] " + text[-width // 2 :]
        )

    print(f"{sample['id']} in run {number}   tags: {', '.join(sample['metadata']['tags'])}")
    for name, value in sample["input"].items():
        print(f"  {name}: {cut(value)}")
    print(f"  expected: {cut(sample['target'])}")
    print(f"  answered: {cut(sample['output'])}")
    print(f"  score: {sample['scores']['metric']['value']}   {sample['scores']['metric']['explanation']}")
    for step in sample["trace"]:
        print(f"  -- {step['stage']}")
        for name, value in step.items():
            if name == "stage":
                continue
            if isinstance(value, list):
                print(f"     {name} ({len(value)}):")
                for place, part in enumerate(value, 1):
                    print(f"       {place:>2}. {cut(part)}")
            else:
                print(f"     {name}: {cut(value)}")
    before = []
    for call in sample["events"]:
        print(
            f"  >> {call['model']}   status {call['status']}   at {call['started']:.2f} s for {call['seconds']:.2f} s"
        )
        messages = call["input"].get("messages", [])
        same = next(
            (n for n, pair in enumerate(zip(before, messages, strict=False)) if pair[0] != pair[1]),
            min(len(before), len(messages)),
        )
        if same:
            print(f"     ({same} {'message' if same == 1 else 'messages'} as in the call before)")
        before = messages
        for message in messages[same:]:
            print(f"     {message['role']}: {cut(message.get('content') or message.get('tool_calls') or '')}")
        output = call["output"]
        if "choices" in output:
            message = output["choices"][0]["message"]
            print(f"     -> {cut(message.get('content') or message.get('tool_calls') or '')}")
        else:
            print(f"     -> {cut(output)}")
    print(f"  usage: {sample['model_usage']}")


def pristine():
    return json.loads((HIDDEN / "pristine.json").read_text(encoding="utf-8"))


def mine():
    """Every text file of this folder that is not a run, by name."""
    found = {}
    for path in sorted(ROOT.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.is_file() and not path.is_symlink() and name not in NOT_MINE and NOWHERE.isdisjoint(name.split("/")):
            found[name] = path
    return found


def changes():
    was, now = pristine(), mine()
    for name in sorted(set(was) | set(now)):
        if name.startswith(".craft/"):
            continue
        before = was.get(name)
        try:
            after = now[name].read_text(encoding="utf-8") if name in now else None
        except UnicodeDecodeError:
            after = None
        if before != after:
            yield name, before, after


def is_editable(name):
    return any(name == rule or (rule.endswith("/**") and name.startswith(rule[:-2])) for rule in kit()["editable"])


def command_diff(args):
    for name, before, after in changes():
        if not is_editable(name):
            print(f"# {name} is frozen: the check puts its own copy in its place.")
        sys.stdout.writelines(
            difflib.unified_diff(
                (before or "").splitlines(keepends=True), (after or "").splitlines(keepends=True),
                f"given/{name}", f"yours/{name}",
            )
        )  # fmt: skip


def command_submit(args):
    notes = ROOT / "NOTES.md"
    if notes.exists() and notes.read_text(encoding="utf-8") == pristine().get("NOTES.md"):
        print("NOTES.md is as it was given. A few lines there are read before any number.")
    target = ROOT / "submission.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in mine().items():
            archive.write(path, name)
    edited = [name for name, _, _ in changes() if is_editable(name)]
    frozen = [name for name, _, _ in changes() if not is_editable(name) and name in pristine()]
    print(f"{target.name}: {target.stat().st_size // 1024 + 1} KB. Changed: {', '.join(edited) or 'nothing'}.")
    if frozen:
        print(f"Changed, but frozen (the check uses its own copy): {', '.join(frozen)}.")
    print("Upload it on the page of your link; you may do so again until the link ends.")


def command_serve(args):
    try:
        server, _, _ = served(args.port)
    except OSError as fault:
        sys.exit(f"Port {args.port} cannot be used: {fault}. Choose another with --port.")
    print(f"The simulated models answer at {server.url} until you press Ctrl+C. Try it:")
    print(f"  CRAFT_BASE_URL={server.url} python {kit()['entry']}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.shutdown()


def command_doctor(args):
    print(f"Python {platform.python_version()} on {platform.system()}: fine.")
    was, now = pristine(), mine()
    missing = [name for name in was if name not in now]
    frozen = [name for name, before, after in changes() if before is not None and not is_editable(name)]
    print(f"Missing files: {', '.join(missing) or 'none'}.")
    print(f"Frozen files that differ: {', '.join(frozen) or 'none'}.")
    _, whole = ledger.read("\n".join(ledger_lines()))
    print(f"Ledger: {len(ledger_lines())} lines, {'whole' if whole else 'its chain is broken'}.")
    server, _, _ = served()
    item = read_lines(ROOT / "data" / "dev.jsonl")[0]
    begun = time.monotonic()
    answers, errors = run_app([{"id": item["id"], **item["input"]}], server.url, seconds=30)
    server.shutdown()
    if item["id"] in answers and "error" not in answers[item["id"]]:
        print(f"The app answered one item in {time.monotonic() - begun:.1f} s: fine.")
    else:
        print("The app did not answer one item:")
        print("  " + (errors or str(answers.get(item["id"], {}).get("error", "nothing came back"))))
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="craft.py")
    commands = parser.add_subparsers(dest="command", required=True)
    evaluate = commands.add_parser("eval", help="run the app over data/dev.jsonl and score it")
    evaluate.add_argument("--why", help="what you expect, in words; kept in the ledger")
    evaluate.add_argument("--expect", type=float, help="by how much the metric will move, for example 0.10")
    evaluate.add_argument("--limit", type=int, help="a probe: only the first N items")
    evaluate.add_argument("--only", help="a probe: only these items, separated by commas")
    evaluate.add_argument("--slice", help="a probe: only items with this tag")
    evaluate.add_argument("--whatif", help="a probe with other models: FIELD=FACTOR of their cards, as window=0.5")
    trace = commands.add_parser("trace", help="one item of the last run: stages, prompts, answers")
    trace.add_argument("id")
    trace.add_argument("--width", type=int, default=1200, help="characters of a text that are shown")
    commands.add_parser("diff", help="what you changed")
    commands.add_parser("submit", help="make submission.zip")
    serve = commands.add_parser("serve", help="the simulated models on a port, for probes of your own")
    serve.add_argument("--port", type=int, default=8771)
    commands.add_parser("doctor", help="does everything here work?")
    args = parser.parse_args()
    {"eval": command_eval, "trace": command_trace, "diff": command_diff, "submit": command_submit,
     "serve": command_serve, "doctor": command_doctor}[args.command](args)  # fmt: skip


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # somebody reads the first lines only, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
