"""Sensors of the CPU's side: RAPL by powercap and perf_event, and hwmon."""

from tools.mutants.mutant import Mutant

UNWRAP = ("tests/formulas/test_unwrap.py",)
RAPL = ("tests/meters/board/test_rapl.py",)
ZONES = ("tests/meters/board/test_rapl_zones.py",)
POWERCAP = ("tests/meters/board/test_powercap.py",)
PERF = ("tests/meters/board/test_perf.py",)
HWMON = ("tests/meters/board/test_hwmon.py",)
CHIPS = ("tests/meters/board/test_hwmon_chips.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: RAPL counter wraps: the raw difference is taken",
        path="formulas/unwrap.py",
        before="if step < 0:\n            step += self.span",
        after="if False:\n            step += self.span",
        tests=RAPL,
    ),
    Mutant(
        name="fault: RAPL counter wraps: whole turns between late reads are lost",
        path="formulas/unwrap.py",
        before="if elapsed_s >= self.max_gap_s:",
        after="if False:",
        tests=UNWRAP,
    ),
    Mutant(
        name="fault: RAPL counter wraps: any fall is a wrap",
        path="formulas/unwrap.py",
        before="if not 0 <= step <= self.max_rate * (elapsed_s + self.lag_s):",
        after="if not 0 <= step:",
        tests=UNWRAP,
    ),
    Mutant(
        name="fault: RAPL counter wraps: a slow read is timed at its end",
        path="formulas/unwrap.py",
        before="self._last, (raw, time_s if began_s is None else began_s)",
        after="self._last, (raw, time_s)",
        tests=UNWRAP,
    ),
    Mutant(
        name="fault: RAPL counter wraps: polled as rarely as one turn takes",
        path="meters/board/rapl.py",
        before="min(READS_APART_S, *(count.max_gap_s for count in counts)) / READS_PER_GAP",
        after="max(count.max_gap_s for count in counts)",
        tests=RAPL,
    ),
    Mutant(
        name="fault: RAPL counter wraps: one register's reset ends the reading of the others",
        path="meters/board/rapl.py",
        before="                resets.append(error)\n",
        after="                raise\n",
        tests=RAPL,
    ),
    Mutant(
        name="fault: RAPL counter wraps: registers are thought to survive sleep",
        path="meters/board/rapl.py",
        before="        self._refuse_sleep()\n",
        after="",
        tests=RAPL,
    ),
    Mutant(
        name="fault: RAPL counter wraps: a cut-off number is a number",
        path="meters/board/powercap.py",
        before='if not text.endswith(b"\\n"):',
        after="if not text:",
        tests=RAPL,
    ),
    Mutant(
        name="fault: psys is added to its package",
        path="meters/board/registers.py",
        before="return None if channel == platform else platform",
        after="return None",
        tests=RAPL,
    ),
    Mutant(
        name="fault: several psys zones are added up",
        path="meters/board/rapl_zones.py",
        before="if len(platforms) < 2:",
        after="if True:",
        tests=ZONES,
    ),
    Mutant(
        name="fault: cores are added to their package",
        path="meters/board/registers.py",
        before="if package is not None and domain(channel) in (CORE, UNCORE):",
        after="if False:",
        tests=ZONES,
    ),
    Mutant(
        name="fault: MMIO and mirrored zones are read besides",
        path="meters/board/rapl_zones.py",
        before="found.setdefault(channel, (folder, package))",
        after="found[f'{channel}-{folder.name}'] = (folder, package)",
        tests=ZONES,
    ),
    Mutant(
        name="fault: MMIO zones go before the registers that they mirror",
        path="meters/board/rapl_zones.py",
        before="for control in (MSR, MAPPED):",
        after="for control in (MAPPED, MSR):",
        tests=ZONES,
    ),
    Mutant(
        name="fault: powercap and perf_event are both counted",
        path="meters/board/rapl.py",
        before="            return opener()\n",
        after="            return (opener(), [other() for other in openers[1:]])[0]\n",
        tests=RAPL,
    ),
    Mutant(
        name="fault: psys of perf_event is added to its package",
        path="meters/board/perf.py",
        before="platform = None if is_crowded else next(iter(platforms), None)",
        after="platform = None",
        tests=PERF,
    ),
    Mutant(
        name="fault: counter turned to power, then integrated",
        path="meters/board/hwmon_tally.py",
        before="if self.found.is_counter:",
        after="if False:",
        tests=HWMON,
    ),
    Mutant(
        name="fault: power is differenced like a counter",
        path="meters/board/hwmon_chips.py",
        before='is_counter=match[1] == "energy"',
        after="is_counter=True",
        tests=HWMON,
    ),
    Mutant(
        name="fault: sockets of hwmon are added to the packages of RAPL",
        path="meters/board/hwmon_chips.py",
        before="check_of=_package(place, label)",
        after="check_of=None",
        tests=HWMON,
    ),
    Mutant(
        name="fault: a firmware's power of the machine is added to its parts",
        path="meters/board/hwmon_tally.py",
        before="scope=self.found.place.scope,",
        after="scope=Scope.PART,",
        tests=HWMON,
    ),
    Mutant(
        name="fault: a rail of unknown place is summed",
        path="meters/board/hwmon.py",
        before="if self.scope is None and self.part_of is None:",
        after="if False:",
        tests=HWMON,
    ),
    Mutant(
        name="fault: a battery's charging counts as consumption",
        path="meters/board/hwmon_chips.py",
        before="or _is_power_supply(folder):",
        after="or False:",
        tests=CHIPS,
    ),
    Mutant(
        name="fault: no sensor: a register that stands still shows 0 J",
        path="meters/board/rapl.py",
        before="if still_s >= total.patience_s:",
        after="if False:",
        tests=RAPL,
    ),
    Mutant(
        name="fault: no sensor: a machine without RAPL opens with nothing",
        path="meters/board/powercap.py",
        before="if not self._files:\n            _refuse(",
        after="if False:\n            _refuse(",
        tests=POWERCAP,
    ),
    Mutant(
        name="fault: no sensor: a machine that draws 0 W",
        path="meters/board/hwmon_tally.py",
        before="if shown < 0 or (shown == 0 and",
        after="if False and (shown == 0 and",
        tests=HWMON,
    ),
    Mutant(
        name="fault: permission: a refused zone is called absent",
        path="meters/board/powercap.py",
        before="if refused or (not left_out and zone_folders(sysfs)):",
        after="if False:",
        tests=POWERCAP,
    ),
    Mutant(
        name="fault: permission: a hidden zone is called absent",
        path="meters/board/powercap.py",
        before="if is_masked(sysfs):",
        after="if False:",
        tests=POWERCAP,
    ),
    Mutant(
        name="fault: permission: a partly refused tree passes for the whole",
        path="meters/board/powercap.py",
        before="*([_partly_refused(sysfs, refused)] if refused else []),",
        after="",
        tests=RAPL,
    ),
    Mutant(
        name="fault: permission: perf_event's refusal has no fix",
        path="meters/board/perf.py",
        before="if error.errno not in (errno.EACCES, errno.EPERM):",
        after="if True:",
        tests=PERF,
    ),
    Mutant(
        name="fault: permission: the second way in is not tried",
        path="meters/board/rapl.py",
        before='WAYS = ("powercap", "perf")',
        after='WAYS = ("powercap",)',
        tests=RAPL,
    ),
)
