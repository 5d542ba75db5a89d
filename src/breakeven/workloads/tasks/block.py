"""Block: what a study file can say about data of one's own, whether from files or `datasets`."""

from collections.abc import Mapping

from breakeven.errors import SettingsError
from breakeven.records import Scalar
from breakeven.workloads.options import Option
from breakeven.workloads.tasks.columns import Columns
from breakeven.workloads.tasks.corpus import CORPUS_OPTIONS
from breakeven.workloads.tasks.form import METRICS, Form
from breakeven.workloads.tasks.lines import Refuse, stop
from breakeven.workloads.tasks.text import UNITS

_ALL_METRICS = tuple(dict.fromkeys(metric for metrics in METRICS.values() for metric in metrics))

COLUMN_OPTIONS: Mapping[str, Option] = {
    "pair_column": Option(
        default="", doc="column of the second text, or of a question's context; empty: none"
    ),
    "label_column": Option(
        default="label", doc="column of the label, number or answers: name, or number from 1"
    ),
    "tag_column": Option(
        default="", doc="column of the tags of words, instead of a label: name, or number from 1"
    ),
}

COMMON_OPTIONS: Mapping[str, Option] = {
    "form": Option(
        default="", choices=("", *Form), doc="what is asked of a model; empty: as the data tell"
    ),
    "metric": Option(
        default="",
        choices=("", *_ALL_METRICS),
        doc="headline score; empty: the first of the form (accuracy, pearson, entity_f1, "
        "exact_match, perplexity)",
    ),
    "labels": Option(
        default="",
        doc="the set of labels or tags, comma-separated, of two the positive one last; empty: as "
        "in the data",
    ),
    "outside": Option(
        default="", doc="tag of words in no entity; empty: O, or 0 where no tag is O"
    ),
    "unit": Option(
        default="line",
        choices=UNITS,
        doc="what one text of running text is; a blank line ends a paragraph",
    ),
    "malformed": Option(
        default="error",
        choices=("error", "skip"),
        doc="what is done about malformed rows; skipped ones are counted and said",
    ),
    "test_share": Option(
        default=0.0,
        low=0.0,
        high=0.9,
        doc="share of train set aside for test where none is given; of running text the last",
    ),
    "validation_share": Option(
        default=0.1,
        low=0.0,
        high=0.9,
        doc="share of train set aside for validation where none is given; 0 sets none aside; of "
        "running text the last",
    ),
    "seed": Option(default=0, low=0, doc="seed of that choice and of limit_by"),
    "limit": Option(default=0, low=0, doc="training rows to keep; 0 keeps all"),
    "validation_limit": Option(
        default=0,
        low=0,
        doc="validation rows to keep; 0 keeps all; of a share of train, the others stay in train",
    ),
    "test_limit": Option(
        default=0,
        low=0,
        doc="test rows to keep; 0 keeps all; of a share of train, the others stay in train",
    ),
    "limit_by": Option(
        default="first",
        choices=("first", "random"),
        doc="which rows limits keep: the first, or a seeded choice (for files sorted by label)",
    ),
    "drop_shared": Option(
        default=False,
        doc="leave out of train what stands in validation or test too, whatever its case and signs",
    ),
    "licence": Option(
        default="", doc="licence of the data; empty: from a LICENSE file beside them, or as told"
    ),
    **CORPUS_OPTIONS,
}


def columns_of(chosen: Mapping[str, Scalar]) -> Columns:
    """Read which columns hold what; tags take the place of the label."""
    return Columns(
        text=str(chosen["text_column"]),
        label=str(chosen["tag_column"] or chosen["label_column"]),
        pair=str(chosen["pair_column"]),
    )


def stated_form(chosen: Mapping[str, Scalar]) -> Form | None:
    """Form that the block states, or that having a column of tags tells; None for neither."""
    if chosen["form"]:
        return Form(str(chosen["form"]))
    return Form.TOKEN_CLASSIFICATION if chosen["tag_column"] else None


def refusal(chosen: Mapping[str, Scalar], skipped: list[str]) -> Refuse:
    """What the block wants done about a malformed row.

    Args:
        chosen: Options of the task.
        skipped: Where what is said about a row that is left out is put.
    """
    if chosen["malformed"] == "skip":
        return lambda error: skipped.append(str(error))
    return stop


def headline(chosen: Mapping[str, Scalar], form: Form, *, n_labels: int) -> str:
    """Metric that the block states, or that comes first for the form.

    Raises:
        SettingsError: If the form is not judged by it, or it needs two classes and there are more.
    """
    metric = str(chosen["metric"]) or METRICS[form][0]
    if metric not in METRICS[form]:
        raise SettingsError(
            f"metric={metric!r} does not judge {form}; choose one of {', '.join(METRICS[form])}"
        )
    if metric == "f1" and n_labels != 2:
        raise SettingsError(
            f"metric='f1' needs two classes and there are {n_labels}; choose macro_f1"
        )
    return metric
