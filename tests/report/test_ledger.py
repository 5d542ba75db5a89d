import json
from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Estimate, Kind
from breakeven.report.ledger import MAX_IDS, Ledger, Sensors, unit_of
from breakeven.report.tables import tables
from breakeven.report.tables.table import missing, number, words
from breakeven.testing.runs import example_runs

SPENT = Estimate(
    name="cpu_s per example",
    value=0.25,
    low=0.2,
    high=float("inf"),
    level=0.95,
    method="mean of 3 blocks",
    n=3,
    kinds=(Kind.MEASURED,),
    run_ids=tuple(f"r{i}" for i in range(12)),
)


def told(ledger: Ledger, index: int) -> dict[str, object]:
    """Fields of one number with its texts put in."""
    data = json.loads(json.dumps(ledger.data(), allow_nan=False))
    name, unit, value, low, high, level, method, n, signs, origins, _, runs, hint = data["numbers"][
        index
    ]
    texts = data["texts"]
    return {
        "texts": [texts[i] for i in (name, unit, method, signs, origins, hint)],
        "numbers": [value, low, high, level, n],
        "runs": data["lists"][runs],
    }


def test_an_entry_says_all_that_the_estimate_knows() -> None:
    ledger = Ledger(())

    found = told(ledger, ledger.of(SPENT))

    assert found["texts"] == [
        "CPU time per example",
        "s",
        "mean of 3 blocks",
        "measured",
        "live",
        "",
    ]
    assert found["numbers"] == [0.25, 0.2, "inf", 0.95, 3]


def test_of_many_runs_the_first_ten_are_named_and_all_counted() -> None:
    ledger = Ledger(())

    runs = told(ledger, ledger.of(SPENT))["runs"]

    assert runs == [12, *SPENT.run_ids[:MAX_IDS]]


def test_a_number_shown_twice_is_written_once() -> None:
    ledger = Ledger(())
    once, again = (ledger.of_cell(number(SPENT, text)) for text in ("0.25 s", "250 ms"))

    assert once == again == 0


def test_the_same_number_with_something_more_to_say_is_another_entry() -> None:
    ledger = Ledger(())
    plain = ledger.of_cell(number(SPENT, "0.25 s"))
    hinted = ledger.of_cell(number(SPENT, "0.25 s", hint="shared with TS"))

    assert (plain, hinted) == (0, 1)


def test_words_and_missing_numbers_have_nothing_to_account_for() -> None:
    ledger = Ledger(())
    nothing = Estimate(name="energy_j", value=None, method="", n=0, kinds=())
    cells = (words("FT"), missing("none", hint="no sensor"), number(nothing, "none", hint="why"))

    assert [ledger.of_cell(cell) for cell in cells] == [None, None, None]


def test_ratios_and_scores_have_no_unit() -> None:
    units = [
        unit_of(n) for n in ("energy_j", "cpu_s against reference", "accuracy", "ratio in flops")
    ]

    assert units == ["J", "", "", ""]


def test_sensors_are_those_of_the_resource_in_the_runs_named() -> None:
    runs = example_runs()[1]
    run = next(run for run in runs if run.phases and run.phases[0].measurement.costs)
    cost = run.phases[0].measurement.costs[0]
    estimate = replace(SPENT, name=f"{cost.resource.value} per example", run_ids=(run.run_id,))

    assert cost.sensor in Sensors(runs).of(estimate)
    assert Sensors(runs).of(replace(estimate, run_ids=("other",))) == ()


def test_the_table_of_provenance_holds_every_number_of_the_other_tables(
    analysis: StudyAnalysis,
) -> None:
    built = tables(analysis)
    held = {id(row[2].estimate) for row in built["provenance"].rows}
    shown = {
        id(cell.estimate)
        for table in built.values()
        if table.name != "runs"
        for row in table.rows
        for cell in row
        if cell.estimate is not None and not cell.is_missing
    }

    assert shown == held
    assert len(built["provenance"].rows) == len(held)
