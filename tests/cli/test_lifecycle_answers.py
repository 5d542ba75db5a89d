"""`breakeven lifecycle` asked about volumes, on the made-up study and on a published table."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.analysis.lifetime_cases import published

from breakeven.cli import group
from breakeven.errors import UnknownNameError
from breakeven.store import Store
from breakeven.testing.runs import example_runs


def call(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["lifecycle", *words], catch_exceptions=False)


def told(result: Result) -> str:
    """What was printed, line breaks taken out."""
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def data(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call(*arguments, "--json").stdout)["studies"][0]
    return found


def rows(*arguments: object, name: str) -> list[dict[str, str]]:
    printed = call(*arguments, "--table", name, "--format", "csv").stdout
    return list(csv.DictReader(io.StringIO(printed)))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return path


@pytest.fixture(scope="module")
def durlich(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(shared_dir, tmp_path_factory.mktemp("published") / "store")


def test_a_printed_mean_of_n_runs_is_paid_n_times(durlich: Path) -> None:
    """Dürlich et al. 2023, table 1: 3, 9 and 27 runs; their sum by hand is 22.6 kWh."""
    paid = {row["row"]: row for row in rows(durlich, name="paid_rows")}
    printed = {"FT/finetune": (3, 141.1), "TS/distil": (9, 77.1), "TA/distil": (3, 6848.9)}
    for name, (n, mean_wh) in printed.items():
        assert paid[name]["runs"] == f"{n} (mean of {n})"
        assert float(paid[name]["energy_j"]) == pytest.approx(n * mean_wh * 3600, rel=1e-3)
    total = rows(durlich, name="paid_stages")[-1]
    assert float(total["energy_j"]) == pytest.approx(22.5531e3 * 3600, rel=1e-4)


def pair(found: dict[str, Any], candidate: str, incumbent: str, resource: str) -> dict[str, Any]:
    return next(
        one
        for one in found["break_even"]
        if (one["candidate"], one["incumbent"], one["resource"]) == (candidate, incumbent, resource)
    )


@pytest.mark.parametrize(
    ("resource", "value", "low", "high"),
    [
        ("duration_s", 4.00e9, 2.63e9, 8.36e9),
        ("energy_j", 1.270e8, 1.240e8, 1.302e8),
        ("flops", 6.44e7, 6.35e7, 6.54e7),
    ],
)
def test_the_published_student_pays_back_where_the_paper_says(
    durlich: Path, resource: str, value: float, low: float, high: float
) -> None:
    estimate = pair(data(durlich, "--break-even"), "TS", "FT", resource)["estimate"]

    assert estimate["value"] == pytest.approx(value, rel=2e-3)
    assert (estimate["low"], estimate["high"]) == pytest.approx((low, high), rel=0.02)
    assert estimate["level"] is None
    assert estimate["method"] == "worst case of the numbers' resolution"


def test_weighted_by_f1_energy_pays_back_later_and_time_never(durlich: Path) -> None:
    found = data(durlich, "--break-even", "--weight-by-score")

    energy = pair(found, "TS", "FT", "energy_j")
    assert energy["estimate"]["value"] == pytest.approx(1.43e8, rel=5e-3)
    assert pair(found, "TS", "FT", "duration_s")["verdict"] == "never"


def test_48_tasks_match_the_task_specific_student(durlich: Path) -> None:
    found = data(durlich, "--map", "TA/distil=1..64", "--resource", "energy_j")
    (shared,) = found["share_map"]
    match = next(m for m in shared["matches"] if (m["other"], m["volume"]) == ("TS", 0))
    at = {(c["n_tasks"], c["volume"]): c["cheapest"] for c in shared["cells"]}

    assert match["n_tasks"]["value"] == pytest.approx(47.6, abs=0.05)
    assert match["n_tasks"]["kinds"] == ["measured", "assumed"]
    assert (at[32, 1e8], at[64, 1e8], at[64, 1e9]) == ("FT", "TA", "TS")


@pytest.mark.parametrize("resource", ["energy_j", "duration_s", "flops"])
def test_the_envelope_of_the_published_table_is_ft_then_ts(durlich: Path, resource: str) -> None:
    (found,) = data(durlich, "--cheapest", "--resource", resource)["cheapest"]

    assert [piece["name"] for piece in found["pieces"]] == ["FT", "TS"]
    assert set(found["somewhere"].values()) == set(found["at_planned"].values()) == {None}
    assert "resolution alone" in found["why_no_probability"]


def test_a_threshold_of_80_percent_drops_the_task_agnostic_student(durlich: Path) -> None:
    found = data(durlich, "--break-even", "--min-score", "0.80", "--resource", "energy_j")

    assert found["below_min_score"] == ["TA"]
    assert {p["candidate"] for p in found["break_even"]} == {"FT", "TS"}


def test_ratio_of_the_published_table_has_both_readings(durlich: Path) -> None:
    """87.3 F1 for 141.1 Wh; the least development and the best score are both FT's."""
    ratios = {r["pathway"]: r for r in data(durlich, "--ratio", "--resource", "energy_j")["ratio"]}

    per_wh = ratios["FT"]["per_development"]["value"] * 3600
    assert per_wh == pytest.approx(0.873 / 141.1)
    assert (ratios["TS"]["cheapest_as_good"], ratios["TS"]["best_as_cheap"]) == ("FT", "FT")


def test_deployment_gap_of_the_paper_in_energy_and_time(durlich: Path) -> None:
    """2.4 F1 for 0.607 micro-watt-hours and 0.077 nano-hours a token (section 4.4)."""
    gap = {}
    for resource in ("energy_j", "duration_s"):
        spent = data(durlich, "--at-lifetime", "1e9", "--resource", resource)["lifetime"]
        total = {s["pathway"]: s["total"]["value"] for s in spent}
        share = {s["pathway"]: s["development_share"]["value"] for s in spent}
        use = {n: total[n] * (1 - share[n]) / 1e9 for n in total}
        gap[resource] = use["FT"] - use["TS"]

    assert gap["energy_j"] == pytest.approx(0.607e-6 * 3600, rel=1e-3)
    assert gap["duration_s"] == pytest.approx(0.077e-9 * 3600, rel=5e-3)


def test_the_short_answer_comes_first_and_says_what_was_assumed(durlich: Path) -> None:
    text = told(call(durlich))

    assert text.index("Cheapest in energy") < text.index("every run paid once")
    assert "FT up to 127 million; TS from 127 million padded tokens on." in text
    assert "(124 million to 130 million, by the resolution)" in text
    assert "Assumed: FT/finetune is charged whole to FT and TS each" in text
    assert "Quality does not count here" in text


def test_tables_of_pairs_fit_a_terminal_and_csv_holds_both_orders(example: Path) -> None:
    asked = (example, "--break-even", "--resource", "cpu_s")
    text = call(*asked).stdout
    table = rows(*asked, name="break_even")

    assert max(map(len, text.splitlines())) <= 100
    assert "TS FT CPU time 6,700 (6,490-6,920) > 99 %" in " ".join(text.split())
    assert len(table) == 12
    assert {(r["candidate"], r["incumbent"]) for r in table} >= {("FT", "TS"), ("TS", "FT")}
    assert all(r["sentence"].endswith(".") for r in table)


def test_every_verdict_of_the_example_is_printed(example: Path) -> None:
    seen = {p["verdict"] for p in data(example, "--break-even")["break_even"]}

    assert seen >= {"finite", "never", "always cheaper", "cheaper only up to", "not shown"}


def test_a_volume_of_ones_own_changes_the_probability(example: Path) -> None:
    def chance(*asked: object) -> float:
        found = data(example, "--break-even", "--resource", "cpu_s", *asked)
        return float(pair(found, "TS", "FT", "cpu_s")["probability_before_planned"])

    assert chance("--volume", "1e3") < 0.01
    assert 0.3 < chance("--volume", "6700") < 0.7
    assert chance() > 0.99


def test_costs_at_several_volumes_fall_on_average(example: Path) -> None:
    found = data(example, "--at-lifetime", "1e3,1e6", "--resource", "cpu_s")["lifetime"]
    ts = [s for s in found if s["pathway"] == "TS"]

    assert ts[0]["average"]["value"] > ts[1]["average"]["value"]
    assert ts[0]["total"]["value"] < ts[1]["total"]["value"]
    assert ts[1]["average"]["name"] == "cpu_s per example"


@pytest.mark.parametrize("asked", [("--at-lifetime", "1e3,1e6"), ("--profile", "launch=2e6")])
def test_costs_over_a_lifetime_fit_a_terminal(durlich: Path, asked: tuple[str, str]) -> None:
    text = call(durlich, *asked).stdout

    assert max(map(len, text.splitlines())) <= 112
    assert "1.115 kWh" in call(durlich, "--at-lifetime", "1e9").stdout


def test_profiles_are_research_production_and_ones_own(example: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("profile,items\nlaunch,2e6\npilot,5000\n", encoding="utf-8")
    found = data(example, "--profile", own, "--profile", "day=300", "--resource", "cpu_s")
    seen = {s["profile"]: s["volume"] for s in found["profiles"]}

    assert seen == {
        "research": 1310.0,
        "production": 1e5,
        "launch": 2e6,
        "pilot": 5000.0,
        "day": 300.0,
    }


def test_research_may_pass_over_the_test_split_several_times(example: Path) -> None:
    found = data(example, "--profile", "research", "--research-passes", "10")

    assert {s["volume"] for s in found["profiles"] if s["profile"] == "research"} == {13100.0}


def test_without_a_count_of_examples_the_missing_research_profile_is_said(durlich: Path) -> None:
    assert "No research profile: no score says how many" in told(call(durlich, "--profile", "a=5"))


def test_a_sunk_teacher_makes_the_student_cheaper_from_the_first_item_on(example: Path) -> None:
    whole = pair(data(example, "--break-even"), "TS", "TA", "flops")
    sunk = pair(data(example, "--break-even", "--share-rule", "ft=sunk"), "TS", "TA", "flops")

    assert "assumed" not in whole["estimate"]["kinds"]
    assert "assumed" in sunk["estimate"]["kinds"]
    text = told(call(example, "--cheapest", "--share-rule", "ft=sunk"))
    assert "Assumed: ft is sunk: FT and TS pay nothing of it." in text


def test_equal_shares_move_the_break_even(example: Path) -> None:
    asked = (example, "--break-even", "--resource", "cpu_s")
    whole = pair(data(*asked), "TA", "FT", "cpu_s")["estimate"]["value"]
    shared = data(*asked, "--share-rule", "ta-distil=equal:48")
    text = told(call(*asked, "--share-rule", "ta-distil=equal:48"))

    assert pair(shared, "TA", "FT", "cpu_s")["estimate"]["value"] < whole / 10
    assert "Assumed: ta-distil is shared equally; TA pays 0.0208 of it." in text


def test_a_cost_of_errors_lets_the_better_model_catch_up(example: Path) -> None:
    asked = (example, "--break-even", "--resource", "cpu_s")
    plain = pair(data(*asked), "TS", "FT", "cpu_s")["estimate"]["value"]
    charged = data(*asked, "--error-cost", "0.05 CPU s")
    text = told(call(*asked, "--error-cost", "0.05"))

    assert pair(charged, "TS", "FT", "cpu_s")["estimate"]["value"] > plain * 1.1
    assert "Assumed: each wrong answer costs 50 CPU ms" in text


def test_an_error_cost_chooses_its_own_resource(example: Path) -> None:
    result = call(example, "--break-even", "--error-cost", "0.05 EUR")

    assert result.exit_code == 2
    assert "has both development and use in price_eur" in result.stderr
    assert "The runs have cpu_s" in result.stderr


def test_updates_show_the_steps_beside_the_line(example: Path) -> None:
    asked = (example, "--break-even", "--resource", "cpu_s")
    found = data(*asked, "--update-every", "2e4:ts")
    text = told(call(*asked, "--update-every", "2e4:ts"))
    student = pair(found, "TS", "FT", "cpu_s")

    assert student["first"] <= student["estimate"]["value"] == student["for_good"]
    assert student["by_mean"] < student["by_line"]["value"]
    assert student["by_line"]["level"] == 0.95
    assert "by the steps of the updates" in student["sentence"]
    assert "Assumed: ts is paid again after every 20,000 examples." in text
    assert "First ahead" in text


def test_equations_are_those_of_the_report(example: Path) -> None:
    text = told(call(example, "--equations", "--resource", "flops"))
    found = data(example, "--equations", "--resource", "flops")["equations"]

    assert "Development as E_T x D_T x H (eq. 3)" in text
    ft = next(row for row in found["product"] if row["pathway"] == "FT")
    assert ft["total"] == pytest.approx(4.66e13, rel=1e-2)
    assert {row["resource"] for row in found["product"]} == {"flops"}


def test_two_studies_in_one_store_are_told_apart(tmp_path: Path) -> None:
    definition, runs = example_runs()
    with Store(tmp_path / "store") as store:
        for name in ("one", "two"):
            store.save_study(replace(definition, name=name))
            for run in runs:
                store.append(replace(run, study=name, run_id=f"{name}-{run.run_id}"))
    table = rows(tmp_path / "store", "--cheapest", "--resource", "cpu_s", name="cheapest")

    assert [r["study"] for r in table if r["study"] != "study"] == ["one", "two"]
    assert told(call(tmp_path / "store", "--cheapest")).count("Cheapest in CPU time") == 2


def test_json_holds_what_was_paid_when_nothing_else_was_asked(example: Path) -> None:
    found = json.loads(call(example, "--json", "--equivalents").stdout)

    names = [table["name"] for table in found["tables"]]
    assert names == ["paid_rows", "paid_stages", "paid_pathways", "equivalents"]
    assert found["studies"][0]["answer"][0].startswith("Cheapest in CPU time")


def test_json_never_holds_a_token_that_json_does_not_know(example: Path) -> None:
    asked = ("--break-even", "--cheapest", "--ratio", "--map", "ta-distil=1..4", "--profile", "a=1")
    text = call(example, *asked, "--json").stdout

    json.loads(text, parse_constant=pytest.fail)
    assert '"is_open": true' in text


def test_a_cost_that_no_pathway_has_is_refused_with_those_it_has(example: Path) -> None:
    result = call(example, "--cheapest", "--resource", "carbon_kgco2e")

    assert result.exit_code == 2
    assert "The runs have cpu_s, duration_s, energy_j, flops" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "options",
    [
        ("--share-rule", "ta-distl=sunk"),
        ("--update-every", "5:ta-distl"),
        ("--map", "ta-distl=1..4"),
    ],
)
def test_a_row_that_nobody_rests_on_is_named_with_the_nearest(
    example: Path, options: tuple[str, str]
) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'ta-distil'"):
        call(example, "--cheapest", *options)


def test_a_threshold_in_per_cent_is_told_the_fraction(example: Path) -> None:
    result = call(example, "--cheapest", "--min-score", "80")

    assert result.exit_code == 2
    assert "scores reach from 0.7863 to 0.85; they are fractions, write 0.8" in " ".join(
        result.stderr.split()
    )


@pytest.mark.parametrize("question", ["lifecycle", "report"])
def test_a_fraction_asked_of_scores_in_percent_is_told_the_percent(
    tmp_path: Path, question: str
) -> None:
    table, store = tmp_path / "top1.csv", str(tmp_path / "store")
    table.write_text(
        "pathway,stage,energy_wh,top1,n_examples\nA,finetune,100,,\nA,infer,5.1,87.3,1000\n"
        "B,finetune,120,,\nB,infer,3.1,84.9,1000\n",
        encoding="utf-8",
    )
    words = ["import", "table", str(table), "--source", "Doe", "--store", store]
    CliRunner().invoke(group, words, catch_exceptions=False)

    wrong = CliRunner().invoke(group, [question, store, "--min-score", "0.86"])
    right = CliRunner().invoke(
        group, ["lifecycle", store, "--break-even", "--min-score", "86"], catch_exceptions=False
    )

    said = " ".join(wrong.stderr.split())
    assert wrong.exit_code == 2
    assert "--min-score 0.86 is no top1 here: scores reach from 84.9 to 87.3" in said
    assert "In percent it is 86" in said
    assert "dropped out: B" in right.stdout


def test_the_ratio_is_printed_in_points_of_score_per_watt_hour(durlich: Path) -> None:
    text = told(call(durlich, "--ratio", "--resource", "energy_j"))

    assert "points of score per Wh of development" in text
    assert "Energy FT 87.3 % 141 Wh 0.6187 608,000 FT FT" in text


def test_too_many_pairs_are_sent_to_the_matrix(
    example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breakeven.cli.lifecycle_answers.MAX_COMPARED", 3)
    result = call(example, "--break-even")

    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "5 pathways make 20 pairs" in said
    assert "--matrix is made for so many" in said


@pytest.mark.parametrize(
    "options",
    [
        ("--share-rule", "ft=sunk"),
        ("--map", "ft=1..4"),
        ("--error-cost", "1"),
        ("--update-every", "1e4"),
    ],
)
def test_assumptions_do_not_stand_among_measured_numbers_only(
    example: Path, options: tuple[str, str]
) -> None:
    result = call(example, "--cheapest", "--measured-only", *options)

    assert result.exit_code == 2
    assert f"{options[0]} is assumed" in result.stderr


def test_a_cost_of_errors_that_would_not_enter_is_refused(example: Path) -> None:
    result = call(example, "--cheapest", "--resource", "energy_j", "--error-cost", "0.05 EUR")

    assert result.exit_code == 2
    assert "stated in price_eur and would not enter energy_j" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "twice",
    [
        ("--share-rule", "ft=sunk", "--share-rule", "ft=whole"),
        ("--update-every", "1e4:ft", "--update-every", "1e5:ft"),
        ("--map", "ft=1..4", "--map", "ft=2,3"),
    ],
)
def test_two_words_on_one_row_are_refused(example: Path, twice: tuple[str, ...]) -> None:
    result = call(example, "--cheapest", *twice)

    assert result.exit_code == 2
    assert f"{twice[0]} names ft twice" in result.stderr


def test_the_part_that_is_told_is_the_part_that_is_charged(example: Path) -> None:
    """API has no CPU time; of three pathways over 0.8 that rest on a row each pays a third."""
    asked = (example, "--resource", "price_usd", "--cheapest", "--share-rule", "pretrain=equal")

    assert "FT, TS and TA pay 0.333 of it each" in told(call(*asked))


def test_those_left_out_of_other_costs_are_named(example: Path) -> None:
    text = told(call(example, "--cheapest"))

    assert "Left out: API, no CPU time of its development or use is known." in text
    assert "Left out of other costs: API in energy; API in FLOPs;" in text
    assert "Left out of other costs" not in told(call(example))


def test_json_states_the_terms_as_fields(example: Path) -> None:
    asked = ("--share-rule", "ft=equal:4", "--update-every", "1e4:ts", "--error-cost", "0.05 CPU s")
    terms = data(example, "--cheapest", *asked)["terms"]

    assert terms == {
        "rules": {"ft": {"rule": "equal", "amount": 4.0}},
        "error_cost": {"resource": "cpu_s", "per_error": 0.05},
        "updates": [{"every": 1e4, "row": "ts"}],
        "is_weighted": False,
        "kind": "assumed",
    }


@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_a_table_on_its_own_leaves_its_assumptions_on_stderr(example: Path, form: str) -> None:
    asked = ("--cheapest", "--table", "cheapest", "--share-rule", "ft=sunk", "--format", form)
    result = call(example, *asked)

    assert "Assumed" not in result.stdout
    assert "example: Assumed: ft is sunk: FT and TS pay nothing of it." in result.stderr


def test_csv_names_pathways_as_they_are_and_says_who_is_cheapest(example: Path) -> None:
    found = rows(example, "--at-lifetime", "1e6", "--resource", "flops", name="lifetime")

    assert {r["pathway"]: r["is_cheapest"] for r in found} == {
        "FT": "no",
        "TS": "no",
        "TA": "no",
        "TF-IDF": "yes",
    }


def test_a_change_of_the_cheapest_says_what_kind_of_number_it_is(durlich: Path) -> None:
    asked = (durlich, "--cheapest", "--resource", "energy_j")
    found = rows(*asked, name="cheapest")

    assert "published" in found[1]["from_padded_tokens_kind"]


def test_the_answer_and_the_cost_at_the_planned_volume_agree_between_updates(
    example: Path,
) -> None:
    """Just before its first update the student is ahead, though not right after one."""
    asked = ("--update-every", "7000:ts", "--volume", "6999", "--resource", "cpu_s")
    only = ("--min-score", "0.8")
    found = data(example, "--at-lifetime", "6999", "--break-even", *asked, *only)
    cheapest = [s["pathway"] for s in found["lifetime"] if s["is_cheapest"]]

    assert cheapest == ["TS"]
    assert any("At the planned 7,000 examples: TS; P(cheapest)" in line for line in found["answer"])
    assert pair(found, "TS", "FT", "cpu_s")["probability_before_planned"] > 0.95


def test_equations_fit_a_terminal_and_say_that_no_rule_is_in_them(
    example: Path, durlich: Path
) -> None:
    for store in (example, durlich):
        text = call(store, "--equations").stdout
        assert max(map(len, text.splitlines())) <= 100
    text = told(call(example, "--equations", "--resource", "cpu_s", "--share-rule", "ft=sunk"))

    assert "Every row is whole here and paid once" in text
    assert "Energy per training example" not in text


def test_the_answer_and_the_tables_follow_the_steps_of_updates(durlich: Path) -> None:
    """By hand from 1 to 2 million tokens: FT 282.2 Wh, TS 295.3 Wh, both plus use."""
    asked = (durlich, "--update-every", "1e6", "--resource", "energy_j")
    text = told(call(*asked, "--break-even", "--cheapest"))
    found = data(*asked, "--break-even", "--cheapest", "--at-lifetime", "1.3e6,1.9e6,2e6")
    (chain,) = found["cheapest"]

    assert "FT up to 2 million; TS from 2 million to 2.54 billion" in text
    assert "By the smooth line alone: from 1.19 million padded tokens on" in text
    student = pair(found, "TS", "FT", "energy_j")
    assert (student["estimate"]["value"], student["estimate"]["low"]) == (2e6, None)
    assert student["by_line"]["value"] == pytest.approx(1.193e6, rel=1e-3)
    assert [piece["low"] for piece in chain["pieces"]][:2] == [0.0, 2e6]
    cheapest = {s["volume"]: s["pathway"] for s in found["lifetime"] if s["is_cheapest"]}
    assert cheapest == {1.3e6: "FT", 1.9e6: "FT", 2e6: "TS"}


def test_an_update_that_both_pay_has_a_volume_in_every_column(durlich: Path) -> None:
    asked = (durlich, "--break-even", "--update-every", "1e8:FT/finetune")
    student = pair(data(*asked), "TS", "FT", "energy_j")

    assert student["first"] == student["for_good"] == student["estimate"]["value"]
    assert student["by_line"]["value"] == student["by_mean"]


def test_no_probability_is_printed_where_nothing_was_repeated(durlich: Path) -> None:
    asked = (durlich, "--break-even", "--cheapest", "--at-lifetime", "1e9", "--profile", "a=5")
    text = told(call(*asked, "--map", "TA/distil=1..4"))
    found = data(*asked, "--map", "TA/distil=1..4")

    assert "no probability: what is in doubt is the numbers' resolution alone" in text
    assert "> 99 %" not in text
    assert "< 1 %" not in text
    assert {s["probability"] for s in found["lifetime"]} == {None}
    assert {p["probability_before_planned"] for p in found["break_even"]} == {None}
    assert all("resolution alone" in p["why_no_probability"] for p in found["break_even"])
    assert all("resolution alone" in m["why_no_probability"] for m in found["share_map"])


def test_a_pair_has_one_probability(tmp_path: Path) -> None:
    definition, runs = example_runs()
    pathways = tuple(p for p in definition.pathways if p.name in {"FT", "TS"})
    with Store(tmp_path / "store") as store:
        store.save_study(replace(definition, pathways=pathways))
        for run in runs:
            store.append(run)
    asked = (tmp_path / "store", "--break-even", "--cheapest", "--at-lifetime", "6700")
    found = data(*asked, "--volume", "6700", "--resource", "cpu_s")
    closed = pair(found, "TS", "FT", "cpu_s")["probability_before_planned"]

    assert found["cheapest"][0]["at_planned"]["TS"] == pytest.approx(closed)
    (spent,) = [s for s in found["lifetime"] if s["pathway"] == "TS"]
    assert spent["probability"] == pytest.approx(closed)


def test_a_threshold_that_all_reach_counts_as_quality(example: Path) -> None:
    text = told(call(example, "--cheapest", "--min-score", "0.5"))

    assert "No pathway is below the score asked for, 0.5." in text
    assert "Quality does not count" not in text


def test_a_cost_of_errors_by_another_score_than_accuracy_is_doubted(
    durlich: Path, example: Path
) -> None:
    doubted = told(call(durlich, "--break-even", "--error-cost", "1 J"))

    assert "Doubtful: 1 - score is the share of wrong answers only where" in doubted
    assert "F1-weighted padded tokens" in doubted
    assert "Doubtful" not in told(call(example, "--break-even", "--error-cost", "1 CPU s"))


def test_a_threshold_that_leaves_one_pathway_says_that_there_is_no_pair(durlich: Path) -> None:
    asked = (durlich, "--break-even", "--min-score", "0.872", "--resource", "energy_j")

    assert "Only FT is left, so there is no pair to compare." in told(call(*asked))


def test_captions_name_method_and_kinds(durlich: Path) -> None:
    text = told(call(durlich, "--break-even", "--ratio", "--map", "TA/distil=1..4"))

    assert "Intervals: worst case of the numbers' resolution. Kinds: measured" in text
    assert "Kinds of the costs: measured" in text


def test_cells_without_a_word_are_null_in_json(durlich: Path) -> None:
    paid = json.loads(call(durlich, "--json").stdout)["tables"][0]["rows"]

    assert {row["unseen"] for row in paid} == {None}
