"""The vectors are what Python decides today, and what the whole analysis would conclude."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.analysis.deciding.cases import study, unlike

from breakeven.analysis.asked import Questions
from breakeven.analysis.deciding import Settings, decide, decision_plain, settings_from
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis, Verdict
from breakeven.records import Resource
from breakeven.store import Store, StoredAnswers
from tools.vectors import CORNERS_FILE, FOLDER, SST2, STUDIES, texts

OBSERVED = {resource.value for resource in Resource}


def kept(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def cases(name: str) -> list[dict[str, Any]]:
    found = kept(name)
    entries = found["studies"] if name == CORNERS_FILE else [found]
    return [case for entry in entries for case in entry["cases"]]


def test_the_files_of_vectors_are_not_stale() -> None:
    written = texts()

    stale = {
        name: lines[:3]
        for name, text in written.items()
        if (lines := unlike(kept(name), json.loads(text)))
    }

    assert stale == {}, "rewrite them with: python -m tools.vectors"
    assert sorted(written) == sorted(path.name for path in FOLDER.glob("*.json"))


@pytest.mark.parametrize("name", STUDIES)
def test_every_study_has_at_least_twenty_random_settings_and_every_measure(name: str) -> None:
    found = cases(name)
    _, _, ground = study(name)

    assert len(found) >= 20
    assert {case["settings"]["measure"] for case in found} == {
        measure["key"] for measure in _measures(name)
    }
    assert {case["settings"]["volume"] for case in found} >= {1.0, 1e15}
    shared = [n for case in found for n in case["settings"]["tasks"].values()]
    assert {1, 1000} <= set(shared)
    assert ground.rows


def _measures(name: str) -> list[dict[str, Any]]:
    from breakeven.analysis.deciding import decision_data  # noqa: PLC0415 - used here alone

    found: Any = decision_data(study(name)[2])["measures"]
    return list(found)


def test_every_verdict_and_every_ground_of_a_probability_occurs() -> None:
    every = [case["decision"] for name in (*STUDIES, CORNERS_FILE) for case in cases(name)]
    verdicts = {found["verdict"] for each in every for found in each["break_evens"]}

    assert verdicts == {verdict.value for verdict in Verdict}
    assert {each["rests_on"] for each in every} == {"scatter", "resolution", "exact numbers", None}
    assert None in {each["pathway"] for each in every}
    assert {"by resolution"} < {each["probability_words"] for each in every}


def expressible(name: str) -> list[dict[str, Any]]:
    """Cases that a study file and the options of a report can ask for."""
    return [
        case
        for case in cases(name)
        if case["settings"]["measure"] in OBSERVED
        and not (case["settings"]["measure"] == "energy_j" and case["settings"]["pue"] != 1)
    ]


def whole(name: str, asked: Settings) -> StudyAnalysis:
    """The full analysis of the study under these settings."""
    definition, runs, _ = study(name)
    changed = replace(definition, headline=Resource(asked.measure), planned_volume=asked.volume)
    questions = Questions(min_score=asked.min_score, shares=asked.tasks)
    if name != "controls-sst2.json":
        return analyse(changed, runs, asked=questions)
    with Store(SST2, create=False) as store:
        answers = StoredAnswers(store, study=definition.name)
        return analyse(changed, runs, asked=questions, answers=answers)


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_the_full_analysis_concludes_what_the_vectors_say(name: str) -> None:
    found = expressible(name)
    assert len(found) >= 12

    for case in found:
        asked = settings_from(case["settings"])
        analysis = whole(name, asked)
        assert analysis.decision is not None
        told = decision_plain(analysis.decision)
        assert analysis.decision.recommendation == analysis.recommendation
        assert unlike(told, case["decision"]) == []


def test_one_case_of_each_study_is_what_the_full_analysis_concludes() -> None:
    for name in STUDIES:
        case = expressible(name)[-1]
        analysis = whole(name, settings_from(case["settings"]))
        assert analysis.decision is not None
        assert unlike(decision_plain(analysis.decision), case["decision"]) == []


def test_a_changed_number_is_noticed() -> None:
    (case, *_) = cases("controls-example.json")
    wrong = json.loads(json.dumps(case["decision"]))
    wrong["volume"] *= 1 + 1e-6

    assert unlike(wrong, case["decision"]) != []


def test_a_decision_is_the_same_from_settings_that_crossed_json() -> None:
    _, _, ground = study("controls-example.json")
    case = cases("controls-example.json")[3]

    assert (
        unlike(decision_plain(decide(ground, settings_from(case["settings"]))), case["decision"])
        == []
    )
