"""What is known of something on the network after each of its answers.

Power is integrated between answers, a counter is differenced; never a counter as power.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one question brought.

    Attributes:
        power_w: Power now; None where it tells none.
        power_step_w: Smallest step of that power.
        counter_j: Energy counter; None where it has none.
        counter_step_j: Smallest step of that counter.
    """

    power_w: float | None = None
    power_step_w: float = 0.0
    counter_j: float | None = None
    counter_step_j: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known after one answer; replaced as a whole, so that no reader needs a lock.

    Attributes:
        asked_s: Clock when it was asked: nothing here is older.
        answer: The latest answer.
        totals: Joules by kind ("power", "counter") since the first answer.
        covered_s: Seconds observed, by kind.
        most_w: Largest power seen so far.
        slack: Joules by which a total may be off for what happened between two answers, by kind.
        n_falls: How often the counter fell.
        fall: The latest fall, in words.
    """

    asked_s: float
    answer: Answer
    totals: Mapping[str, float]
    covered_s: Mapping[str, float]
    most_w: float
    slack: Mapping[str, float] = field(default_factory=dict)
    n_falls: int = 0
    fall: str = ""


def after(known: Known, answer: Answer, *, asked_s: float, longest_s: float) -> Known:
    """Add what lies between the latest answer and this one."""
    gap_s = asked_s - known.asked_s
    most_w = max(known.most_w, _power_w(known.answer, answer, gap_s))
    following = replace(known, asked_s=asked_s, answer=answer, most_w=most_w)
    if gap_s <= longest_s:
        following = _with_power(following, known.answer, gap_s)
    return _with_counter(following, known.answer, gap_s)


def _power_w(before: Answer, now: Answer, gap_s: float) -> float:
    """Power as it is told, or else as the counter moved."""
    if now.power_w is not None:
        return now.power_w
    if before.counter_j is None or now.counter_j is None or gap_s <= 0:
        return 0.0
    return (now.counter_j - before.counter_j) / gap_s


def _with_power(known: Known, before: Answer, gap_s: float) -> Known:
    """Trapezoid; between two answers the power was nearer to either, or rounded."""
    now = known.answer
    if "power" not in known.totals or before.power_w is None or now.power_w is None:
        return known
    added_j = (before.power_w + now.power_w) / 2 * gap_s
    unsure_j = (abs(now.power_w - before.power_w) + now.power_step_w) / 2 * gap_s
    return replace(
        known,
        totals={**known.totals, "power": known.totals["power"] + added_j},
        covered_s={**known.covered_s, "power": known.covered_s["power"] + gap_s},
        slack={**known.slack, "power": known.slack.get("power", 0.0) + unsure_j},
    )


def _with_counter(known: Known, before: Answer, gap_s: float) -> Known:
    """Difference; a counter bridges what was not asked, but never falls."""
    now = known.answer
    if "counter" not in known.totals or before.counter_j is None:
        return known
    if now.counter_j is None:
        return replace(known, answer=replace(now, counter_j=before.counter_j))
    step_j = now.counter_j - before.counter_j
    following = replace(
        known,
        totals={**known.totals, "counter": known.totals["counter"] + max(0.0, step_j)},
        covered_s={**known.covered_s, "counter": known.covered_s["counter"] + gap_s},
    )
    if step_j >= 0:
        return following
    return replace(
        following,
        n_falls=known.n_falls + 1,
        fall=(
            f"the energy counter fell from {before.counter_j:.6g} J to {now.counter_j:.6g} J: "
            "somebody reset it, or the device lost power; discard this window and repeat it."
        ),
    )
