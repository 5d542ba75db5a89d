"""Resume key: equal keys mean that a row need not run again.

Settings at their default are left out, so that a setting which a release adds changes no key of
what was run before; keys of older stores hold every setting there was, see `Ledger.done`.
"""

import hashlib
import json
from collections.abc import Mapping

from breakeven.records import Scalar, Stage


def resume_key(  # noqa: PLR0913 - one argument per thing that makes a result what it is
    stage: Stage,
    settings: Mapping[str, Scalar],
    *,
    version: int,
    data_hash: str,
    parents: Mapping[str, str],
    identity: tuple[str, str, int],
) -> str:
    """Hash everything a row's result depends on, and which row of which study it is.

    Two rows with equal settings are two samples, so the row's place enters: a reference and its
    A/A twin, or two repeats, must both run.

    Args:
        stage: What is run.
        settings: Resolved, those left out that are at their default.
        version: Version of the stage's code.
        data_hash: Content hash of the task's data.
        parents: Content hash of each parent's artefact by role.
        identity: Study, row, and repeat or block.

    Returns:
        64 hex digits.
    """
    parts = {
        "stage": str(stage),
        "settings": dict(settings),
        "version": version,
        "data": data_hash,
        "parents": dict(parents),
        "identity": list(identity),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
