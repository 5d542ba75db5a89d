"""`breakeven report` asked about the whole life-cycle, on the made-up study and on a real run."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import UnknownNameError
from breakeven.store import Store
from breakeven.testing.runs import example_runs

STUDY = """\
study: toy
engine: toy
task: {name: toy}
stages:
  - {name: base, stage: pretrain, burn_s: 0.1}
  - {name: ft, stage: finetune, from: base, burn_s: 0.02, work_s: 0.0008}
  - {name: small, stage: distil, from: ft, teacher: ft, burn_s: 0.05, n_layers: 2, work_s: 0.0002}
pathways: {FT: ft, TS: small}
inference:
  reference: {n_batches: 4}
  blocks: 2
  idle_s: 0.02
  sweep:
    - {batch_size: 1, n_batches: 120}
analysis: {headline: cpu_s, planned_volume: 1e4}
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return path


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["report", *map(str, arguments)])


def told(result: Result) -> str:
    """What was printed, line breaks taken out."""
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_a_threshold_lets_the_others_drop_out(example: Path, tmp_path: Path) -> None:
    result = call(example, "--tables-only", "--out", tmp_path, "--min-score", "0.8")

    assert "Below the score of 0.8, dropped out: TA and TF-IDF." in told(result)
    assert "drops out" in (tmp_path / "tables" / "pathways.md").read_text(encoding="utf-8")


def test_modelled_and_assumed_numbers_are_left_out_when_asked(
    example: Path, tmp_path: Path
) -> None:
    result = call(example, "--tables-only", "--out", tmp_path, "--measured-only")
    assert "measured-only" in told(result)
    (api,) = [line for line in result.stdout.splitlines() if line.startswith("API")]
    assert api.count("not measured") == 2
    tables = (tmp_path / "tables").glob("*.md")
    assert not any("[assumed]" in table.read_text(encoding="utf-8") for table in tables)


def test_a_shared_row_is_assumed_and_cannot_be_measured_only(example: Path) -> None:
    result = call(example, "--measured-only", "--share", "ta-distil=4")
    assert result.exit_code == 2
    assert "drop one of them" in result.output


def test_weights_give_break_evens_in_correct_answers(example: Path, tmp_path: Path) -> None:
    result = call(example, "--tables-only", "--out", tmp_path, "--weight-by-score")

    assert "Weighted by score: TS has cost less CPU time than FT from 5,720 correct" in told(result)
    table = (tmp_path / "tables" / "weighted_break_even.csv").read_text(encoding="utf-8")
    assert table.startswith("candidate,incumbent,resource,plain,")


def test_a_share_is_said_to_be_assumed_and_moves_the_break_even(
    example: Path, tmp_path: Path
) -> None:
    result = call(example, "--tables-only", "--out", tmp_path, "--share", "ta-distil=48")

    assert "Assumed: ta-distil is shared by 48 downstream tasks; each pays 1/48." in told(result)
    assert "Shared: TA has cost less CPU time than FT from 667 examples on" in told(result)
    rows = (tmp_path / "tables" / "sharing.csv").read_text(encoding="utf-8").splitlines()
    assert [r.split(",")[1] for r in rows if ",TA,FT," in r] == ["1", "2", "5", "10", "48"]


def test_an_unknown_row_is_one_sentence_with_the_nearest_name(example: Path) -> None:
    error = call(example, "--share", "ta-distl=48").exception

    assert isinstance(error, UnknownNameError)
    assert str(error).startswith(
        "no row of development named 'ta-distl'. Did you mean 'ta-distil'?"
    )


@pytest.mark.parametrize("share", ["ta-distil", "ta-distil=0", "ta-distil=many", "=4"])
def test_a_share_that_cannot_be_read_says_how_to_write_one(example: Path, share: str) -> None:
    result = call(example, "--share", share)

    assert result.exit_code == 2
    assert "e.g. --share ta-distil=48" in result.output


def test_fronts_at_several_lifetimes_are_named(example: Path, tmp_path: Path) -> None:
    result = call(example, "--tables-only", "--out", tmp_path, "--at-lifetime", "1e3,1e6")

    assert "On the front after 1,000 examples, CPU time with development: FT and TF-IDF." in told(
        result
    )
    assert "lifetime at 1 million" in (tmp_path / "tables" / "pareto.csv").read_text("utf-8")


@pytest.mark.parametrize("volumes", ["1e4,often", "0", "-3"])
def test_lifetimes_that_cannot_be_read_say_how_to_write_them(example: Path, volumes: str) -> None:
    result = call(example, f"--at-lifetime={volumes}")

    assert result.exit_code == 2
    assert "e.g. --at-lifetime 1e4,1e6,1e8" in result.output


@pytest.mark.parametrize("option", ["--days", "--max-latency-ms", "--restarts-per-day"])
def test_what_qualifies_traffic_needs_traffic(example: Path, option: str) -> None:
    result = call(example, option, "3")

    assert result.exit_code == 2
    assert f"{option} says something of traffic; add --requests-per-day N" in result.output


def test_without_questions_nothing_is_asked(example: Path, tmp_path: Path) -> None:
    result = call(example, "--tables-only", "--out", tmp_path)

    assert "requests a day" not in told(result)
    assert not (tmp_path / "tables" / "traffic_costs.csv").exists()
    assert (tmp_path / "tables" / "usage.csv").is_file()


@pytest.mark.report
def test_the_page_answers_every_question(example: Path, tmp_path: Path) -> None:
    asked = ("--requests-per-day", "5000", "--max-latency-ms", "15", "--share", "ta-distil=48")
    call(example, "--out", tmp_path, *asked, "--min-score", "0.79", "--weight-by-score")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")

    for table in ("product", "weighted-break-even", "sharing", "usage", "latency", "factors"):
        assert f'id="table-{table}"' in page
    for table in ("services", "costs", "changes"):
        assert f'id="table-traffic-{table}"' in page
    assert "Assumed: ta-distil serves 48 downstream tasks" in page
    assert "violated: median above" in page


def test_a_study_run_here_decides_for_traffic_with_idling_and_latency(tmp_path: Path) -> None:
    """From study file to decision: rows of batch size 1, idle phases and 120 batches each."""
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    ran = CliRunner().invoke(
        group, ["run", str(tmp_path / "study.yaml"), "--store", str(tmp_path / "store")]
    )
    assert ran.exit_code == 0, ran.output
    traffic = ("--requests-per-day", "5000", "--restarts-per-day", "1", "--max-latency-ms", "1000")

    text = told(call(tmp_path / "store", "--tables-only", *traffic))

    assert "takes the least CPU time" in text
    assert "not measured" not in text.split("At 5,000 requests")[1]
    services = (tmp_path / "store" / "tables" / "traffic_services.csv").read_text("utf-8")
    singles = [row for row in services.splitlines() if "batch_size=1" in row]
    assert len(singles) == 2
    assert all(",within," in row for row in singles)


def test_a_threshold_in_per_cent_is_told_the_fraction(example: Path) -> None:
    result = call(example, "--tables-only", "--min-score", "40")
    assert result.exit_code == 2
    assert "they are fractions, write 0.4" in " ".join(result.stderr.split())
