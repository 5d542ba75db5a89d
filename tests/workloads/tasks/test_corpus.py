"""Corpora: nothing that models are judged on is in one, however it is cut."""

import pytest

from breakeven.workloads.tasks.corpus import Corpus, choose_corpus
from breakeven.workloads.tasks.task import Split


def judged_on(test: str) -> tuple[Split[object], Split[object], Split[object]]:
    nothing: Split[object] = Split(texts=(), labels=(), sources=())
    return nothing, nothing, Split(texts=(test,), labels=(None,), sources=("f",))


def chosen(*texts: str, test: str, unit: str = "sentence", deduplicate: bool = False) -> Corpus:
    return choose_corpus(texts, judged_on(test), limit=0, unit=unit, deduplicate=deduplicate)


@pytest.mark.parametrize(
    ("texts", "n_left_out"),
    [
        (["The film was long. Nobody liked it.", "Ada came. Ada saw."], 2),
        (["Ada came. Nobody liked it. Ada saw."], 1),
    ],
)
def test_no_sentence_of_a_text_judged_on_is_kept(texts: list[str], n_left_out: int) -> None:
    found = chosen(*texts, test="The film was long. Nobody liked it.")
    assert found.texts == ("Ada came.", "Ada saw.")
    assert found.facts == {"n_corpus_left_out": n_left_out}


def test_a_text_judged_on_is_left_out_before_it_is_cut_elsewhere() -> None:
    found = chosen("The film. Was long.", test="The film was long", deduplicate=True)
    assert found.texts == ()


def test_whole_texts_are_compared_with_whole_texts_alone() -> None:
    kept = chosen("Nobody liked it.", test="The film was long. Nobody liked it.", unit="text")
    assert kept.texts == ("Nobody liked it.",)


def test_texts_of_other_signs_alone_are_others() -> None:
    kept = chosen("!!!", ":-)", "?", " ?! ", test="?!", unit="text", deduplicate=True)
    assert kept.texts == ("!!!", ":-)", "?")
