"""Ordering: which texts share a forward pass, so that little of it is padding."""

from breakeven.records import Scalar
from breakeven.workloads.reductions.reduction import Card, Reduction


def _already_sorted(current: Scalar, value: Scalar) -> str:
    if value is True and current is False:
        return ""
    return "only texts in the order of the data can be sorted; choose sorted=true where it is false"


def _same_budget(current: Scalar, value: Scalar) -> str:
    if int(value) < 1:
        return "0 leaves it to batch_size; choose at least 1"
    if int(value) == int(current):
        return f"forward passes hold {current} tokens already; choose another number"
    return ""


SORTING = Reduction(
    card=Card(
        name="sorting",
        setting="sorted",
        what="Sorts texts by their characters, so that texts of similar length share a batch.",
        acts_on="padded tokens in every layer; real tokens stay",
        suggested=(True,),
        cost="free where answers may come in any order; answers equal up to rounding, but for "
        "int8-dynamic, whose scales are those of a batch",
        source="own trials on SST-2: 6.2-7.6 times fewer CPU seconds together with padding to the "
        "longest of the batch",
    ),
    objection=_already_sorted,
)

TOKENS = Reduction(
    card=Card(
        name="tokens",
        setting="batch_tokens",
        what="Tokenizes a pool of texts, sorts it by tokens and fills forward passes to a budget.",
        acts_on="padding that sorting by characters leaves; fixed work of passes of short texts",
        suggested=(512, 1024, 2048),
        cost="free to apply; an answer waits for its pool of some eight forward passes",
        source="own trials on SST-2 (docs/adr/0008), against batches of 16 sorted by characters: "
        "9 % fewer CPU seconds in fp32 at a budget of 512, 22 % in static int8 at 1,024",
    ),
    objection=_same_budget,
)
