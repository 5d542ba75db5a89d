"""Texts that stand in two splits, against comparing every pair."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from breakeven.workloads.tasks import Split, Task, make_task
from breakeven.workloads.tasks.likeness import LEAST, find_alike, likeness_facts, normalised
from breakeven.workloads.tasks.rows import Columns, read_rows

WORDS = st.lists(st.sampled_from(["a", "Bee", "sees", "two", "tea?"]), max_size=9).map(" ".join)


def shingles(text: str) -> set[tuple[str, ...]]:
    words = normalised(text).split()
    return set(zip(words, words[1:], words[2:], strict=False))


def similarity(one: str, two: str) -> float:
    mine, theirs = shingles(one), shingles(two)
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_what_is_found_is_what_comparing_every_pair_finds(
    earlier: list[str], later: list[str]
) -> None:
    found = find_alike(earlier, later)
    same = {i: j for i, j in found.exact.items() if normalised(later[i]) == normalised(earlier[j])}
    assert same == found.exact
    for i, text in enumerate(later):
        is_same = bool(normalised(text)) and normalised(text) in map(normalised, earlier)
        best = max((similarity(text, other) for other in earlier), default=0.0)
        assert (i in found.exact) == is_same
        assert (i in found.near) == (not is_same and best >= LEAST)
        if i in found.near:
            assert similarity(text, earlier[found.near[i]]) == best


def test_long_texts_are_compared_by_sketches() -> None:
    words = [f"word{n}" for n in range(400)]
    changed = [*words[:150], "other", *words[151:]]
    strange = [f"strange{n}" for n in range(400)]
    found = find_alike([" ".join(strange), " ".join(words)], [" ".join(changed)])
    assert found.near == {0: 1}
    assert find_alike([" ".join(strange)], [" ".join(changed)]).near == {}


def test_a_text_that_is_most_of_a_longer_one_is_like_it() -> None:
    """60 of 100 shingles, of which a sketch holds 64."""
    short, long = (" ".join(f"word{n}" for n in range(n_words)) for n_words in (62, 102))
    assert find_alike([long], [short]).near == find_alike([short], [long]).near == {0: 0}


def test_of_several_texts_the_most_alike_is_named() -> None:
    earlier = ["a b c d e other", "a b c d e f more", "a b c d other f"]
    assert find_alike(earlier, ["a b c d e f"]).near == {0: 1}


def test_case_and_signs_do_not_tell_texts_apart() -> None:
    assert find_alike(["A fine film!", "x"], ["a FINE film"]).exact == {0: 0}
    assert find_alike(["?"], ["!"]).exact == {}


def split(*texts: str) -> Split[int]:
    return Split(texts=texts, labels=(0,) * len(texts), sources=("f",) * len(texts))


def toy(*tests: str) -> Task[int]:
    train = split("it was a very fine day", "nothing happened at all", "the end")
    return make_task("toy", ("a", "b"), (train, split("the end"), split(*tests)))


def test_facts_count_both_kinds_by_split_and_name_the_first() -> None:
    assert likeness_facts(toy("dull", "Nothing happened at all.", "was a very fine day")) == {
        "n_validation_in_train": 1,
        "n_test_in_train": 1,
        "n_validation_near_train": 0,
        "n_test_near_train": 1,
        "test_in_train": "1 = 1, 2 ~ 0",
    }
    assert "test_in_train" not in likeness_facts(toy("dull"))


def test_the_first_text_of_test_is_none_of_validation() -> None:
    facts = likeness_facts(toy("Nothing happened at all."))
    assert (facts["n_validation_in_train"], facts["n_test_in_train"]) == (1, 1)


def test_pairs_are_alike_only_where_both_texts_are() -> None:
    def pair(text: str, second: str) -> Split[int]:
        return Split(texts=(text,), pairs=(second,), labels=(0,), sources=("f",))

    splits = (
        pair("who came", "to Paris"),
        pair("who came", "to Rome"),
        pair("Who came?", "to Paris"),
    )
    assert likeness_facts(make_task("toy", ("a", "b"), splits))["test_in_train"] == "0 = 0"
    facts = likeness_facts(make_task("toy", ("a", "b"), (*splits[:2], pair("who came", "home"))))
    assert facts["n_validation_in_train"] == facts["n_test_in_train"] == 0


def test_news_that_stand_in_both_files_are_found(shared_dir: Path) -> None:
    columns, data = Columns(text="1", label="2"), shared_dir / "data" / "agnews"
    earlier, later = (
        [row.text for row in read_rows(data / name, columns)] for name in ("dev.tsv", "test.tsv")
    )
    found = find_alike(earlier, later)
    shared = set(earlier) & set(later)
    assert len(shared) == 8
    assert {later[i] for i in found.exact} >= shared
    assert (len(found.exact), len(found.near)) == (9, 146)
