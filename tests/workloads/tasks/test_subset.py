import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import SettingsError
from breakeven.workloads.tasks import Split, Task, make_task
from breakeven.workloads.tasks.subset import choose, with_fewer


def task(corpus: tuple[str, ...] = ()) -> Task[int]:
    train = Split(
        texts=tuple(f"text {i}" for i in range(20)), labels=tuple(range(20)), sources=("s",) * 20
    )
    splits = (train, train.take([0]), train.take([1]))
    return make_task("some", tuple("ab"), splits, corpus=corpus or train.texts)


@given(st.integers(1, 60), st.data(), st.integers(0, 5))
def test_fewer_examples_are_part_of_more(n_found: int, data: st.DataObject, seed: int) -> None:
    n_more = data.draw(st.integers(1, n_found))
    n_fewer = data.draw(st.integers(1, n_more))
    more, fewer = (choose(n_found, n, seed=seed) for n in (n_more, n_fewer))
    assert set(fewer) <= set(more) <= set(range(n_found))
    assert (len(more), len(fewer)) == (n_more, n_fewer)
    assert list(more) == sorted(more)


def test_fewer_of_many_are_part_of_more_whatever_way_a_sample_is_drawn() -> None:
    """`random.sample` draws few of many in another way than many of them."""
    assert set(choose(1000, 50, seed=0)) <= set(choose(1000, 90, seed=0))


def test_the_seed_makes_the_choice() -> None:
    assert choose(50, 5, seed=1) == choose(50, 5, seed=1) != choose(50, 5, seed=2)


def test_labels_stay_with_their_texts_and_a_corpus_of_training_texts_goes_with_them() -> None:
    fewer = with_fewer(task(), 5, seed=0, of_corpus=False)
    assert [f"text {label}" for label in fewer.train.labels] == list(fewer.train.texts)
    assert fewer.corpus == fewer.train.texts
    assert (len(fewer.validation), len(fewer.test)) == (1, 1)


def test_a_corpus_of_its_own_is_only_cut_where_it_is_trained_on() -> None:
    whole = task(tuple(f"more {i}" for i in range(30)))
    assert len(with_fewer(whole, 5, seed=0, of_corpus=False).corpus) == 30
    cut = with_fewer(whole, 25, seed=0, of_corpus=True)
    assert (len(cut.corpus), len(cut.train)) == (25, 20)
    assert with_fewer(whole, 0, seed=0, of_corpus=True) is whole


def test_more_examples_than_there_are_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"train_examples=21, but the task some has 20"):
        with_fewer(task(), 21, seed=0, of_corpus=False)
