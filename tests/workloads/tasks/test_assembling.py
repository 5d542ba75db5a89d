from breakeven.workloads.tasks.assembling import drop_shared
from breakeven.workloads.tasks.task import Split


def split(*texts: str) -> Split[None]:
    return Split(texts=texts, labels=(None,) * len(texts), sources=("f",) * len(texts))


def test_texts_of_other_signs_than_those_judged_on_stay_in_train() -> None:
    (train, _, _), n_dropped = drop_shared(
        (split("!!!", ":-)", " ??? ", "A!"), split("a"), split("???"))
    )
    assert (train.texts, n_dropped) == (("!!!", ":-)"), 2)
