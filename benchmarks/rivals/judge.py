"""What is wrong with an outcome, and whether the faults claimed for rivals were seen again."""

import math
from dataclasses import dataclass

from benchmarks.rivals.environments import BREAKEVEN
from benchmarks.rivals.scenarios import Ask, Fault, Scenario
from benchmarks.rivals.scene import KILL_AT_FRAC, Outcome

WRONG_FRAC = 0.05
SPIN_CPU_FRAC = 0.25
LOST_S = 1.1
"""What breakeven may lose of a killed run."""

_ENDED = (Ask.KILL, Ask.INTERRUPT, Ask.EXCEPTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judgement of one outcome.

    Attributes:
        faults: What is wrong with it.
        is_right: Whether nothing is; only asked of breakeven.
        unseen: Faults that were claimed and not seen.
        says: In words.
    """

    faults: tuple[Fault, ...]
    is_right: bool
    unseen: tuple[Fault, ...]
    says: str


def judge(scenario: Scenario, outcome: Outcome) -> Verdict:
    """Compare what was told with what was consumed, and with what is claimed."""
    faults = find_faults(scenario, outcome)
    if outcome.tool == BREAKEVEN.name:
        wrong = _not_as_promised(scenario, outcome, faults)
        return Verdict(faults=faults, is_right=not wrong, unseen=(), says=wrong or "right")
    claimed = scenario.claims.get(outcome.tool, ())
    unseen = tuple(fault for fault in claimed if fault not in faults)
    words = [str(fault) for fault in faults]
    words += [f"NOT seen again: {fault}" for fault in unseen]
    return Verdict(faults=faults, is_right=not faults, unseen=unseen, says="; ".join(words) or "ok")


def distance_j(scenario: Scenario, outcome: Outcome) -> float:
    """How far a number is from the truth; infinite where there is none."""
    if outcome.value_j is None or scenario.truth_j is None:
        return math.inf
    return abs(outcome.value_j - scenario.truth_j)


def find_faults(scenario: Scenario, outcome: Outcome) -> tuple[Fault, ...]:
    """List what is wrong with an outcome, worst first."""
    found = [*_about_the_number(scenario, outcome)]
    if scenario.ask is Ask.NESTED and all(one.get("inner_j") is None for one in outcome.told):
        found.append(Fault.NO_INNER)
    if scenario.ask is Ask.EXCEPTION and outcome.exit_code == 0:
        found.append(Fault.EXIT_0)
    work_s = scenario.hardware.work_s
    if any(one.get("duration_s", 0.0) > 2 * work_s for one in outcome.told):
        found.append(Fault.WALL_CLOCK)
    if outcome.connections:
        found.append(Fault.NETWORK)
    if outcome.n_helpers and scenario.ask is not Ask.RANKS and outcome.tool != "optimum":
        found.append(Fault.HELPERS)
    if (
        scenario.ask is Ask.WINDOW
        and outcome.others_cpu_s is not None
        and outcome.others_cpu_s > SPIN_CPU_FRAC * work_s
    ):
        found.append(Fault.SPINS)
    return tuple(found)


def _about_the_number(scenario: Scenario, outcome: Outcome) -> list[Fault]:
    value_j = outcome.value_j
    if scenario.ask in _ENDED:
        return [] if value_j else [Fault.LOST]
    if outcome.exit_code and value_j is None:
        return [Fault.CRASH]
    if scenario.truth_j is None:
        return [] if value_j is None else [Fault.GUESS if value_j else Fault.NOTHING]
    if not value_j:
        return [Fault.NOTHING]
    right_j = (scenario.truth_j, *scenario.partly_right_j)
    is_right = any(abs(value_j / right - 1) <= WRONG_FRAC for right in right_j)
    return [] if is_right else [Fault.WRONG]


def _not_as_promised(scenario: Scenario, outcome: Outcome, faults: tuple[Fault, ...]) -> str:
    """Why breakeven's outcome is not what it promises; empty when it is."""
    if not scenario.truth_j:
        return "; ".join(faults) or ("" if outcome.exit_code == 0 else outcome.error)
    if scenario.ask in _ENDED:
        return _about_a_recovered_run(scenario, outcome)
    if faults:
        return "; ".join(faults) + (f" ({outcome.error})" if outcome.error else "")
    (told,) = outcome.told or ({},)
    low_j, high_j = told.get("low_j", 0.0), told.get("high_j", 0.0)
    if not low_j - scenario.tolerance_j <= scenario.truth_j <= high_j + scenario.tolerance_j:
        return f"the interval {low_j:.6g} to {high_j:.6g} J misses the truth"
    if abs(told["energy_j"] - scenario.truth_j) > scenario.tolerance_j:
        return f"{told['energy_j']:.6g} J is not {scenario.truth_j:.6g} J"
    return ""


def _about_a_recovered_run(scenario: Scenario, outcome: Outcome) -> str:
    if outcome.exit_code == 0:
        return "exit code 0"
    if outcome.n_orphans:
        return f"{outcome.n_orphans} processes left"
    if outcome.value_j is None or outcome.truth_j is None:
        return "nothing was recovered"
    power_w = outcome.truth_j / (KILL_AT_FRAC * scenario.hardware.work_s)
    lost_j = outcome.truth_j - outcome.value_j
    may_lose_j = LOST_S * power_w if scenario.ask is Ask.KILL else scenario.tolerance_j + 10.0
    if not -scenario.tolerance_j - 10.0 <= lost_j <= may_lose_j:
        return f"{lost_j:.3g} J lost, at most {may_lose_j:.3g} J may be"
    return ""
