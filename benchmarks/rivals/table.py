"""The table: scenario, truth, breakeven with its interval, every rival, and what to think of it."""

from collections.abc import Mapping, Sequence

from benchmarks.rivals.environments import BREAKEVEN
from benchmarks.rivals.judge import Verdict
from benchmarks.rivals.scenarios import Ask, Scenario
from benchmarks.rivals.scene import Outcome

Row = tuple[Outcome, Verdict]


def table(scenario: Scenario, rows: Sequence[Row]) -> str:
    """One scenario in lines."""
    truth = (
        "no energy can be measured" if scenario.truth_j is None else f"{scenario.truth_j:,.0f} J"
    )
    lines = [f"{scenario.name}: {scenario.title}", f"  {'truth':<14}{truth}"]
    lines += [
        f"  {outcome.tool:<14}{reported(outcome):<34}{verdict.says}{_more(outcome)}"
        for outcome, verdict in rows
    ]
    return "\n".join(lines)


def reported(outcome: Outcome) -> str:
    """What a tool said, in joules."""
    if outcome.skipped:
        return "skipped"
    if outcome.value_j is None:
        return "nothing" if not outcome.exit_code else f"nothing (exit {outcome.exit_code})"
    text = f"{outcome.value_j:,.2f} J"
    if outcome.tool == BREAKEVEN.name and len(outcome.told) == 1:
        told = outcome.told[0]
        text += f" [{told['low_j']:,.1f}, {told['high_j']:,.1f}]"
    if outcome.truth_j:
        text += (
            "" if outcome.tool == BREAKEVEN.name else f" ({outcome.value_j / outcome.truth_j:.2f}x)"
        )
    return text


def _more(outcome: Outcome) -> str:
    """Evidence in brackets."""
    words = []
    if outcome.skipped:
        words.append(outcome.skipped)
    if outcome.connections:
        words.append("asked for " + ", ".join(dict.fromkeys(outcome.connections)))
    if outcome.n_helpers:
        words.append(f"{outcome.n_helpers} other processes, {outcome.others_cpu_s:.2f} CPU s")
    if outcome.n_orphans:
        words.append(f"{outcome.n_orphans} processes left behind")
    if outcome.exit_code and outcome.error and outcome.tool != BREAKEVEN.name:
        words.append(outcome.error)
    return f"  [{'; '.join(words)}]" if words else ""


def summary(rows: Mapping[Scenario, Sequence[Row]]) -> str:
    """How many claims were seen again, which were not, and where breakeven is wrong."""
    seen, unseen, wrong = 0, [], []
    for scenario, outcomes in rows.items():
        for outcome, verdict in outcomes:
            if outcome.tool == BREAKEVEN.name and not verdict.is_right:
                wrong.append(f"{scenario.name}: {verdict.says}")
            claims = () if outcome.skipped else scenario.claims.get(outcome.tool, ())
            unseen += [f"{outcome.tool}, {scenario.name}: {fault}" for fault in verdict.unseen]
            seen += len(claims) - len(verdict.unseen)
    lines = [f"{seen} claimed faults seen again, {len(unseen)} not"]
    lines += [f"  not seen again: {text}" for text in unseen]
    lines += [f"  breakeven is WRONG in {text}" for text in wrong]
    return "\n".join(
        [*lines, f"breakeven: {len(rows) - len(wrong)} of {len(rows)} scenarios right"]
    )


def markdown(rows: Mapping[Scenario, Sequence[Row]]) -> str:
    """The same for the README: one line per scenario and tool."""
    lines = ["| scenario | truth | tool | said | judgement |", "|---|---|---|---|---|"]
    for scenario, outcomes in rows.items():
        truth = "none" if scenario.truth_j is None else f"{scenario.truth_j:,.0f} J"
        if scenario.ask is Ask.KILL:
            truth = "about 225 J by then"
        for outcome, verdict in outcomes:
            says = verdict.says + _more(outcome)
            lines.append(
                f"| {scenario.name} | {truth} | {outcome.tool} | {reported(outcome)} | {says} |"
            )
    return "\n".join(lines)
