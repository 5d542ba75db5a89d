"""Show the rivals and breakeven the same fake machines: `python -m benchmarks.rivals`.

Names of scenarios may be given. `--out FILE` keeps the table as Markdown, `--jobs N` says how
many scenes are played at once; they sleep most of the time.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.rivals.environments import BREAKEVEN, RIVALS, Tool, prepare
from benchmarks.rivals.judge import distance_j, judge
from benchmarks.rivals.scenarios import SCENARIOS, Scenario
from benchmarks.rivals.scene import Outcome, play
from benchmarks.rivals.table import Row, markdown, summary, table


def main(arguments: Sequence[str]) -> int:
    """Return 1 when breakeven is wrong in a scenario, else 0."""
    chosen = _parse(arguments)
    if reason := _cannot_run():
        print(reason, file=sys.stderr)
        return 1
    wanted = [s for s in SCENARIOS if not chosen.scenarios or s.name in chosen.scenarios]
    refused = _prepare(wanted)
    rows: dict[Scenario, list[Row]] = {}
    with ThreadPoolExecutor(chosen.jobs) as pool:
        futures = {
            scenario: [pool.submit(_outcome, tool, scenario, refused) for tool in _tools(scenario)]
            for scenario in wanted
        }
        for scenario, playing in futures.items():
            outcomes = [future.result() for future in playing]
            rows[scenario] = [(outcome, judge(scenario, outcome)) for outcome in outcomes]
            print(table(scenario, rows[scenario]), flush=True)
    print(summary(rows))
    if chosen.out:
        chosen.out.write_text(markdown(rows) + "\n", encoding="utf-8")
    is_right = all(
        verdict.is_right
        for outcomes in rows.values()
        for outcome, verdict in outcomes
        if outcome.tool == BREAKEVEN.name
    )
    return 0 if is_right else 1


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals", description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[[], *(s.name for s in SCENARIOS)])
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--jobs", type=int, default=3)
    return parser.parse_args(arguments)


def _cannot_run() -> str:
    """Why scenes cannot be played here; empty when they can."""
    if shutil.which("unshare") is None:
        return "the scenes need Linux and util-linux' unshare, to mount fake sensors"
    tried = subprocess.run(["unshare", "-rmn", "true"], capture_output=True, check=False)
    if tried.returncode:
        return f"no namespaces here: {tried.stderr.decode().strip()}; run as root, or allow them"
    return ""


def _tools(scenario: Scenario) -> list[Tool]:
    return [BREAKEVEN, *(tool for tool in RIVALS if tool.name in scenario.tools)]


def _prepare(wanted: Sequence[Scenario]) -> dict[str, str]:
    """Install what is needed; why a tool cannot be had, by name."""
    names = {name for scenario in wanted for name in scenario.tools}
    reasons: dict[str, str] = {}
    for tool in RIVALS:
        if tool.name in names:
            print(f"preparing {tool.name} {tool.version} ...", file=sys.stderr, flush=True)
            reasons[tool.name] = prepare(tool)
    return reasons


def _outcome(tool: Tool, scenario: Scenario, refused: dict[str, str]) -> Outcome:
    if reason := refused.get(tool.name):
        return Outcome(tool=tool.name, scenario=scenario.name, skipped=reason)
    outcomes = [play(tool, scenario) for _ in range(scenario.attempts)]
    return max(outcomes, key=lambda outcome: distance_j(scenario, outcome))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
