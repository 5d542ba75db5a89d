import json
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("altair")
vl_convert = pytest.importorskip("vl_convert")

from breakeven.analysis.overview import analyse  # noqa: E402
from breakeven.analysis.results import StudyAnalysis  # noqa: E402
from breakeven.analysis.scoring.score_results import SeedResult  # noqa: E402
from breakeven.records import (  # noqa: E402
    Estimate,
    Kind,
    Origin,
    PathwayDefinition,
    Resource,
    StudyDefinition,
)
from breakeven.report.figures.figure import Figure  # noqa: E402
from breakeven.report.figures.spread import MAX_POINTS, spread_figures  # noqa: E402
from breakeven.report.spread_section import spread_section  # noqa: E402
from breakeven.report.spreads import spreads  # noqa: E402
from breakeven.report.tables.spread import spread_table  # noqa: E402
from breakeven.testing.tiny import STUDY, tiny_cost, tiny_inference, tiny_run  # noqa: E402

pytestmark = pytest.mark.report

CPU = Resource.CPU_S
HOSTILE = "'];alert(1)//</script><b>"


def study(*amounts: float, name: str = "FT", kind: Kind = Kind.MEASURED) -> StudyAnalysis:
    definition = StudyDefinition(
        name=STUDY, pathways=(PathwayDefinition(name=name, row="ft"),), headline=CPU
    )
    used = [
        tiny_inference(name, {CPU: tiny_cost(CPU, amount, kind=kind)}, block=i)
        for i, amount in enumerate(amounts)
    ]
    return analyse(definition, [tiny_run("ft", {CPU: 100.0}), *used])


def named(analysis: StudyAnalysis) -> dict[str, Figure]:
    return {figure.name: figure for figure in spread_figures(analysis)}


def rows(figure: Figure, name: str) -> list[dict[str, Any]]:
    spec: Any = figure.spec
    return list(spec["datasets"][name])


NINE = (90.0, 95.0, 98.0, 99.0, 100.0, 101.0, 102.0, 110.0, 140.0)


def test_percent_of_a_long_tail_has_no_exponent() -> None:
    far = study(90.0, 100.0, 100.0, 101.0, 213.0)

    (row,) = spread_table(far).rows
    reach = row[[c.name for c in spread_table(far).columns].index("range")].text
    box = named(far)["box-cpu_s"]

    assert reach == "-10 % to +110 %"
    assert "e+0" not in f"{box.title} {box.description}"


def test_the_box_is_that_of_distances_from_the_median_and_every_run_is_on_it() -> None:
    box = named(study(*NINE))["box-cpu_s"]

    (drawn,) = rows(box, "boxes")

    assert (drawn["q1"], drawn["median"], drawn["q3"]) == (-2, 0, 2)
    assert (drawn["whisker_low"], drawn["whisker_high"]) == (-5, 2)
    assert [row["value"] for row in rows(box, "runs")] == [-10, -5, -2, -1, 0, 1, 2, 10, 40]
    assert box.title == ("CPU time per example of FT: half of 9 values lie from -2 % to +2 %")


def test_of_three_values_no_half_is_told() -> None:
    """One of three lies between their quartiles; what is told is where all three lie."""
    box = named(study(90.0, 100.0, 120.0))["box-cpu_s"]

    assert box.title == "CPU time per example of FT: 3 values lie from -10 % to +20 %"


def test_a_density_names_kernel_and_bandwidth() -> None:
    figure = named(study(*NINE))["density-cpu_s"]

    # 0.9 min(14.2, 4 / 1.34) 9**-0.2
    assert "normal kernel, bandwidth by Silverman's rule: FT 1.7 %" in figure.description
    assert figure.title == "CPU time per example: FT has the longest tail, 40 % above its median"


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("box-cpu_s", "runs"),
        ("density-cpu_s", "densities"),
        ("normal-cpu_s", "quantiles"),
    ],
)
def test_every_pathway_is_drawn_within_its_row(name: str, dataset: str) -> None:
    figure = named(study(*NINE))[name]
    spec: Any = figure.spec

    assert all(0 < row["y"] < 1 for row in rows(figure, dataset))
    assert len({row["y"] for row in rows(figure, dataset)}) > 5
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [1, 0]


def test_quantiles_have_their_line_and_the_test_of_shapiro_and_wilk() -> None:
    figure = named(study(*NINE))["normal-cpu_s"]

    assert [row["value"] for row in rows(figure, "quantiles")] == sorted(
        row["value"] for row in rows(figure, "quantiles")
    )
    assert len(rows(figure, "lines")) == 2
    assert "FT, n = 9: W = 0.7" in figure.description
    assert figure.title.startswith("CPU time per example: FT is told from a normal sample, p = 0.0")


def test_of_seven_values_no_density_is_drawn_and_the_page_says_why() -> None:
    analysis = study(*NINE[:7])
    section = spread_section(analysis)

    assert list(named(analysis)) == ["box-cpu_s", "normal-cpu_s"]
    assert section is not None
    assert section.reasons[0] == (
        "No density by CPU time per example: FT (7 values); below 8 values it would show the "
        "kernel rather than the runs."
    )


def test_of_two_values_nothing_is_drawn_and_the_page_says_why() -> None:
    analysis = study(90.0, 110.0)
    section = spread_section(analysis)

    assert spread_figures(analysis) == ()
    assert section is not None
    assert section.reasons[0] == (
        "Not drawn by CPU time per example: FT (2 values); a box needs 3 values, which 3 blocks "
        "or seeds give."
    )


def test_of_equal_values_nothing_is_drawn_and_the_page_says_why() -> None:
    section = spread_section(study(5.0, 5.0, 5.0))

    assert section is not None
    assert section.figures == ()
    assert section.reasons[0] == (
        "Not drawn by CPU time per example: every run of FT gave the same."
    )


def test_without_any_use_there_is_no_section() -> None:
    assert spread_section(study()) is None


def seeds(analysis: StudyAnalysis, *scores: float) -> StudyAnalysis:
    found = tuple(
        SeedResult(
            repeat=i,
            score=Estimate(
                name="accuracy",
                value=score,
                low=None,
                high=None,
                level=None,
                method="",
                n=100,
                kinds=(Kind.COUNTED,),
                origins=(Origin.LIVE,),
            ),
            marginal={},
            training={},
        )
        for i, score in enumerate(scores)
    )
    (pathway,) = analysis.pathways
    return replace(analysis, pathways=(replace(pathway, seeds=found),))


def test_scores_of_three_seeds_are_drawn_as_they_are() -> None:
    found = named(seeds(study(5.0), 0.80, 0.84, 0.82))

    (drawn,) = rows(found["box-score"], "boxes")
    assert (drawn["q1"], drawn["median"], drawn["q3"]) == (81, 82, 83)
    assert "FT, n = 3: median 82 %" in found["box-score"].description


def test_scores_of_two_seeds_are_not() -> None:
    section = spread_section(seeds(study(*NINE), 0.80, 0.84))

    assert section is not None
    assert all("score" not in figure.name for figure in section.figures)
    assert any("FT (2 values)" in reason for reason in section.reasons)


def test_modelled_values_say_so_in_every_title() -> None:
    found = named(study(*NINE, kind=Kind.MODELLED))

    assert all("(modelled)" in figure.title for figure in found.values())


def test_of_very_many_runs_some_are_drawn_and_the_extremes_among_them() -> None:
    amounts = [100.0 + (i * 37 % 101) / 10 for i in range(400)]
    analysis = study(*amounts)
    box = named(analysis)["box-cpu_s"]
    drawn = [row["value"] for row in rows(box, "runs")]
    (own,) = spreads(analysis)[0].drawn.values()

    assert len(drawn) <= MAX_POINTS
    assert (min(drawn), max(drawn)) == pytest.approx((min(own), max(own)), rel=1e-5)
    section = spread_section(analysis)
    assert section is not None
    assert f"Of FT only some {MAX_POINTS} runs are drawn as points." in section.reasons


def test_hostile_names_stand_on_the_axis_as_text() -> None:
    figure = named(study(*NINE, name=HOSTILE))["box-cpu_s"]

    svg = vl_convert.vegalite_to_svg(json.dumps({**figure.spec, "width": 700}))

    assert "<b>" not in svg
    assert "alert(1)" in svg  # drawn, cut off where the axis ends


def test_the_table_holds_what_is_drawn() -> None:
    (row,) = spread_table(study(*NINE)).rows
    text = {
        c.name: cell.text for c, cell in zip(spread_table(study(*NINE)).columns, row, strict=True)
    }

    assert (text["median"], text["quartiles"], text["n"]) == ("1.67 CPU min", "-2 % to +2 %", "9")
    assert text["range"] == "-10 % to +40 %"
    assert text["kinds"] == "measured"
