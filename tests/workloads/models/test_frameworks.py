import os
import sys

import pytest

from breakeven.errors import MissingExtraError
from breakeven.workloads.models.frameworks import import_transformers


def test_a_missing_framework_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'breakeven\[nlp\]'"):
        import_transformers()


@pytest.mark.nlp
def test_telemetry_and_progress_bars_are_off_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("transformers")
    monkeypatch.delenv("HF_HUB_DISABLE_TELEMETRY", raising=False)
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "0")
    transformers = import_transformers()
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] == "0"
    assert transformers.logging.get_verbosity() == transformers.logging.ERROR
    monkeypatch.delenv("HF_HUB_DISABLE_TELEMETRY")
