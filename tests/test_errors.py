import pickle

import pytest

from breakeven import errors
from breakeven.errors import (
    BreakevenError,
    MeterUnavailableError,
    MissingExtraError,
    StoreWriteError,
    UnknownNameError,
)


def every_error() -> list[type[Exception]]:
    return [v for v in vars(errors).values() if isinstance(v, type) and issubclass(v, Exception)]


def test_everything_raised_on_purpose_has_one_base() -> None:
    assert all(issubclass(error, BreakevenError) for error in every_error())


@pytest.mark.parametrize("error", every_error())
def test_the_tree_at_the_top_of_the_file_names_every_error(error: type[Exception]) -> None:
    assert error.__name__ in (errors.__doc__ or "")


def test_an_unknown_name_suggests_the_closest_known_one() -> None:
    error = UnknownNameError("task", "pydocs", ["pydoc", "files"])
    assert str(error) == "no task named 'pydocs'. Did you mean 'pydoc'? Known: files, pydoc."
    assert isinstance(error, KeyError)


def test_an_unknown_name_among_none_says_so() -> None:
    assert str(UnknownNameError("study", "x", [])) == "no study named 'x'. Known: none."


def test_among_hundreds_an_unknown_name_is_told_the_three_nearest() -> None:
    known = [*("gpt2", "gptj", "gpt_neo"), *(f"zz{n}" for n in range(500))]
    assert str(UnknownNameError("architecture", "gpt7", known)) == (
        "no architecture named 'gpt7'. Did you mean 'gptj'? Nearest of 503 known: gptj, gpt2, "
        "gpt_neo."
    )


def test_a_name_says_how_many_choices_are_worth_naming() -> None:
    known = [f"FT/r1,batch_size={n}" for n in range(45)]
    told = UnknownNameError("measured row", "FT/r1,batch_size=444", known, most=8)
    assert str(told).endswith(
        "Nearest of 45 known: FT/r1,batch_size=44, FT/r1,batch_size=4, FT/r1,batch_size=43."
    )


def test_a_missing_extra_names_the_command_that_installs_it() -> None:
    error = MissingExtraError("the report page", "report")
    assert str(error) == (
        "the report page needs the extra 'report', which is not installed. "
        "Run: pip install 'breakeven[report]'."
    )
    assert isinstance(error, ImportError)


def test_a_missing_meter_keeps_reason_and_fix_apart() -> None:
    error = MeterUnavailableError("no permission.", advice="Run: chmod.")
    assert (str(error), error.advice) == ("no permission. Run: chmod.", "Run: chmod.")
    assert str(MeterUnavailableError("no sensor.")) == "no sensor."


def test_a_failed_write_tells_whether_the_record_is_safe() -> None:
    error = StoreWriteError("no space", is_disk_full=True, is_record_kept=True)
    assert (str(error), error.is_disk_full, error.is_record_kept) == ("no space", True, True)
    assert isinstance(error, OSError)


@pytest.mark.parametrize(
    "error",
    [
        UnknownNameError("task", "pydocs", ["pydoc"]),
        MissingExtraError("the report page", "report"),
        MeterUnavailableError("no permission.", advice="Run: chmod."),
        StoreWriteError("no space", is_disk_full=True),
    ],
)
def test_an_error_survives_the_way_between_processes(error: BreakevenError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
