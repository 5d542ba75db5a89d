"""The public surface, pinned: changing this file is a change to announce."""

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import get_args

import click
import pytest

import breakeven
from breakeven import registry, testing
from breakeven.cli import group

PUBLIC = [
    "Run",
    "Store",
    "__version__",
    "analyse",
    "define_study",
    "load",
    "load_study",
    "measure",
    "metered",
    "run_study",
    "write_report",
]
TESTING = [
    "ACPI_METER",
    "AMD",
    "AMD_SOCKETS",
    "DIES",
    "INTEL_CARD",
    "LAPTOP",
    "PLATFORMS",
    "RAIL",
    "SERVER",
    "AdaptiveConformance",
    "BackendConformance",
    "FakeAmdGpu",
    "FakeAmdSmi",
    "FakeChassis",
    "FakeChip",
    "FakeCpu",
    "FakeGpu",
    "FakeHwmon",
    "FakeNvml",
    "FakePerf",
    "FakePowercap",
    "FakeRedfish",
    "FakeShelly",
    "FakeZeus",
    "FakeZone",
    "Layout",
    "MeterConformance",
    "ObserverConformance",
    "Outlet",
    "PeakMeterConformance",
    "RecordedPower",
    "ScriptedGauge",
    "ScriptedMeter",
    "SteppingClock",
    "joules",
]
ENTRY_POINTS = {
    "breakeven.backends": {"onnxruntime", "openvino"},
    "breakeven.engines": {"nlp", "toy", "toy-virtual"},
    "breakeven.meters": {"amdsmi", "host", "host-memory", "host-resident", "hwmon", "nvml", "rapl"},
    "breakeven.reductions": {
        *("backend", "batch", "depth", "int8-dynamic", "int8-static", "length", "padding"),
        *("precision", "refit", "sorting", "tokenizing", "tokens"),
    },
    "breakeven.requested_meters": {
        *("hwmon-board", "modelled", "redfish", "replay", "shelly", "zeus"),
    },
    "breakeven.stages": {"adapt", "distil", "export", "fetch", "finetune", "pretrain"},
    "breakeven.tasks": {"datasets", "files", "pydoc"},
}
IMPORTED = (
    *("--dry-run", "--json", "--parent", "--pathway", "--row", "--stage", "--store", "--study"),
)
COMMANDS = {
    "check": {
        *("--against", "--all", "--budget", "--cost", "--json", "--max-drop", "--max-rise"),
        *("--strict", "--study"),
    },
    "compare": {
        *("--baseline", "--by", "--factor", "--format", "--json", "--kind", "--label", "--level"),
        *("--order", "--same-within", "--signed", "--study", "--subject", "--survey", "--table"),
        *("--correlate", "--target", "--times", "--value", "--where"),
    },
    "curves": {
        *("--by", "--format", "--inside", "--log", "--out", "--study", "--table", "--target"),
        *("--trend", "--until", "--where", "--x", "--y"),
        *("--compact", "--gain", "--json", "--range", "--saturation", "--trials"),
    },
    "demo": {"--out", "--profile", "--replay"},
    "doctor": {
        *("--explain", "--full", "--json", "--meter", "--replay", "--store"),
        *("--against", "--calibrate", "--channel", "--offset-s", "--out", "--zone"),
    },
    "export": {
        *("--certificate", "--columns", "--document", "--factor", "--format", "--grid"),
        *("--location", "--market-factor", "--out", "--pair", "--paper", "--pathway", "--public"),
        *("--pue", "--renewable-share", "--row", "--study", "--table", "--target"),
        *("--utilisation", "--watts", "--where"),
    },
    "flops": {
        *("--B", "--N", "--S", "--attention", "--batch", "--count", "--device", "--distil"),
        *("--embeddings", "--head", "--image", "--infer", "--json", "--length", "--n", "--op"),
        *("--strict", "--teacher", "--train"),
    },
    "impact": {
        *("--chips", "--days", "--energy", "--factor", "--fleet", "--format", "--grid", "--hours"),
        *("--json", "--kwh", "--list-grids", "--market-factor", "--measured-only", "--price"),
        *("--pue", "--renewable-share", "--rounded", "--runs", "--study", "--table", "--usd"),
        *("--usd-per-chip-hour", "--utilisation", "--volume", "--watts"),
    },
    "import": set[str](),
    "import emissions": {*IMPORTED, "--measured", "--n-examples", "--zone"},
    "import model-card": {*IMPORTED},
    "import optuna": {*IMPORTED, "--metric", "--objective", "--optuna-study", "--zone"},
    "import power": {
        *("--adds", "--by", "--check-of", "--column", "--dry-run", "--error-frac", "--host"),
        "--json",
        *("--max-gap-s", "--max-w", "--name", "--offset-error-s", "--offset-s", "--range-j"),
        *("--replace", "--scope", "--search-s", "--starts-at", "--store", "--study", "--time"),
        *("--unit", "--whole", "--zone"),
    },
    "import sacct": {*IMPORTED, "--n-examples", "--zone"},
    "import table": {
        *(
            "--apart",
            "--by",
            "--column",
            "--date",
            "--dry-run",
            "--exact",
            "--headline",
            "--ignore",
        ),
        *("--item", "--json", "--metric", "--n-items", "--negative-unknown", "--origin", "--part"),
        *("--pathway", "--planned-volume", "--reference", "--setting", "--source", "--stage"),
        *("--store", "--study", "--traces", "--unit"),
    },
    "import trainer-state": {
        *IMPORTED,
        *("--higher", "--lower", "--split", "--starts-at", "--tokens"),
    },
    "lifecycle": {
        *("--equivalents", "--fleet", "--format", "--measured-only", "--price-tag"),
        *("--resource", "--study", "--table"),
        *("--at-lifetime", "--break-even", "--cheapest", "--equations", "--error-cost", "--json"),
        *("--map", "--min-score", "--profile", "--ratio", "--research-passes", "--share-rule"),
        *("--update-every", "--volume", "--weight-by-score"),
        "--index",
        "--matrix",
        "--matrix-out",
    },
    "measure": {
        "--from",
        "--idle",
        "--meter",
        "--name",
        "--parent",
        "--pathway",
        "--replay",
        "--result",
    }
    | {"--stage", "--store", "--study"},
    "optimize": {
        *("--backends", "--baseline", "--blocks", "--certificate", "--cost", "--depths", "--exits"),
        *("--json", "--max-drop", "--max-latency-ms", "--max-memory-mb", "--min-saving"),
        *("--percentile", "--precisions", "--profile", "--reference", "--set", "--store"),
        *("--student", "--task", "--try", "--var"),
    },
    "pareto": {
        *("--against", "--at-lifetime", "--cost", "--flat", "--format", "--json", "--kind"),
        *("--only", "--out", "--pair", "--part", "--phase", "--points", "--reference", "--score"),
        *("--study", "--table", "--tol", "--tolerance", "--traces"),
    },
    "plan": {"--presets", "--profile", "--schema", "--set", "--store", "--task", "--var"},
    "report": {
        *("--calibration", "--json", "--out", "--study", "--tables-only"),
        *(
            "--measured-only",
            "--min-score",
            "--weight-by-score",
            "--share",
            "--at-lifetime",
            "--research-passes",
        ),
        *("--requests-per-day", "--days", "--max-latency-ms", "--restarts-per-day"),
    },
    "run": {"--dry-run", "--profile", "--replay", "--set", "--store", "--task", "--var"},
    "store": set[str](),
    "store gc": {"--dry-run"},
    "store index": {"--anew", "--json"},
    "store merge": {"--into"},
    "store recover": set[str](),
    "store redact": {"--answers", "--word"},
    "store show": {"--modalities", "--measured-only", "--ranks", "--study"},
}


def commands(
    found: click.Group = group, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(found)
    for name in found.list_commands(context):
        command = found.get_command(context, name)
        assert command is not None
        yield " ".join((*prefix, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*prefix, name))


def options(command: click.Command) -> list[click.Option]:
    return [parameter for parameter in command.params if isinstance(parameter, click.Option)]


def test_the_names_of_the_package() -> None:
    assert breakeven.__all__ == PUBLIC
    assert dir(breakeven) == sorted(PUBLIC)
    assert all(getattr(breakeven, name) for name in PUBLIC)


@pytest.mark.parametrize("name", ["build_report", "load_studies"])
def test_a_name_that_moved_is_found_until_the_version_that_it_names(name: str) -> None:
    with pytest.warns(
        DeprecationWarning, match=rf"breakeven\.{name} is breakeven\.\w+\.{name}"
    ) as w:
        found = getattr(breakeven, name)
    removal = re.search(r"breakeven (\d+)\.(\d+) will", str(w[0].message))
    assert removal is not None
    version = tuple(map(int, breakeven.__version__.split(".")[:2]))

    assert callable(found)
    assert version < tuple(map(int, removal.groups())), f"take {name} out of `_MOVED`"


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'meter'"):
        _ = breakeven.meter


def test_the_helpers_for_tests() -> None:
    assert testing.__all__ == TESTING


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_what_we_declare_ourselves(name: str) -> None:
    ours = {point.name for point in entry_points(group=name) if point.value[:10] == "breakeven."}
    assert ours == ENTRY_POINTS[name]


def test_every_group_is_known_to_the_registry() -> None:
    assert set(ENTRY_POINTS) <= {f"breakeven.{k}s" for k in get_args(registry.Kind)}


def test_the_flags_of_breakeven_itself() -> None:
    found = {flag for option in options(group) for flag in option.opts}

    assert found == {"--version", "--completion"}


def test_commands_and_their_flags() -> None:
    found = {
        name: {flag for option in options(command) for flag in option.opts}
        for name, command in commands()
    }
    assert found == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_flag_has_a_help_text(name: str) -> None:
    command = dict(commands())[name]
    assert command.help
    assert [option.opts for option in options(command) if not option.help] == []
