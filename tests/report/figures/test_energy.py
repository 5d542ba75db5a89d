import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("altair")
vl_convert = pytest.importorskip("vl_convert")

from breakeven.analysis.overview import analyse  # noqa: E402
from breakeven.analysis.results import StudyAnalysis  # noqa: E402
from breakeven.records import (  # noqa: E402
    Kind,
    Note,
    NoteCode,
    PathwayDefinition,
    Resource,
    Run,
    Settings,
    Stage,
    StudyDefinition,
    Volume,
)
from breakeven.report.energy_section import energy_section  # noqa: E402
from breakeven.report.figures.figure import Figure  # noqa: E402
from breakeven.report.growth import against_time, against_work  # noqa: E402
from breakeven.testing.tiny import STUDY, tiny_cost, tiny_inference, tiny_run  # noqa: E402

pytestmark = pytest.mark.report

CPU, ENERGY = Resource.CPU_S, Resource.ENERGY_J
DEFINITION = StudyDefinition(
    name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft-0"),), headline=CPU
)
HOSTILE = "</script><b>bert</b>"


def training(  # noqa: PLR0913 - what tests tell apart
    i: int,
    n_tokens: int,
    costs: Mapping[Resource, float],
    *,
    stage: Stage = Stage.FINETUNE,
    model: str = "bert",
    kind: Kind = Kind.MEASURED,
) -> Run:
    made = [tiny_cost(resource, amount, kind=kind) for resource, amount in costs.items()]
    run = tiny_run(f"ft-{i}", {cost.resource: cost for cost in made}, stage=stage)
    return replace(
        run,
        output=Volume(n_padded_tokens=n_tokens, n_real_tokens=n_tokens),
        settings=Settings(resolved={"model": model}),
    )


def study(runs: Sequence[Run], **progress: Sequence[Mapping[str, float]]) -> StudyAnalysis:
    analysis = analyse(DEFINITION, [*runs, tiny_inference("FT", {CPU: 1.0})])
    return replace(analysis, progress={name.replace("_", "-"): p for name, p in progress.items()})


def figures_of(analysis: StudyAnalysis) -> tuple[Figure, ...]:
    section = energy_section(analysis)
    assert section is not None
    return section.figures


def rows(figure: Figure, name: str) -> list[dict[str, Any]]:
    spec: Any = figure.spec
    return list(spec["datasets"][name])


# 1 J per 1,000 tokens to the power 2, but for two points that keep the line from being exact
SQUARE = [
    training(i, n, {ENERGY: n**2 * 1e-6 * factor, CPU: 3.0})
    for i, (n, factor) in enumerate([(1000, 1.0), (2000, 1.1), (4000, 1 / 1.1), (8000, 1.0)])
]


def test_the_title_tells_the_power_law_and_how_well_it_fits() -> None:
    (figure, *_) = figures_of(study(SQUARE))

    # through log10 tokens 3, 3.3, 3.6, 3.9: the line that numpy.polyfit gives
    assert figure.title == ("Energy grows with tokens to the power 1.97 (1.72\u20132.22), R2 0.998")


def test_pre_training_bears_another_mark_than_fine_tuning() -> None:
    runs = [*SQUARE, training(9, 100_000, {ENERGY: 10.0, CPU: 1.0}, stage=Stage.PRETRAIN)]

    (figure, *_) = figures_of(study(runs))

    spec: Any = figure.spec
    (marks,) = (layer for layer in spec["layer"] if layer["mark"]["type"] == "point")
    shapes = marks["encoding"]["shape"]["scale"]
    assert shapes["domain"] == ["finetune", "pretrain"]
    assert len(set(shapes["range"])) == 2


def test_models_have_lines_of_their_own() -> None:
    other = [
        training(10 + i, n, {ENERGY: n * 1e-3, CPU: 1.0}, model="distilbert")
        for i, n in enumerate((1000, 2000, 8000))
    ]

    found = against_work(study([*SQUARE, *other]))

    assert found is not None
    assert [group.group[0] for group in found.groups] == ["bert", "distilbert"]
    assert [round(g.line.slope.value) for g in found.groups if g.line] == [2, 1]


def test_inference_is_no_point() -> None:
    found = against_work(study(SQUARE))

    assert found is not None
    assert {point.stage for point in found.points.points} == {"finetune"}


def test_without_energy_the_cost_in_its_place_bears_its_own_name_and_the_page_says_why() -> None:
    runs = [training(i, n, {CPU: n * 1e-3}) for i, n in enumerate((1000, 2000, 8000))]
    analysis = study(runs)
    section = energy_section(analysis)

    (figure,) = figures_of(analysis)

    assert figure.title.startswith("CPU time grows with tokens to the power 1.00")
    assert "nergy" not in figure.description
    assert section is not None
    assert section.title == "CPU time against tokens and time"
    assert section.reasons[0].startswith("Energy is not measured, so it is not drawn: ")


def test_modelled_energy_is_hollow_and_says_so() -> None:
    runs = [
        training(i, n, {ENERGY: n * 1e-3, CPU: 1.0}, kind=Kind.MODELLED)
        for i, n in enumerate((1000, 2000, 8000))
    ]

    (figure, *_) = figures_of(study(runs))

    assert figure.title.startswith("Energy (modelled) grows")
    assert len(rows(figure, "modelled")) == 3
    spec: Any = figure.spec
    assert "runs" not in spec["datasets"]


def test_when_only_measured_numbers_are_asked_for_modelled_energy_is_not_drawn() -> None:
    modelled = tiny_cost(ENERGY, 5.0, kind=Kind.MODELLED)
    runs = [
        replace(run, phases=(*run.phases, *tiny_run("x", {ENERGY: modelled}).phases))
        for run in (training(i, n, {CPU: n * 1e-3}) for i, n in enumerate((1000, 2000, 8000)))
    ]
    note = Note(code=NoteCode.MEASURED_ONLY, message="as asked", advice="")

    (figure,) = figures_of(replace(study(runs), notes=(note,)))

    assert figure.title.startswith("CPU time grows")


def test_an_exponent_that_may_be_nothing_is_not_told_as_one() -> None:
    runs = [training(i, n, {CPU: s}) for i, (n, s) in enumerate([(1000, 5), (2000, 1), (8000, 4)])]

    (figure,) = figures_of(study(runs))

    assert figure.title.startswith("How CPU time grows with tokens is not shown: to the power -")


def test_a_line_whose_exponent_may_be_nothing_is_not_drawn() -> None:
    runs = [training(i, n, {CPU: s}) for i, (n, s) in enumerate([(1000, 5), (2000, 1), (8000, 4)])]
    section = energy_section(study(runs))
    assert section is not None

    (figure,) = section.figures

    spec: Any = figure.spec
    assert "lines" not in spec["datasets"]
    assert "line" not in figure.description
    assert "Lines are" not in section.intro
    assert "Lines are" in getattr(energy_section(study(SQUARE)), "intro", "")


def test_a_line_that_one_run_holds_says_so() -> None:
    near = [training(i, 8000, {CPU: 8 + 0.01 * i}) for i in range(4)]

    (figure,) = figures_of(study([*near, training(9, 1000, {CPU: 1.0})]))

    assert figure.title.endswith(", held by a single run")


def test_two_points_have_no_line_and_the_page_says_so() -> None:
    analysis = study([training(i, n, {CPU: 1.0 + i}) for i, n in enumerate((1000, 2000))])
    section = energy_section(analysis)

    (figure,) = figures_of(analysis)

    assert figure.title == "CPU time against tokens: too few runs, or too much alike, for a line"
    assert section is not None
    assert "No line for all: it needs three runs at two different places." in section.reasons


HALF_HOUR = [{"elapsed_s": t, "cpu_s": 0.5 * t} for t in (1.0, 600.0, 1800.0, 3600.0)]


def test_the_first_half_hour_is_followed_and_no_more() -> None:
    found = against_time(study([training(0, 1000, {CPU: 1800.0})], ft_0=HALF_HOUR))

    assert found is not None
    assert [point.x for point in found.points.points] == [1.0, 600.0, 1800.0]


def test_cpu_seconds_a_second_are_told_as_processors() -> None:
    analysis = study([training(0, 1000, {CPU: 1800.0})], ft_0=HALF_HOUR)

    figure = figures_of(analysis)[-1]

    assert figure.title == (
        "CPU time within the first 30 minutes of training: 0.50 processors busy"
    )


def test_joules_a_second_are_told_as_watts() -> None:
    told = [{"elapsed_s": t, "energy_j": 40.0 * t} for t in (1.0, 10.0, 100.0)]

    figure = figures_of(study([training(0, 1000, {ENERGY: 4e3})], ft_0=told))[-1]

    assert figure.title == "Energy within the first 30 minutes of training: 40 W"


def test_of_many_moments_some_are_drawn_the_last_among_them() -> None:
    told = [{"elapsed_s": float(t), "cpu_s": float(t)} for t in range(1, 301)]

    figure = figures_of(study([training(0, 1000, {CPU: 300.0})], ft_0=told))[-1]

    drawn = [row["x"] for row in rows(figure, "moments")]
    assert len(drawn) <= 40
    assert drawn == sorted(drawn)
    assert drawn[-1] == 300
    assert [row["x"] for row in rows(figure, "runs")] == [300]


def test_without_notes_of_the_way_the_page_says_so() -> None:
    section = energy_section(study(SQUARE))

    assert section is not None
    assert section.reasons[-1] == (
        "Nothing is drawn against time: no training of this study kept notes of what it consumed "
        "on the way."
    )


def test_without_tokens_nothing_is_drawn_and_the_page_says_so() -> None:
    section = energy_section(study([tiny_run("ft-0", {CPU: 3.0})]))

    assert section is not None
    assert section.figures == ()
    assert "no training here counted the tokens it saw" in section.reasons[1]


def test_without_training_there_is_no_section() -> None:
    assert energy_section(study([])) is None


def test_hostile_names_of_models_stay_text() -> None:
    runs = [
        training(i, n, {CPU: n * 1e-3}, model=HOSTILE if i % 2 else "bert")
        for i, n in enumerate((1000, 2000, 4000, 8000, 9000, 9500))
    ]

    (figure,) = figures_of(study(runs))

    svg = vl_convert.vegalite_to_svg(json.dumps({**figure.spec, "width": 700}))
    assert "<b>" not in svg
    assert "&lt;/script&gt;&lt;b&gt;bert" in svg
