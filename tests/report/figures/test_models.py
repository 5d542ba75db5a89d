import json
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("altair")
vl_convert = pytest.importorskip("vl_convert")

from breakeven.analysis.results import PathwayResult, StudyAnalysis  # noqa: E402
from breakeven.analysis.scoring.score_results import ScoreDifference  # noqa: E402
from breakeven.records import Estimate, Kind, Origin, Resource, Score  # noqa: E402
from breakeven.report.figures import all_figures  # noqa: E402
from breakeven.report.figures.models import models_figure  # noqa: E402
from breakeven.report.models_section import models_section  # noqa: E402
from breakeven.report.models_words import finding  # noqa: E402

pytestmark = pytest.mark.report

FLOPS, SIZE = Resource.FLOPS, Resource.N_PARAMETERS


def count(value: float, kind: Kind = Kind.COUNTED) -> Estimate:
    return Estimate(
        name="made up",
        value=value,
        low=value,
        high=value,
        level=None,
        method="",
        n=1,
        kinds=(kind,),
        origins=(Origin.LIVE,),
    )


def model(pathway: PathwayResult, work: float, size: float) -> PathwayResult:
    return replace(pathway, marginal={**pathway.marginal, FLOPS: count(work), SIZE: count(size)})


@pytest.fixture
def three(analysis: StudyAnalysis) -> StudyAnalysis:
    ft, ts, tfidf, _ = analysis.pathways
    found = (model(ft, 4e9, 60e6), model(ts, 1e9, 30e6), model(tfidf, 2e3, 45e6))
    return replace(analysis, pathways=found)


def rows(analysis: StudyAnalysis, panel: str) -> list[dict[str, Any]]:
    figure = models_figure(analysis)
    assert figure is not None
    spec: Any = figure.spec
    return [row for row in spec["datasets"]["models"] if row["panel"] == panel]


def test_three_panels_hold_score_work_and_parameters(three: StudyAnalysis) -> None:
    figure = models_figure(three)
    assert figure is not None
    spec: Any = figure.spec

    heads = [row["head"] for row in spec["datasets"]["panels"]]
    assert heads == ["Accuracy, %", "FLOPs per example, GFLOP", "Parameters, millions"]
    assert [row["number"] for row in rows(three, "work")] == ["< 0.001", "1.00", "4.00"]
    assert [row["number"] for row in rows(three, "parameters")] == ["45.0", "30.0", "60.0"]


def test_the_title_says_what_the_best_score_takes(three: StudyAnalysis) -> None:
    figure = models_figure(three)

    assert figure is not None
    assert figure.title == "FT takes 4 times the FLOPs of TS for 1 point of accuracy"


def test_sizes_begin_at_zero(three: StudyAnalysis) -> None:
    heights = {row["model"]: row["floor"] - row["y"] for row in rows(three, "parameters")}

    assert heights["TS"] / heights["FT"] == pytest.approx(0.5, abs=0.001)


def test_what_nobody_counted_has_no_mark_and_the_page_says_so(three: StudyAnalysis) -> None:
    ft, ts, tfidf = three.pathways
    bare = replace(tfidf, marginal={SIZE: count(45e6)}, development={})
    found = replace(three, pathways=(ft, ts, bare))
    section = models_section(found)

    assert [row["model"] for row in rows(found, "work")] == ["TS", "FT"]
    assert section is not None
    assert section.reasons[0].startswith("The FLOPs of TF-IDF are not counted: ")


def test_assumed_numbers_are_hollow(three: StudyAnalysis) -> None:
    ft, ts, tfidf = three.pathways
    told = replace(ft, marginal={**ft.marginal, FLOPS: count(4e9, Kind.ASSUMED)})

    drawn = rows(replace(three, pathways=(told, ts, tfidf)), "work")

    assert {row["model"]: row["fill"] == "var(--surface)" for row in drawn} == {
        "TF-IDF": False,
        "TS": False,
        "FT": True,
    }


def test_one_model_alone_is_not_put_beside_any(three: StudyAnalysis) -> None:
    alone = replace(three, pathways=three.pathways[:1])

    assert models_figure(alone) is None
    assert models_section(alone) is None


def test_hostile_names_stay_text(three: StudyAnalysis) -> None:
    ft, ts, _ = three.pathways
    found = replace(three, pathways=(replace(ft, name="<b>x</b>"), ts))
    figure = models_figure(found)
    assert figure is not None

    svg = vl_convert.vegalite_to_svg(json.dumps({**figure.spec, "width": 700}))

    assert "<b>" not in svg
    assert "&lt;b&gt;x" in svg


def test_all_figures_have_names_of_their_own_and_can_be_drawn_narrow(
    three: StudyAnalysis,
) -> None:
    figures = all_figures(three)

    names = [figure.name for figure in figures]
    assert len(set(names)) == len(names)
    assert {"models", "stages", "curves-cpu_s"} <= set(names)
    assert all(figure.title and figure.description for figure in figures)
    assert all(
        vl_convert.vegalite_to_svg(json.dumps({**figure.spec, "width": 240})).startswith("<svg")
        for figure in figures
        if figure.spec.get("width") == "container"
    )


def with_perplexity(analysis: StudyAnalysis) -> StudyAnalysis:
    """The same study judged by a score that is to fall: FT 9, TS 12, TF-IDF 40."""
    values = dict(zip([p.name for p in analysis.pathways], (9.0, 12.0, 40.0), strict=True))
    score = Score(
        metric="perplexity", value=9.0, split="test", n_examples=100, higher_is_better=False
    )
    return replace(
        analysis,
        definition=replace(analysis.definition, metric="perplexity"),
        runs=tuple(replace(run, scores=(score,)) for run in analysis.runs),
        pathways=tuple(replace(p, score=count(values[p.name])) for p in analysis.pathways),
        score_differences=(),
    )


def test_where_less_is_better_the_smallest_score_is_the_best(three: StudyAnalysis) -> None:
    figure = models_figure(with_perplexity(three))
    assert figure is not None
    spec: Any = figure.spec

    assert figure.title == "FT takes 4 times the FLOPs of TS for 3 less of perplexity"
    assert spec["datasets"]["panels"][0]["head"] == "Perplexity (less is better)"


def test_a_lead_that_runs_do_not_show_is_not_told_as_one(three: StudyAnalysis) -> None:
    ft, ts, tfidf = three.pathways
    cheap = replace(three, pathways=(model(ft, 1e3, 60e6), ts, tfidf))
    unclear = ScoreDifference(
        left="TS",
        right="FT",
        estimate=count(-0.01),
        is_told_apart=False,
        is_paired=True,
        n_seeds=(1, 1),
    )
    figure = models_figure(replace(cheap, score_differences=(unclear,)))

    assert figure is not None
    assert figure.title == (
        "FT has the best accuracy, a lead the runs do not show, and takes the fewest FLOPs"
    )


def test_a_lead_counts_only_where_flops_are_counted(three: StudyAnalysis) -> None:
    ft, ts, tfidf = three.pathways
    bare = replace(tfidf, score=count(0.99), marginal={SIZE: count(45e6)}, development={})
    cheap = replace(three, pathways=(model(ft, 1e3, 60e6), ts, bare))
    level = replace(cheap, pathways=(model(ft, 1e9, 60e6), ts, bare))

    assert finding(cheap) == (
        "Of those whose FLOPs are counted, FT has the best accuracy and takes the fewest FLOPs; "
        "TF-IDF scores higher"
    )
    assert finding(level) == (
        "Of those whose FLOPs are counted, FT has the best accuracy and takes the fewest FLOPs, "
        "as few as TS; TF-IDF scores higher"
    )


def test_a_step_names_better_models_that_nobody_counted(three: StudyAnalysis) -> None:
    ft, ts, tfidf = three.pathways
    bare = replace(tfidf, score=count(0.99), marginal={SIZE: count(45e6)}, development={})
    poor = replace(bare, score=count(0.5))

    assert finding(replace(three, pathways=(ft, ts, bare))).endswith(
        "FT takes 4 times the FLOPs of TS for 1 point of accuracy; TF-IDF scores higher"
    )
    assert finding(replace(three, pathways=(ft, ts, poor))) == (
        "FT takes 4 times the FLOPs of TS for 1 point of accuracy"
    )


def test_models_of_one_score_share_the_lead(three: StudyAnalysis) -> None:
    ft, ts, _ = three.pathways
    twins = (ft, replace(ts, score=ft.score))

    assert finding(replace(three, pathways=twins)) == (
        "TS has the best accuracy, as good as FT, and takes the fewest FLOPs"
    )
