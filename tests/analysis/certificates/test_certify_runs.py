"""Evidence from stored runs: pairs by example and block, and nothing that selection saw."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from breakeven.analysis.certificates.certify import Claim, Evidence, certify
from breakeven.analysis.certificates.certify_runs import Measured, evidence_of
from breakeven.analysis.certificates.side_by_side import doubts_of
from breakeven.analysis.scoring.kept_answers import Arrays
from breakeven.errors import CertificateError
from breakeven.records import Machine, Note, NoteCode, Resource, Run, Status
from breakeven.testing.tiny import tiny_inference

CPU = Resource.CPU_S
LABELS = np.array([0, 1, 1, 0, 1, 0])


def runs(pathway: str, costs: Sequence[float]) -> tuple[Run, ...]:
    return tuple(
        tiny_inference(pathway, {CPU: cost}, block=block) for block, cost in enumerate(costs)
    )


def answered(
    predicted: Sequence[int] = (0, 1, 1, 0, 1, 0),
    *,
    index: Sequence[int] = range(6),
    group: Sequence[int] | None = (0, 0, 2, 3, 3, 5),
    split: str = "test",
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    places = np.array(index, dtype=int)
    found = {"index": places, "split": np.array(split), "label": LABELS[places]}
    groups = {} if group is None else {"group": np.array(group)[places]}
    return {**found, **groups, "predicted": np.array(predicted)}


FT, INT8 = runs("FT", (4.0, 4.2, 4.4)), runs("INT8", (2.0, 2.1, 2.15))
KEPT: dict[str, Arrays] = {
    **{run.run_id: answered() for run in FT},
    **{run.run_id: answered((0, 1, 0, 0, 1, 1)) for run in INT8},
}


def evidence(kept: Mapping[str, Arrays] = KEPT, *, selection: Sequence[Run] = ()) -> Evidence:
    measured = Measured(reference=FT, candidate=INT8, selection=selection)
    return evidence_of(measured, kept.get, metric="accuracy", resource=CPU)


def test_runs_are_paired_by_example_and_by_block() -> None:
    found = evidence()
    assert (found.answers.n_lost, found.answers.n_gained) == (2, 0)
    assert found.answers.n_groups == 4
    assert found.costs.blocks == (0, 1, 2)
    assert found.split == "test"
    assert found.run_ids == ("FT/reference/0", "INT8/reference/0")
    assert found.notes == ()


def test_they_make_a_certificate() -> None:
    found = certify(Claim(reference="FT", candidate="INT8", max_drop=0.9), evidence())
    assert found.granted
    assert found.run_ids[:3] == ("FT/reference/0", "INT8/reference/0", "FT/reference/1")


def chooser(kept: Arrays | None, *, n_items: int = 2) -> tuple[Run, dict[str, Arrays]]:
    run = tiny_inference("TRY", {CPU: 1.0}, n_items=n_items)
    return run, KEPT | ({} if kept is None else {run.run_id: kept})


def test_examples_that_chose_are_left_out_with_their_sources() -> None:
    run, kept = chooser(answered((1, 0), index=(1, 5)))
    found = evidence(kept, selection=[run])
    assert found.n_left_out == 3
    assert found.answers.n_examples == 3
    assert [note.code for note in found.notes] == [NoteCode.EXAMPLES_LEFT_OUT]


def test_choosing_on_another_split_costs_nothing() -> None:
    run, kept = chooser(answered((1, 0), index=(1, 5), split="validation"))
    assert evidence(kept, selection=[run]).n_left_out == 0


def test_choosing_on_all_examples_leaves_nothing_to_certify_on() -> None:
    run, kept = chooser(answered())
    with pytest.raises(CertificateError, match="all 6 examples of the test split were seen"):
        evidence(kept, selection=[run])


def test_a_choice_that_did_not_keep_its_answers_is_refused() -> None:
    run, kept = chooser(None)
    with pytest.raises(CertificateError, match="did not keep its answers"):
        evidence(kept, selection=[run])


def test_a_run_that_failed_before_it_answered_chose_by_nothing() -> None:
    run, kept = chooser(None, n_items=0)
    assert evidence(kept, selection=[run]).n_left_out == 0


def test_the_blocks_that_chose_certify_nothing() -> None:
    with pytest.raises(CertificateError, match="chosen by 1 run of those that are to certify"):
        evidence(selection=[INT8[1]])


def test_other_answers_in_a_later_block_are_told() -> None:
    kept = KEPT | {INT8[2].run_id: answered((0, 1, 1, 0, 1, 1))}
    (note,) = evidence(kept).notes
    assert note.code is NoteCode.ANSWERS_CHANGE
    assert "the candidate gave other answers to up to 16.67%" in note.message


def test_examples_of_one_side_only_say_nothing() -> None:
    kept = KEPT | {run.run_id: answered((0, 1, 1), index=(0, 1, 2)) for run in INT8}
    found = evidence(kept)
    assert found.answers.n_examples == 3
    assert [note.code for note in found.notes] == [NoteCode.DIFFERENT_EXAMPLES]


def test_answers_without_sources_are_told() -> None:
    kept = {run_id: answered(group=None) for run_id in KEPT}
    found = evidence(kept)
    assert found.answers.n_groups == 6
    assert [note.code for note in found.notes] == [NoteCode.SOURCES_UNKNOWN]


def test_unfinished_runs_are_passed_by() -> None:
    failed = replace(FT[0], run_id="x", status=Status.FAILED, error="killed")
    measured = Measured(reference=(failed, *FT), candidate=INT8)
    found = evidence_of(measured, KEPT.get, metric="accuracy", resource=CPU)
    assert found.run_ids[0] == FT[0].run_id


@pytest.mark.parametrize(
    ("candidate", "metric", "why"),
    [
        pytest.param(None, "accuracy", "no run of the candidate kept its answers", id="none"),
        pytest.param(
            answered(split="validation"), "accuracy", "run both on one", id="another split"
        ),
        pytest.param(answered((), index=()), "accuracy", "no example in common", id="no overlap"),
        pytest.param(
            answered() | {"label": 1 - LABELS}, "accuracy", "different right answers", id="labels"
        ),
        pytest.param(answered(), "answer_f1", "did not keep 'answer_f1'", id="another form"),
        pytest.param(answered(), "spearman", "certify one of accuracy", id="ranks"),
    ],
)
def test_what_cannot_be_paired_is_refused(candidate: Arrays | None, metric: str, why: str) -> None:
    kept = {run.run_id: answered() for run in FT}
    told = kept | ({} if candidate is None else {run.run_id: candidate for run in INT8})
    with pytest.raises(CertificateError, match=why):
        evidence_of(Measured(reference=FT, candidate=INT8), told.get, metric=metric, resource=CPU)


def started(runs: Sequence[Run], order: str) -> tuple[Run, ...]:
    """Give each run a place in the order of start."""
    return tuple(
        replace(run, started_at=f"2026-01-01T00:00:0{place}+00:00")
        for run, place in zip(runs, order, strict=True)
    )


def blocks_of(reference: Sequence[Run], candidate: Sequence[Run]) -> tuple[tuple[int, ...], str]:
    """Blocks that are paired, and what is said of others."""
    measured = Measured(reference=reference, candidate=candidate)
    found = evidence_of(measured, KEPT.get, metric="accuracy", resource=CPU)
    left_out = (n.message for n in found.notes if n.code is NoteCode.BLOCKS_LEFT_OUT)
    return found.costs.blocks, next(left_out, "")


def test_rows_that_ran_one_after_the_other_are_no_pairs() -> None:
    assert blocks_of(started(FT, "024"), started(INT8, "135")) == ((0, 1, 2), "")
    assert blocks_of(started(FT, "012"), started(INT8, "345")) == (
        (),
        "3 of 3 blocks show no saving: 3 were not run side by side.",
    )


def test_blocks_that_failed_are_counted() -> None:
    broken = replace(INT8[2], status=Status.FAILED, error="killed")
    assert blocks_of(FT, (*INT8[:2], broken)) == (
        (0, 1),
        "1 of 3 blocks show no saving: 1 did not end well.",
    )


def test_another_version_of_a_library_is_no_pair() -> None:
    def on(version: str) -> Machine:
        return Machine(
            host="h", host_id="h", system="Linux", cpu_model="c", n_cpus=2, memory_bytes=1,
            python="3.11", libraries={"openvino": version},
        )  # fmt: skip

    reference = [replace(run, machine=on("2026.3")) for run in FT]
    candidate = [replace(run, machine=on("2026.3")) for run in INT8[:2]]
    upgraded = replace(INT8[2], machine=on("2026.4"))
    assert blocks_of(reference, [*candidate, upgraded]) == (
        (0, 1),
        "1 of 3 blocks show no saving: 1 ran on other machines or library versions.",
    )


def test_doubts_of_the_runs_reach_the_certificate_each_once() -> None:
    note = Note(code=NoteCode.BUSY_MACHINE, message="it got 0.6 CPU seconds.", advice="Wait.")
    noisy = [replace(run, notes=(note,)) for run in INT8]
    found = evidence_of(
        Measured(reference=FT, candidate=noisy), KEPT.get, metric="accuracy", resource=CPU
    )
    assert found.notes == (replace(note, message="in 3 of 6 runs: it got 0.6 CPU seconds."),)


def test_absent_sensors_and_the_convention_of_flops_are_no_doubts_of_cpu_time() -> None:
    beside = tuple(
        Note(code=code, message="m.", advice="a.")
        for code in (NoteCode.METER_UNAVAILABLE, NoteCode.FLOPS_CONVENTION)
    )
    runs = [replace(run, notes=beside) for run in FT]
    assert doubts_of(runs, CPU) == ()
    assert [note.code for note in doubts_of(runs, Resource.FLOPS)] == [NoteCode.FLOPS_CONVENTION]


def test_a_certificate_says_what_it_rests_on() -> None:
    found = evidence()
    other = evidence(KEPT | {run.run_id: answered(group=(0, 1, 2, 3, 4, 5)) for run in FT})
    assert found.rests_on["candidate settings"] == "role=reference"
    assert found.rests_on["examples"] != other.rests_on["examples"]
    assert not found.is_fresh
