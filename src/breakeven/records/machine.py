"""Machine: everything that was found where a run ran."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stands between a process and the hardware; empty or None where it was not found.

    Attributes:
        distribution: Name and version of the system ("Debian GNU/Linux 12 (bookworm)").
        virtual_machine: Hypervisor, "unnamed hypervisor" where only that there is one shows.
        container: Kind of container ("docker", "podman", "kubernetes", "lxc").
        scheduler: Batch system and job that the process belongs to ("slurm job 17").
        cpu_governor: Frequency governor, or driver and governor.
        is_turbo_on: Whether clocks above the base frequency are allowed.
        is_smt_on: Whether several threads share a core.
        memory_limit_bytes: Limit of the cgroup.
    """

    distribution: str = ""
    virtual_machine: str = ""
    container: str = ""
    scheduler: str = ""
    cpu_governor: str = ""
    is_turbo_on: bool | None = None
    is_smt_on: bool | None = None
    memory_limit_bytes: int | None = None


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
        surroundings: What a reader needs to judge a measurement made here; None in records of
            versions that did not look.
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
    surroundings: Surroundings | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of what makes costs comparable: host, CPU, cores and accelerators.

        Library versions are left out: they are shown and compared, but an update of an
        unrelated package must not make yesterday's measurements unusable. So are surroundings,
        which older records do not hold.
        """
        parts = [self.host_id, self.cpu_model, self.n_cpus, sorted(self.accelerators)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
