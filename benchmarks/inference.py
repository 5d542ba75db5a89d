"""How many times cheaper a fine-tuned classifier gets than two fixed baselines, and what it loses.

`python -m benchmarks inference STORE`: the store of studies/sst2_baselines.yaml, whose blocks hold
every row once in random order. Ratios are of CPU seconds per example, block by block; losses are
against the weak baseline's answers to the same sentences.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.peaks import Peak, measure_peaks
from benchmarks.result import Result
from breakeven.analysis.certificates.certify import Claim, Evidence
from breakeven.analysis.certificates.loss import loss_of, paired_by
from breakeven.analysis.certificates.saving import PairedCosts
from breakeven.analysis.certificates.several_claims import certify_any
from breakeven.analysis.runs.select import StudyRuns, observe, study_runs
from breakeven.analysis.samples.stats import Interval, log_ratio
from breakeven.analysis.scoring.answers import Answers, answer_sheet
from breakeven.analysis.scoring.kept_answers import Kept, read_kept
from breakeven.analysis.scoring.paired_sums import means
from breakeven.analysis.sweeps.cells import REFERENCE, Cell, cells_of, distinct
from breakeven.records import Estimate, Item, PhaseName, Resource
from breakeven.store import Store, StoredAnswers

BASE = "FT"
WEAK, STRONG, CHOSEN = "weak", "strong", "chosen"
SAME_WEIGHTS = ("OV8", "ORT8")
COST = Resource.CPU_S
MAX_DROP = 0.01
DEVELOPED = (
    "Methods and settings were developed on this split, so what is shown on it flatters them; only "
    "fresh sentences would prove it."
)

WANTED: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(SAME_WEIGHTS, (16.0, 2.1)),
    **dict.fromkeys(("TS8", "TSO8", "TWO", "WORDS"), (28.0, 4.0)),
    "EXIT": (1.0, 1.0),
}
"""How many times the cost of the weak and of the strong baseline, by pathway (issue 6).

28 times is for a student, a cascade or early exits; in torch, exits need only be cheaper.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row against both baselines.

    Attributes:
        pathway: Whose model answers.
        label: Configuration.
        cost_s: Mean CPU seconds per example.
        weak: Cost of the weak baseline over its own.
        strong: The same with the strong baseline.
        loss: Score of the weak baseline minus its own.
        verdict: Whether a saving and a loss of at most a point were shown, in words; empty of
            rows that were not named beforehand, and where answers are not known.
    """

    pathway: str
    label: str
    cost_s: float
    weak: Interval
    strong: Interval
    loss: Estimate | None
    verdict: str = ""

    @property
    def name(self) -> str:
        """Of the row."""
        return f"{self.pathway}/{self.label}"


def run(passed: Sequence[str] = ()) -> list[Result]:
    """Compare every row with both baselines.

    Args:
        passed: Options of the command line.
    """
    asked = parser().parse_args(passed)
    store = Store(asked.store, create=False)
    definition = store.study(asked.study)
    found = study_runs(definition, store.runs(study=definition.name))
    answers = StoredAnswers(store)
    lines = compare(found, answers, answers.kept)
    print("\n".join((*told(lines), DEVELOPED)), file=sys.stderr)
    if asked.peaks:
        print("\n".join(against_peaks(found, lines, measure_peaks())), file=sys.stderr)
    return results(lines)


def parser() -> argparse.ArgumentParser:
    """Options of this benchmark."""
    made = argparse.ArgumentParser(prog="python -m benchmarks inference", description=__doc__)
    made.add_argument("store", type=Path, help="store of studies/sst2_baselines.yaml")
    made.add_argument("--study", help="name of the study, where the store holds several")
    made.add_argument("--peaks", action="store_true", help="measure this machine's products too")
    return made


def compare(found: StudyRuns, answers: Answers, kept: Kept = lambda _: None) -> list[Line]:
    """Every configuration of every pathway, the baselines first.

    Args:
        found: Runs of the study.
        answers: Whether each example was answered rightly.
        kept: What tells the sources of examples; else each is a source of its own.

    Raises:
        SystemExit: If the study has no finished baselines.
    """
    cells = {p.name: cells_of(found, p.name, order=str) for p in found.definition.pathways}
    baselines = {cell.label: cell for cell in cells.get(BASE, ())}
    if not {WEAK, STRONG} <= baselines.keys():
        raise SystemExit(f"the study has no finished rows {BASE}/{WEAK} and {BASE}/{STRONG}")
    weak, strong = baselines[WEAK], baselines[STRONG]
    paired = paired_by(answers)
    rows = {
        (pathway, cell.label): cell
        for pathway, own in cells.items()
        for cell in sorted(distinct(own), key=lambda c: c.label not in (WEAK, STRONG))
    }
    lines = [
        Line(
            pathway=pathway,
            label=label,
            cost_s=fmean(seen.value for seen in cell.blocks[COST].values()),
            weak=times_cheaper(weak, cell),
            strong=times_cheaper(strong, cell),
            loss=None if cell is weak else loss_of(weak, cell, paired=paired),
        )
        for (pathway, label), cell in rows.items()
    ]
    claims = {
        line.name: evidence
        for line in chosen(lines)
        if (evidence := evidence_of(weak, rows[line.pathway, line.label], answers, kept))
    }
    said = verdicts(claims)
    return [replace(line, verdict=said.get(line.name, "")) for line in lines]


def verdicts(claims: Mapping[str, Evidence]) -> dict[str, str]:
    """Judge that rows are cheaper than the weak baseline and lose at most a point, by name.

    They are judged together, so that the chance that any verdict is false stays at 5 %.
    """
    asked = [
        (Claim(reference=f"{BASE}/{WEAK}", candidate=name, max_drop=MAX_DROP), evidence)
        for name, evidence in claims.items()
    ]
    return {
        name: f"{one.reason} Smallest margin shown: {100 * one.smallest_margin:.2f} points."
        for name, one in zip(claims, certify_any(asked), strict=True)
    }


def evidence_of(base: Cell, cut: Cell, answers: Answers, kept: Kept) -> Evidence | None:
    """What two rows show of both claims; None where answers are not known."""
    if base.scored is None or cut.scored is None:
        return None
    sheet = answer_sheet([base.scored, cut.scored], answers)
    if sheet is None:
        return None
    sources = sources_of(base.scored.run_id, kept)
    groups = np.array([sources.get(int(i), -1 - int(i)) for i in sheet.examples])
    return Evidence(
        answers=means("accuracy", sheet.correct[0], sheet.correct[1], groups),
        costs=PairedCosts(
            resource=COST,
            item=Item.EXAMPLE,
            reference=base.blocks[COST],
            candidate=cut.blocks[COST],
        ),
        split="test",
    )


def sources_of(run_id: str, kept: Kept) -> dict[int, int]:
    """Source of each example that a run answered; empty where it kept none."""
    found = [one for one in read_kept([run_id], kept) if one.has_groups]
    pairs = (zip(one.index.tolist(), one.group.tolist(), strict=True) for one in found)
    return {index: group for each in pairs for index, group in each}


def times_cheaper(base: Cell, cut: Cell) -> Interval:
    """Cost of the one over that of the other, in the blocks that hold both."""
    ours, theirs = cut.blocks[COST], base.blocks[COST]
    blocks = sorted(ours.keys() & theirs.keys())
    return log_ratio([theirs[b].value for b in blocks], [ours[b].value for b in blocks])


def chosen(lines: Sequence[Line]) -> list[Line]:
    """The row of every pathway that is no baseline, as the study file named it beforehand.

    It is the one labelled `chosen`, or else its reference.
    """
    named = {line.pathway for line in lines if line.label == CHOSEN}
    return [
        line
        for line in lines
        if line.pathway != BASE and line.label == (CHOSEN if line.pathway in named else REFERENCE)
    ]


def results(lines: Sequence[Line]) -> list[Result]:
    """The share of each baseline's cost that each pathway has at most, with limits.

    A share is taken at the lower limit of the ratio: so many times cheaper, at least, was shown.
    """
    return [
        Result(
            name=f"{line.pathway}, {name}",
            value=1 / ratio.low if ratio.low > 0 else math.inf,
            unit="share of CPU",
            limit=1 / wanted,
            detail=f"{_shown(ratio)} times cheaper, wanted {wanted:g}",
        )
        for line in chosen(lines)
        for name, ratio, wanted in zip(
            (WEAK, STRONG),
            (line.weak, line.strong),
            WANTED.get(line.pathway, (1.0, 1.0)),
            strict=True,
        )
    ]


def told(lines: Sequence[Line]) -> Iterator[str]:
    """Say what every row costs and loses, one line a row."""
    for line in lines:
        yield (
            f"{line.name}: {1e3 * line.cost_s:.3f} CPU ms per example; "
            f"{_shown(line.weak)} times cheaper than {WEAK}, {_shown(line.strong)} than {STRONG}; "
            f"{_loss(line.loss)}. {line.verdict}".rstrip()
        )


def against_peaks(
    found: StudyRuns, lines: Sequence[Line], peaks: Mapping[str, Peak]
) -> Iterator[str]:
    """Say how far the same weights in int8 are from what the machine can do.

    Its work is that of the whole model on real tokens, padding left out, by Kaplan's 2N per token.
    """
    needed = work_of_real_tokens(found)
    for line in chosen(lines):
        if line.pathway not in SAME_WEIGHTS:
            continue
        for peak in peaks.values():
            least_s = needed / peak.ops_per_s
            yield (
                f"{line.pathway} takes {line.cost_s / least_s:.1f} times as long as its "
                f"{needed / 1e6:.0f} million operations on real tokens would at the "
                f"{peak.precision} peak of {peak.ops_per_s / 1e9:.0f} billion a second "
                f"({peak.how}); it reaches {least_s / line.cost_s:.0%} of it"
            )


def work_of_real_tokens(found: StudyRuns) -> float:
    """Operations that the base model needs for the real tokens of one example."""
    run = next(r for r in found.inference(BASE) if observe(r, Resource.FLOPS) is not None)
    counted = observe(run, Resource.FLOPS, phases={PhaseName.WORK})
    assert counted is not None
    real_frac = run.output.n_real_tokens / run.output.n_padded_tokens
    return counted.value * real_frac / run.output.n_examples


def _shown(ratio: Interval) -> str:
    if math.isinf(ratio.high):
        return f"{ratio.value:.2f} (one block, no interval)"
    return f"{ratio.value:.2f} [{ratio.low:.2f}, {ratio.high:.2f}]"


def _loss(loss: Estimate | None) -> str:
    if loss is None or loss.value is None:
        return "no loss to tell"
    if loss.low is None or loss.high is None:
        return f"loses {100 * loss.value:+.2f} points"
    return f"loses {100 * loss.value:+.2f} points [{100 * loss.low:+.2f}, {100 * loss.high:+.2f}]"
