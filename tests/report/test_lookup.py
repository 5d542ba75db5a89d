from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Estimate, Note, NoteCode, Resource
from breakeven.report import lookup


def test_the_headline_comes_first_among_the_measures(analysis: StudyAnalysis) -> None:
    assert lookup.compared(analysis) == (Resource.CPU_S, Resource.FLOPS, Resource.DURATION_S)


def test_the_cheapest_to_build_is_the_baseline(analysis: StudyAnalysis) -> None:
    found = lookup.baseline(analysis)

    assert found is not None
    assert found.name == "TF-IDF"


def test_without_pathways_there_is_no_baseline(analysis: StudyAnalysis) -> None:
    assert lookup.baseline(replace(analysis, pathways=())) is None


def test_a_missing_price_was_not_stated(analysis: StudyAnalysis) -> None:
    assert lookup.absence(analysis, Resource.PRICE_EUR) == (
        "not stated",
        "no price was stated in the study file",
    )


def test_what_was_left_out_when_asked_is_not_measured(analysis: StudyAnalysis) -> None:
    note = Note(code=NoteCode.MEASURED_ONLY, message="m", advice="a")
    shown = replace(analysis, notes=(note,))
    (api,) = [p for p in analysis.pathways if p.name == "API"]

    assert lookup.absence(analysis, Resource.CPU_S, pathway=api)[0] == "not stated"
    assert lookup.absence(shown, Resource.CPU_S, pathway=api) == (
        "not measured",
        "modelled, assumed and replayed numbers are left out, as asked",
    )
    assert lookup.absence(shown, Resource.PRICE_EUR)[0] == "not measured"
    assert "only measured and counted numbers" in " ".join(lookup.undrawn(shown))


def test_without_a_note_the_doctor_is_recommended_for_energy(analysis: StudyAnalysis) -> None:
    text, why = lookup.absence(replace(analysis, notes=()), Resource.ENERGY_J)

    assert text == "not measured"
    assert "breakeven doctor" in why


def test_other_measures_say_plainly_that_nothing_observed_them(analysis: StudyAnalysis) -> None:
    assert lookup.absence(analysis, Resource.N_PARAMETERS)[1] == "nothing here observed parameters"


def test_an_unknown_pathway_is_none(analysis: StudyAnalysis) -> None:
    assert lookup.pathway_named(analysis, "nobody") is None


def test_a_pathway_that_costs_nothing_to_build_is_the_cheapest(analysis: StudyAnalysis) -> None:
    free = replace(analysis.pathways[0].development[Resource.CPU_S], value=0.0)
    bought = replace(analysis.pathways[3], development={Resource.CPU_S: free})

    found = lookup.baseline(replace(analysis, pathways=(*analysis.pathways[:3], bought)))

    assert found is bought


def test_carbon_is_not_computed_and_the_reason_says_how_it_can_be(analysis: StudyAnalysis) -> None:
    text, why = lookup.absence(analysis, Resource.CARBON_KGCO2E)

    assert text == "not computed"
    assert "`breakeven impact STORE --grid CODE`" in why


def test_a_pathway_known_only_by_statements_is_left_out_of_figures_for_that(
    analysis: StudyAnalysis,
) -> None:
    assert lookup.undrawn(analysis) == [
        "Not drawn by CPU time and FLOPs: API; only what was stated is known."
    ]
    assert lookup.unseen(analysis, Resource.FLOPS) == ""


def test_a_pathway_without_flops_is_left_out_for_want_of_a_formula(
    analysis: StudyAnalysis,
) -> None:
    *neural, plain, bought = analysis.pathways
    own: dict[Resource, Estimate] = dict(plain.development)
    del own[Resource.FLOPS]
    bare = replace(analysis, pathways=(*neural, replace(plain, development=own), bought))

    assert lookup.undrawn(bare)[1] == (
        "Not drawn by FLOPs: TF-IDF and API; they are counted by closed form, for transformers "
        "only."
    )
    assert lookup.unseen(bare, Resource.FLOPS) == "; not known for TF-IDF"


def test_a_pathway_without_a_score_is_named_beside_the_planes(analysis: StudyAnalysis) -> None:
    first = replace(analysis.pathways[0], score=None)
    found = lookup.unplotted(replace(analysis, pathways=(first, *analysis.pathways[1:])))

    assert found[0] == "Not drawn for want of a score: FT and API."
