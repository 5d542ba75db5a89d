import sys

import pytest

from breakeven.errors import MissingExtraError
from breakeven.records import PhaseName
from breakeven.testing.context import FakeContext
from breakeven.workloads.stages.imports import import_in_phase, import_linear, import_neural


def test_what_a_process_has_costs_no_phase(context: FakeContext) -> None:
    import_in_phase(context, ["sys", "pathlib"], needed_for="this test")
    assert context.phases == []


def test_what_it_lacks_is_imported_in_a_phase(
    context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    steps: list[str] = []
    import_in_phase(
        context, ["colorsys"], needed_for="this test", first=lambda: steps.append("first")
    )
    assert "colorsys" in sys.modules
    assert (context.phases, steps) == ([PhaseName.IMPORT], ["first"])


def test_what_is_not_installed_is_named_with_its_extra(context: FakeContext) -> None:
    with pytest.raises(MissingExtraError, match=r"this test needs the extra .nlp."):
        import_in_phase(context, ["no_such_module"], needed_for="this test")
    assert context.phases == [PhaseName.IMPORT]


@pytest.mark.nlp
def test_a_second_stage_in_one_process_imports_nothing(context: FakeContext) -> None:
    for _ in range(2):
        import_neural(context)
        import_linear(context)
    assert len(context.phases) <= 2
