"""What is said to change the answer does change it when a reader tries."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.analysis.deciding.cases import study
from tests.analysis.deciding.test_vectors import cases

from breakeven.analysis.deciding import Ground, Settings, decide, ground_of, settings_from
from breakeven.analysis.deciding.changes import MOST, NOTHING_CHANGES
from breakeven.analysis.words import resource_words
from breakeven.records import PathwayDefinition, Resource, StudyDefinition
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score
from tools.vector_corners import CORNERS, corner
from tools.vectors import STUDIES

WORDS = {" million": 1e6, " billion": 1e9, " trillion": 1e12, "": 1.0}
COUNT = r"(?:about )?([\d.,]+)( million| billion| trillion|) examples?"
KEYS = {resource_words(resource): resource.value for resource in Resource}


def volume(number: str, word: str) -> float:
    return float(number.replace(",", "")) * WORDS[word]


def tried(sentence: str, asked: Settings, score: float) -> Iterator[tuple[Settings, str]]:
    """Settings that a sentence tells to try, each with the pathway it names."""
    if found := re.match(rf"From {COUNT} on (.+?) would be", sentence):
        yield replace(asked, volume=1.006 * volume(found[1], found[2])), found[3]
    elif found := re.match(rf"Below {COUNT} (.+?) would be", sentence):
        yield replace(asked, volume=volume(found[1], found[2]) / 1.006), found[3]
    elif found := re.match(r"Accepting \w+ ([\d.]+), (.+?) would be", sentence):
        yield replace(asked, min_score=float(found[1])), found[2]
    elif found := re.match(r"Asking for better than \w+ [\d.]+, (.+?) would be", sentence):
        yield replace(asked, min_score=score + 1e-9), found[1]
    elif found := re.match(r"With (.+?) shared by ([\d,]+) tasks or (\w+), (.+?) would", sentence):
        n_tasks = int(found[2].replace(",", ""))
        yield replace(asked, tasks={**asked.tasks, found[1]: n_tasks}), found[4]
    elif sentence.startswith("By "):
        for part in sentence.removesuffix(".").replace(" would be the choice", "").split("; "):
            costs, _, name = part[3:].rpartition(", ")
            for words in re.split(r", | and ", costs):
                yield replace(asked, measure=KEYS[words]), name


def every_case() -> list[tuple[str, Ground, Settings]]:
    known = [
        (name, study(name)[2], settings_from(c["settings"]))
        for name in STUDIES
        for c in cases(name)
    ]
    corners = [
        (name, corner(name), Settings(measure="cpu_s", volume=v))
        for name in CORNERS
        for v in (1.0, 17.0, 1000.0)
        if name != "less is better"
    ]
    return known + corners


@pytest.mark.slow
def test_every_sentence_holds_when_it_is_tried() -> None:
    assert held(every_case()) > 150


def test_a_sample_of_sentences_holds_when_it_is_tried() -> None:
    assert held(every_case()[::7]) > 15


def held(known: list[tuple[str, Ground, Settings]]) -> int:
    """Number of sentences that were tried, each of which led to the pathway it names."""
    n_tried = 0
    for name, ground, asked in known:
        here = decide(ground, asked)
        score = here.ranked[0].score if here.ranked else 0.0
        for sentence in here.changes:
            for other, named in tried(sentence, asked, score):
                told = decide(ground, other).recommendation.pathway
                assert told == named, (name, asked, sentence)
                assert told != here.recommendation.pathway
                n_tried += 1
    return n_tried


def test_one_task_fewer_than_named_changes_nothing() -> None:
    ground = study("controls-example.json")[2]
    asked = Settings(measure="flops", volume=11600.0, min_score=0.825)
    (sentence,) = (s for s in decide(ground, asked).changes if "shared by" in s)

    assert sentence == "With ts shared by 12 tasks or more, TS would be the choice."
    fewer = decide(ground, replace(asked, tasks={"ts": 11})).recommendation
    assert fewer.pathway == decide(ground, asked).recommendation.pathway == "FT"


def test_a_choice_that_rests_on_sharing_names_the_number_at_which_it_ends() -> None:
    ground = study("controls-example.json")[2]
    asked = Settings(measure="cpu_s", volume=52.6, min_score=0.805, tasks={"ts": 167})

    assert "With ts shared by 127 tasks or fewer, FT would be the choice." in (
        decide(ground, asked).changes
    )


def test_the_order_is_nearer_volume_floor_costs_sharing() -> None:
    asked = Settings(measure="flops", volume=11600.0, min_score=0.825)
    found = decide(study("controls-example.json")[2], asked).changes

    assert [sentence.split()[0] for sentence in found] == ["From", "Accepting", "By", "With"]
    assert len(found) == MOST


def test_a_change_of_volume_that_is_not_shown_says_so() -> None:
    ground = study("controls-sst2.json")[2]
    asked = Settings(measure="duration_s", volume=2e6, min_score=0.862, tasks={"ts": 35})
    found = decide(ground, asked).changes

    assert any(
        s.startswith("Below about") and "which is not shown: the saving per example cannot" in s
        for s in found
    )


def test_a_threshold_in_three_digits_lets_in_whom_it_names() -> None:
    """TA scores 0.79695: 0.797 would leave it out again."""
    asked = Settings(measure="cpu_s", volume=3e7)
    found = decide(study("controls-example.json")[2], asked).changes

    assert any(s.startswith("Accepting accuracy 0.796, TA would be") for s in found)


def test_a_saving_that_may_be_none_is_not_certain() -> None:
    asked = Settings(measure="cpu_s", volume=3e7)
    found = decide(study("controls-example.json")[2], asked).changes

    assert any("it takes 1% less CPU time per example, which is not certain." in s for s in found)


def test_where_nothing_changes_it_that_is_said() -> None:
    asked = Settings(measure="cpu_s", volume=1e12, min_score=0.0)

    assert decide(corner("two alike"), asked).changes == (NOTHING_CHANGES,)
    assert ", a lower quality floor, another observed cost," in NOTHING_CHANGES


def test_a_cost_that_is_not_known_of_the_choice_is_not_among_those_tried() -> None:
    """B alone has FLOPs, so by them it would be chosen; that says nothing of A."""
    cpu, flops = Resource.CPU_S, Resource.FLOPS
    costs = {"A": {cpu: 1.0}, "B": {cpu: 2.0, flops: 5.0}}
    uses = [
        replace(tiny_inference(name, cost), scores=(tiny_score(900),))
        for name, cost in costs.items()
    ]
    made = [tiny_run(name.lower(), cost) for name, cost in costs.items()]
    pathways = tuple(PathwayDefinition(name=name, row=name.lower()) for name in costs)
    ground = ground_of(StudyDefinition(name=STUDY, pathways=pathways), [*made, *uses])

    found = decide(ground, Settings(measure="cpu_s", volume=1e3))
    by_flops = decide(ground, Settings(measure="flops", volume=1e3))

    assert (found.recommendation.pathway, by_flops.recommendation.pathway) == ("A", "B")
    assert found.changes == (
        NOTHING_CHANGES.replace("observed cost", "observed cost that is known of A"),
    )


@pytest.mark.parametrize("name", ["alone", "unscored", "one ranked"])
def test_where_nobody_else_can_be_chosen_nothing_is_said(name: str) -> None:
    assert decide(corner(name), Settings(measure="cpu_s", volume=17.0)).changes == ()


def test_for_a_metric_of_which_less_is_better_the_threshold_rises() -> None:
    found = decide(corner("less is better"), Settings(measure="cpu_s", volume=1000.0)).changes

    assert "Accepting perplexity 31.3, POOR would be" in found[1]
    assert "Asking for better than perplexity 20.3, FT would be" in found[2]


def test_over_99_percent_is_never_the_whole() -> None:
    found = decide(corner("by resolution"), Settings(measure="cpu_s", volume=17.0)).changes

    assert any("POOR would be the choice: it takes over 99% less CPU time" in s for s in found)
    assert any("FT would be the choice: it takes about the same CPU time" in s for s in found)


def test_pathways_not_above_the_commonest_answer_are_no_rivals() -> None:
    """TS costs less than FT, but may be no better than always the same answer."""
    found = decide(corner("not above the commonest"), Settings(measure="cpu_s", volume=1000.0))

    assert found.recommendation.pathway == "FT"
    assert not any("TS" in sentence for sentence in found.changes)


def test_of_those_a_lower_floor_lets_in_alike_the_cheapest_is_named() -> None:
    """B and C score alike and both miss the floor; B costs less."""
    names = {"A": (900, 9.0), "C": (800, 2.0), "B": (800, 1.0)}
    uses = [
        replace(tiny_inference(name, {Resource.CPU_S: cost}), scores=(tiny_score(right),))
        for name, (right, cost) in names.items()
    ]
    made = [tiny_run(name.lower(), {Resource.CPU_S: 1.0}) for name in names]
    pathways = tuple(PathwayDefinition(name=name, row=name.lower()) for name in names)
    ground = ground_of(StudyDefinition(name=STUDY, pathways=pathways), [*made, *uses])

    found = decide(ground, Settings(measure="cpu_s", volume=1e3, min_score=0.85))

    assert found.recommendation.pathway == "A"
    assert found.changes[0].startswith(
        "Accepting accuracy 0.8, B would be the choice: it takes 89%"
    )
