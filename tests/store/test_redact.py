from dataclasses import replace
from pathlib import Path
from traceback import format_exception

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from breakeven.errors import StoreWriteError
from breakeven.records import (
    Machine,
    Note,
    NoteCode,
    PathwayDefinition,
    Run,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
)
from breakeven.store import Store, redact
from breakeven.store.names import Names, texts_in
from breakeven.store.redact import without_source


def names(**fields: object) -> Names:
    known: dict[str, object] = {"texts": [], "hosts": ["node7.example.org"], "home": Path("/root")}
    return Names(**(known | fields))  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("node7.example.org", "host-1"),
        ("node7", "host-1"),
        ("ssh alice@NODE7:22", "ssh user-1@host-1:22"),
        ("http://node7.example.org:8080/x", "http://host-1:8080/x"),
        ("ckpt_node7_best", "ckpt_host-1_best"),
        ("node7.example", "host-1"),
        ("login.example.org", "login.domain-1"),
        ("node71 and anode7", "node71 and anode7"),
        ("/home/alice", "~"),
        ("/home/alice/x/y", "~/x/y"),
        ('File "/home/alice/x.py", line 3', 'File "~/x.py", line 3'),
        ("/Users/alice/x", "~/x"),
        (r"C:\Users\alice\x", r"~\x"),
        ("/root/.cache/x", "~/.cache/x"),
        ("/mnt/home/alice/x", "folder-1/x"),
        ("/scratch/alice", "folder-1/user-1"),
        ("/scratch/malice/alices", "folder-1/alices"),
        ("/data/root/x and /rooted", "folder-1/x and folder-2/rooted"),
        ('File "/opt/py/lib/python3.11/json/a.py", line 3', 'File "json/a.py", line 3'),
        ("/home/alice/v/lib/python3.11/site-packages/torch/x.so", "torch/x.so"),
        ("'/scratch/my data/x.tsv' is empty", "'folder-1/x.tsv' is empty"),
        ("/scratch/my data/x", "folder-1/x"),
        ("python /a/x.py /b/y --to=/a/z", "python folder-1/x.py folder-2/y --to=folder-1/z"),
        ("cc -I/opt/a/include -I/root/i", "cc -Ifolder-1/include -I~/i"),
        ("PATH=/a/b:/a/c", "PATH=folder-1/b:folder-1/c"),
        ("file:///data/x //nas/y", "file:folder-1/x folder-2/y"),
        (r"D:\runs\x \\nas\y", "folder-1/x folder-2/y"),
        ("kWh/day and/or ../x/y </s> J / s", "kWh/day and/or ../x/y </s> J / s"),
        ("no RAPL zone under /sys/class/powercap.", "no RAPL zone under /sys/class/powercap."),
        ("/dev/shm/alice/x", "folder-1/x"),
        ("alice in wonderland", "alice in wonderland"),
        ("", ""),
    ],
)
def test_hosts_users_and_homes_get_stand_ins(text: str, cleaned: str) -> None:
    assert names(texts=["/home/alice/x"]).clean(text) == cleaned


PARTS = st.lists(st.text("aZ7å_.+-", max_size=5).map("secret{}".format), min_size=1, max_size=4)
BEFORE = ["", "see ", "--to=", "--to ", "(", "[", "a:", "a, ", '"', "File '", "file:", "\n"]


@given(
    parts=PARTS,
    root=st.sampled_from(["/", "//", "C:\\", "d:/"]),
    before=st.sampled_from(BEFORE),
    after=st.sampled_from(["", " ", ":", ":3", ")", "'", '"', ", line 3", "\nx"]),
)
def test_of_an_absolute_path_only_the_name_is_left(
    parts: list[str], root: str, before: str, after: str
) -> None:
    separator = "\\" if "\\" in root else "/"
    path = root + separator.join([*parts, "name"])
    cleaned = names().clean(f"{before}{path}{after}")
    assert "secret" not in cleaned
    assert "name" in cleaned


@given(parts=PARTS, quote=st.sampled_from(["'", '"', ""]))
def test_blanks_in_a_path_that_stands_alone_or_in_quotes_hide_nothing(
    parts: list[str], quote: str
) -> None:
    path = "/".join(["", *(f"{part} {part}" for part in parts), "a name"])
    assert names().clean(f"{quote}{path}{quote}") == f"{quote}folder-1/a name{quote}"


def test_an_unusual_home_folder_is_found_too() -> None:
    odd = names(home=Path("/var/lib/ci"))
    assert odd.clean("/var/lib/ci/x /var/lib/cis") == "~/x folder-1/cis"


def test_a_home_at_the_root_does_not_swallow_every_path() -> None:
    assert names(home=Path("/")).clean("ls / /data/x") == "ls / folder-1/x"


def test_hosts_are_told_apart_and_further_words_are_replaced() -> None:
    several = names(hosts=["b.x.org", "a", "b.x.org", "localhost", ""], words=["Skunkworks"])
    assert several.clean("a b skunkworks localhost") == "host-2 host-1 name-1 localhost"


def test_of_two_hosts_with_one_short_name_the_first_has_it() -> None:
    twins = names(hosts=["a.x.org", "a.y.org"])
    assert twins.clean("a a.x.org a.y a.y.org y.org") == "host-1 host-1 host-2 host-2 domain-2"


def test_without_names_nothing_changes() -> None:
    assert names(hosts=[]).clean("anything at all") == "anything at all"


def test_words_of_the_field_stay_on_a_host_that_is_called_like_one() -> None:
    awkward = names(hosts=["test", "infer", "model"])
    score = Score(metric="accuracy", value=0.5, split="test", n_examples=2)
    run = Run(
        run_id="r1",
        stage=Stage.INFER,
        status=Status.OK,
        started_at="2026-01-01T00:00:00Z",
        scores=(score,),
        settings=Settings(resolved={"model": "on test"}),
    )
    assert awkward.clean(run) == replace(run, settings=Settings(resolved={"model": "on host-1"}))


@pytest.mark.parametrize("begin", ["~", "/home/alice"])
@pytest.mark.parametrize("between", [" ", " --data=", " @"])
def test_a_path_behind_one_from_home_is_replaced_in_quotes_too(begin: str, between: str) -> None:
    told = names(texts=["/home/alice"]).clean(f'sh -c "{begin}/run.sh{between}/secret/place/x"')
    assert told == f'sh -c "~/run.sh{between}folder-1/x"'


@example(["/home/alice", "/home/alice", "@", "/", "node7"])
@example(["/home/alice", " ", "@", "/", "node7"])
@given(st.lists(st.sampled_from(["node7", "alice", "/home/alice", "/", " ", "@", "_", "x.py"])))
def test_cleaning_twice_changes_nothing_more(parts: list[str]) -> None:
    cleaner = names(texts=["/home/alice"])
    once = cleaner.clean("".join(parts))
    assert cleaner.clean(once) == once


def test_equal_machines_stay_equal_and_different_ones_different(rich_run: Run) -> None:
    assert rich_run.machine is not None
    here, there = rich_run.machine, replace(rich_run.machine, host_id="other")
    cleaner = names()
    assert cleaner.blur(here) == cleaner.blur(here)
    assert cleaner.blur(here).fingerprint != cleaner.blur(there).fingerprint
    assert cleaner.blur(here).host_id != names().blur(here).host_id


def test_every_text_of_a_record_is_looked_at() -> None:
    score = Score(metric="f1", value=0.5, split="test", n_examples=2, low=0.4, high=0.6, how="h")
    assert set(texts_in(({"a": ["b"]}, score))) == {"a", "b", "f1", "test", "h"}


@pytest.mark.parametrize(
    ("device", "told"),
    [
        ("plug:A8032ABE54DC:0", "plug-be54dc-power of A8032ABE54DC"),
        ("chassis:SN 4711-x", "chassis SN 4711-x"),
        (
            "gpu:GPU-01234567-89ab-cdef-0123-456789abcdef",
            "GPU-01234567-89ab-cdef-0123-456789abcdef",
        ),
    ],
)
def test_ids_of_devices_are_made_anew_wherever_they_stand(device: str, told: str) -> None:
    cleaner = names(texts=[device, told])
    kept = cleaner.clean(device) + cleaner.clean(told)
    for part in ("be54dc", "a8032abe54dc", "4711", "01234567-89ab"):
        assert part not in kept.lower()
    assert cleaner.clean(device) == cleaner.clean(device)
    assert cleaner.clean(device).partition(":")[0] == device.partition(":")[0]


def test_a_gpu_keeps_one_id_in_machine_and_channels(rich_run: Run) -> None:
    assert rich_run.machine is not None
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    cleaner = names(texts=[f"gpu:GPU-{uuid}"])
    (accelerator,) = cleaner.blur(replace(rich_run.machine, accelerators=(uuid,))).accelerators
    assert cleaner.clean(f"GPU-{uuid} power") == f"GPU-{accelerator} power"


@pytest.fixture
def shared(store: Store, rich_run: Run) -> Store:
    """A store with names of people and machines in every place that holds text."""
    advice = Note(
        code=NoteCode.RELOADED, message="node7 was slow", advice="ask alice@node7.cluster"
    )
    told = replace(
        rich_run,
        row="ft@node7",
        settings=Settings(passed={"path": "/home/alice/m"}, resolved={"path": "/nas/alice/m"}),
        notes=(advice,),
    )
    store.append(told)
    store.append(Run(run_id="r2", stage=Stage.STATED, status=Status.OK, started_at=told.started_at))
    store.save_study(
        StudyDefinition(
            name="demo",
            pathways=(PathwayDefinition(name="FT", row="ft@node7"),),
            facts={"from": "node7.cluster.example.org:/home/alice"},
            source="study: demo # by alice@node7\n",
        )
    )
    draft = store.scratch("r1")
    (draft / "config.json").write_text("/home/alice")
    store.keep_artifact(draft)
    return store


def test_no_name_is_left_anywhere_in_the_copy(shared: Store, tmp_path: Path) -> None:
    redact(shared, tmp_path / "copy", words=["EPYC"])
    kept = [p for p in (tmp_path / "copy").rglob("*") if p.is_file() and p.name != "reserve"]
    text = "\n".join(path.read_text() for path in kept).lower()
    for name in ("node7", "alice", "cluster", '"a1b2"', "01234567-89ab", "epyc"):
        assert name not in text


def test_of_a_traceback_files_and_lines_stay_and_source_does_not() -> None:
    def fail() -> None:
        raise ValueError("one\n  two")

    with pytest.raises(ValueError, match="one") as caught:
        fail()
    error = "".join(format_exception(caught.value))

    told = without_source(error)

    assert "raise ValueError(" in error
    assert "raise ValueError(" not in told
    assert told.count('  File "') == error.count('  File "')
    assert told.endswith("ValueError: one\n  two\n")
    assert without_source("    indented, and no traceback") == "    indented, and no traceback"


def test_costs_and_structure_stay(shared: Store, tmp_path: Path) -> None:
    redact(shared, tmp_path / "copy")
    copy = Store(tmp_path / "copy", create=False)
    before, after = shared.runs(), copy.runs()
    assert [run.run_id for run in after] == [run.run_id for run in before]
    assert [run.phases for run in after] == [run.phases for run in before]
    assert [run.scores for run in after] == [run.scores for run in before]
    assert {run.row for run in after} == {"ft@host-1", ""}
    assert copy.study().pathways[0].row == "ft@host-1"
    assert copy.study().source == "study: demo # by user-1@host-1\n"
    machine = after[0].machine
    assert isinstance(machine, Machine)
    assert (machine.host, machine.cpu_model) == ("host-1", "EPYC 7713")
    assert after[1].machine is None


def test_the_source_stays_as_it_is_and_artefacts_stay_behind(shared: Store, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in shared.path.rglob("*") if path.is_file()}
    redact(shared, tmp_path / "copy")
    assert {p: p.read_bytes() for p in shared.path.rglob("*") if p.is_file()} == before
    assert not (tmp_path / "copy" / "artifacts").exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_place_already_taken_is_refused(store: Store, tmp_path: Path, kind: str) -> None:
    taken = store.path if kind == "folder" else tmp_path / "file"
    if kind == "file":
        taken.touch()
    with pytest.raises(StoreWriteError, match=r"is not empty\. Choose a new folder"):
        redact(store, taken)


def test_an_empty_folder_will_do(store: Store, rich_run: Run, tmp_path: Path) -> None:
    store.append(rich_run)
    (tmp_path / "empty").mkdir()
    redact(store, tmp_path / "empty")
    assert len(Store(tmp_path / "empty", create=False).runs()) == 1
