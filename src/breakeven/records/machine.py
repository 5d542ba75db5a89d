"""Machine: everything that was found where a run ran."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Hardware, system and library versions of one host.

    Attributes:
        host: Host name; `breakeven store redact` replaces it.
        host_id: Salted hash that tells two hosts apart without naming them.
        system: Operating system and kernel release.
        cpu_model: As the kernel names it.
        n_cpus: Logical CPUs this process may use (affinity and cgroup limits applied).
        memory_bytes: Physical memory.
        accelerators: One entry per visible device, "name (uuid)".
        libraries: Version by distribution name.
        python: Interpreter version.
    """

    host: str
    host_id: str
    system: str
    cpu_model: str
    n_cpus: int
    memory_bytes: int
    python: str
    accelerators: tuple[str, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Hash of what makes costs comparable: host, CPU, cores and accelerators.

        Library versions are left out: they are shown and compared, but an update of an
        unrelated package must not make yesterday's measurements unusable.
        """
        parts = [self.host_id, self.cpu_model, self.n_cpus, sorted(self.accelerators)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
