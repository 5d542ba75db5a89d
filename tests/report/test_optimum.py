"""What a search for the cheapest inference found, on the page, in tables and in the terminal."""

from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import (
    Forecast,
    Optimum,
    PathwayDefinition,
    Resource,
    Run,
    Settings,
    Stage,
    StudyDefinition,
)
from breakeven.report import summary, tables
from breakeven.report.optimum import optimum_answer
from breakeven.report.optimum_text import optimum_lines
from breakeven.report.optimum_words import (
    leads,
    reasons_of,
    search_sentences,
    unfinished_words,
)
from breakeven.report.signs import EN_DASH, NBSP, TIMES
from breakeven.testing.certificates import example_certificate, example_optimum, paired
from breakeven.testing.tiny import STUDY, tiny_run

FOUND = example_optimum()
REFUSED = example_optimum(example_certificate(answers=paired(14, 8, n=872)))
NOTHING = replace(FOUND, chosen=FOUND.reference, certificate=None, repaid=None, repaid_sentence="")
UNCERTIFIED = replace(FOUND, certificate=None, doubts=("no certificate: one source only",))
UNFINISHED = (
    "A search for the cheapest inference of this study did not end: 1 configuration measured on up "
    "to 64 of 300 validation examples, nothing chosen and nothing certified. The same `breakeven "
    "optimize` command goes on from here."
)


def fact(found: Optimum, name: str) -> tuple[str, str]:
    told = next(each for each in optimum_answer(found).facts if each.name == name)
    return told.text.replace(NBSP, " "), told.detail


def searched(optimum: Optimum | None = FOUND, *, role: str = "search") -> StudyAnalysis:
    """A study of one trained model, of whose inference a search ran one row."""
    definition = StudyDefinition(
        name=STUDY,
        pathways=(PathwayDefinition(name="FT", row="ft"),),
        facts={"n_validation": 300},
    )
    trained = tiny_run("ft", {Resource.CPU_S: 4.0})
    row = replace(
        tiny_run("FT/r1", {Resource.CPU_S: 1.0}),
        run_id="r1",
        stage=Stage.INFER,
        parents=(trained.run_id,),
        settings=Settings(resolved={"role": role, "split": "validation", "n_examples": 64}),
    )
    return replace(analyse(definition, [trained, row]), optimum=optimum)


def rows_of(found: Optimum, name: str = "optimum") -> dict[str, tuple[str, object]]:
    table = tables(searched(found))[name]
    return {row[0].text: (row[1].text.replace(NBSP, " "), row[1].value) for row in table.rows}


def test_a_granted_certificate_leads_with_its_bounds() -> None:
    told = optimum_answer(FOUND)
    assert (told.title, told.verdict) == ("int8/batch_size=64", "granted")
    assert told.lead.startswith("int8 takes at least 1.96 times less CPU time per example than FT")
    assert fact(FOUND, "saving")[0] == f"2.05{TIMES} (at least 1.96{TIMES})"
    assert fact(FOUND, "loss") == (
        "0 points (at most 0.3 points)",
        "on 1,000 test examples; 1 point may be lost",
    )
    assert fact(FOUND, "margin") == (
        "0.3 points (and above)",
        "as many other examples would rule out 0.3 points in 80 % of cases if nothing is lost",
    )


def test_one_that_is_not_shown_says_how_many_more_examples() -> None:
    told = optimum_answer(REFUSED)
    assert told.verdict == "not shown"
    assert "about 16,000 more examples would show it" in told.lead
    margin, more = fact(REFUSED, "margin")
    assert margin == "1.69 points (and above)"
    assert more.startswith("About 16,000 more examples would show the margin in 80 % of cases if")


def test_numbers_of_the_search_are_marked_where_nothing_is_certified() -> None:
    told = optimum_answer(UNCERTIFIED)
    assert told.verdict == "no certificate"
    assert "flatter what they chose" in next(f.label for f in told.facts if f.name == "saving")
    assert told.label == "Cheapest inference seen, not certified"
    assert told.lead == "one source only; nothing is shown of what it saves and loses."
    assert "P(its certificate would be granted) 99" in fact(UNCERTIFIED, "loss")[1]


def test_where_nothing_is_cheaper_the_reference_is_kept() -> None:
    told = optimum_answer(NOTHING)
    assert (told.label, told.title) == ("Cheapest inference", "Nothing cheaper than FT was found")
    assert (told.chosen, told.verdict) == ("FT", "nothing cheaper")
    assert [each.name for each in told.facts] == ["spent"]


@pytest.mark.parametrize(
    ("factor", "against"),
    [(0.54, "takes 1.85 times as much CPU time as FT"), (1.02, "takes 1.02 times less CPU time")],
)
def test_why_nothing_is_cheaper_is_told_by_what_came_nearest(factor: float, against: str) -> None:
    other = replace(FOUND.front[1], factor=replace(FOUND.front[1].factor, value=factor))
    lead = optimum_answer(replace(NOTHING, front=(other, FOUND.reference))).lead
    assert lead.startswith(
        "Keep FT: of those that stayed to the end none saves as much as was asked. The cheapest of "
        f"them, int8, {against}"
    )


def test_where_no_other_stayed_or_was_measured_that_is_why() -> None:
    alone = replace(NOTHING, front=(FOUND.reference,))
    assert "of 3 configurations measured none of the others stayed" in optimum_answer(alone).lead
    lead = optimum_answer(replace(alone, n_measured=1)).lead
    assert lead == "Keep FT: no other configuration was measured."


def test_a_doubt_is_a_sentence_of_the_first_screen() -> None:
    told = optimum_answer(replace(FOUND, doubts=(*FOUND.doubts, "the test split has 40 examples")))
    assert told.doubts == ("The test split has 40 examples.",)
    assert not set(told.doubts) & set(told.sentences)


def test_the_search_says_what_it_cost_and_when_that_is_repaid() -> None:
    assert fact(FOUND, "spent") == ("2.00 min", "CPU time; 3 of 4 configurations measured")
    assert fact(FOUND, "repaid") == (f"58,000 (55,000{EN_DASH}61,000)", "examples")
    took, foretold, repaid = search_sentences(FOUND)
    assert "3 of 4 configurations measured in 2 rounds" in took
    assert foretold == (
        "Costs were foretold (modelled) from 3 configurations by length, precision: off by 11% for "
        "each of these, foretold by the others."
    )
    assert repaid.startswith("Search and certificate included, int8/batch_size=64 has cost less")
    alone = search_sentences(replace(FOUND, certificate=None))[2]
    assert alone.startswith("Search included, and by its own blocks alone, int8/batch_size=64 has")


def test_a_forecast_says_where_it_was_off_and_where_length_is_no_line() -> None:
    told = Forecast(
        terms=("length",), n=5, error_frac=0.2, n_checked=4, checked_frac=0.3, is_length_plain=False
    )
    assert search_sentences(replace(FOUND, forecast=told))[1] == (
        "Costs were foretold (modelled) from 5 configurations by length: off by 20% for each of "
        "these, foretold by the others, and by 30% for 4 that were measured afterwards. It does "
        "not follow a line in the length."
    )


def test_each_reason_of_a_failure_is_told_once_with_its_number() -> None:
    found = replace(FOUND, failed={"a": "ft-x: gone", "b": "ft-x: gone", "c": "ft-y: slow"})
    assert reasons_of(found) == {"ft-x: gone": 2, "ft-y: slow": 1}
    assert rows_of(found, "optimum_failed")["b"] == ("ft-x: gone", "ft-x: gone")


def test_the_table_holds_every_number_with_interval_and_kind() -> None:
    rows = rows_of(FOUND)
    assert rows["configuration"][0] == "int8/batch_size=64"
    assert rows["certificate"] == ("granted", "granted")
    assert rows["smallest margin shown"][1] == pytest.approx(0.003, abs=1e-4)
    assert rows["about so many more examples"] == ("0", 0)
    found = {row[0].text: row[1] for row in tables(searched(FOUND))["optimum"].rows}
    margin = found["margin that so many examples show"]
    assert [badge.name for badge in margin.badges] == ["modelled"]
    csv = tables(searched())["optimum"].to_csv().splitlines()
    saving = next(line for line in csv if line.startswith("times cheaper,"))
    assert saving.split(",")[1:5] == ["2.04764", "1.96888", "", "measured"]
    loss = next(line for line in csv if line.startswith("loss of accuracy,"))
    assert loss.split(",")[1:5] == ["0", "", "0.00299125", "counted"]


def test_no_number_of_examples_is_said_in_words() -> None:
    worse = example_optimum(example_certificate(answers=paired(50, 0, n=872)))
    assert rows_of(worse)["about so many more examples"] == ("no number would do", None)


def test_the_front_is_whole_and_nothing_is_compared_with_itself() -> None:
    table = tables(searched())["optimum_front"]
    assert [(row[0].text, row[1].text) for row in table.rows] == [
        ("int8/batch_size=64", "chosen"),
        ("int8", "\N{EM DASH}"),
        ("FT", "reference"),
    ]
    chosen, _, reference = table.rows
    assert chosen[2].text.replace(NBSP, " ") == f"2.06 {TIMES} (1.96{EN_DASH}2.16)"
    assert chosen[3].text.replace(NBSP, " ") == "-0.1 points (-0.5 to 0.3)"
    assert [cell.text for cell in reference[2:4]] == ["\N{EM DASH}"] * 2
    assert (chosen[5].text.replace(NBSP, " "), reference[5].value) == ("99 %", None)
    assert (chosen[4].text.replace(NBSP, " "), chosen[4].value) == ("97 %", 0.97)


def test_the_terminal_tells_the_search_in_place_of_pathways_not_measured() -> None:
    told = summary(searched())
    assert told.startswith("Cheapest inference found: int8/batch_size=64\nGranted: int8 takes")
    assert "not measured" not in told
    assert "P(on the front)  P(certified)" in told
    assert "Could not be run: ft-fp16: fp16 is 14 times slower" in told


def test_the_terminal_writes_the_front_as_the_report_does() -> None:
    table = next(line for line in optimum_lines(FOUND) if "\n" in line)
    assert any("saw it, on 3 validation examples: these" in line for line in optimum_lines(FOUND))
    chosen, _, reference = table.splitlines()[2:]
    assert " ".join(chosen.split()) == (
        "int8/batch_size=64 chosen 2.06 x (1.96-2.16) -0.1 points (-0.5 to 0.3) 97 % 99 %"
    )
    assert " ".join(reference.split()) == "FT reference - - 2 % -"


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (NOTHING, "Nothing cheaper than FT was found."),
        (REFUSED, "Cheapest inference seen, not certified: int8/batch_size=64"),
    ],
)
def test_the_first_line_claims_no_more_than_the_verdict(found: Optimum, line: str) -> None:
    assert next(optimum_lines(found)) == line


def test_a_search_that_did_not_end_says_so_and_nothing_else_of_itself() -> None:
    told = summary(searched(None)).replace("\n  ", " ")
    assert told.startswith(UNFINISHED)
    assert "not measured" not in told
    assert "optimum" not in tables(searched(None))


def test_a_configuration_of_several_rounds_is_one() -> None:
    found = searched(None)
    row = found.runs[-1]
    rounds = [
        replace(row, row=f"FT/r{n},max_length=32", settings=asked(row, n_examples=64 * n))
        for n in (1, 2)
    ]
    told = unfinished_words(replace(found, runs=tuple(rounds)))
    assert "1 configuration measured on up to 128 of 300 validation examples" in told


def asked(run: Run, *, n_examples: int) -> Settings:
    return Settings(resolved={**run.settings.resolved, "n_examples": n_examples})


def test_a_search_of_a_model_that_measured_nothing_yet_is_known_by_its_study() -> None:
    found = searched(None, role="sweep")
    assert unfinished_words(found) == ""
    begun = replace(found, definition=replace(found.definition, source="# breakeven optimize\n"))
    assert "did not end: 0 configurations measured, nothing chosen" in unfinished_words(begun)


def test_rows_of_a_search_are_no_configurations_of_the_sweep() -> None:
    assert searched().sweep == ()
    assert [c.label for c in searched(role="sweep").sweep] == ["r1"]


def test_a_study_without_a_search_is_told_as_before(analysis: StudyAnalysis) -> None:
    assert not leads(analysis)
    assert not leads(replace(analysis, optimum=FOUND))  # pathways were compared besides
    assert summary(analysis).startswith("Pathway")
    assert "optimum" not in tables(analysis)


@pytest.mark.report
def test_the_page_leads_with_the_search_and_shows_no_empty_comparison() -> None:
    from breakeven.report import build_report  # noqa: PLC0415 - needs the extra

    page = build_report(searched(), generated_at="now", vega="")
    assert '<span id="optimum-choice">int8/batch_size=64</span>' in page
    assert 'class="verdict verdict-granted">granted' in page
    assert 'id="optimum-saving"' in page
    assert ">P(certified)" in page
    assert 'id="table-optimum-front"' in page
    assert "fp16 is 14 times slower than fp32" in page
    assert 'id="pathways"' not in page


@pytest.mark.report
def test_beside_compared_pathways_the_search_is_a_section(analysis: StudyAnalysis) -> None:
    from breakeven.report import build_report  # noqa: PLC0415 - needs the extra

    page = build_report(replace(analysis, optimum=REFUSED), generated_at="now", vega="")
    assert '<section id="optimum"' in page
    assert '<h2 id="h-optimum">' in page
    assert 'id="pathways"' in page
    assert 'href="#optimum"' in page


@pytest.mark.report
def test_the_page_of_a_search_that_did_not_end_says_how_to_go_on() -> None:
    from breakeven.report import build_report  # noqa: PLC0415 - needs the extra

    page = build_report(searched(None), generated_at="now", vega="")
    assert "The search did not end" in page
    assert "The same `breakeven optimize` command goes on from here" in page
    assert "<title>The search did not end" in page


@pytest.mark.report
def test_beside_compared_pathways_a_search_that_did_not_end_says_so(
    analysis: StudyAnalysis,
) -> None:
    from breakeven.report import build_report  # noqa: PLC0415 - needs the extra

    runs = (*analysis.runs, *searched(None).runs)
    page = build_report(replace(analysis, runs=runs), generated_at="now", vega="")
    assert '<h2 id="h-optimum">The search did not end</h2>' in page
    assert 'href="#optimum"' in page
