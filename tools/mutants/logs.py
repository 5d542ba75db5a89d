"""Traces, imported logs, calibration: what is spoiled, counted twice, or surer than it may be."""

from tools.mutants.mutant import Mutant

HYGIENE = "formulas/hygiene.py"
HYGIENE_TESTS = ("tests/formulas/test_hygiene.py",)
STANDALONE = "formulas/standalone.py"
STANDALONE_TESTS = ("tests/formulas/test_standalone.py",)
JOINING = "store/importers/joining.py"
JOINING_TESTS = ("tests/store/importers/test_joining.py",)
KEEPING_TESTS = ("tests/store/importers/test_keeping.py",)
CALIBRATION = "analysis/energy/calibration.py"
CALIBRATION_TESTS = ("tests/analysis/energy/test_calibration.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: a running total is turned to power and integrated",
        path="store/importers/power_log.py",
        before="    if quantity.is_power:\n        cleaned",
        after="    if quantity.unit:\n        cleaned",
        tests=("tests/store/importers/test_power_log.py",),
    ),
    Mutant(
        name="fault: a wrap of a logged total counts as nothing",
        path="formulas/counter_trace.py",
        before="counted_j + (self._limits.range_j or -math.inf)",
        after="counted_j * 0.0",
        tests=("tests/formulas/test_counter_trace.py",),
    ),
    Mutant(
        name="fault: a log of part of a phase hides what saw all of it",
        path="records/measurement.py",
        before="if c.coverage_frac < needed_frac}",
        after="if c.coverage_frac < 0}",
        tests=("tests/records/test_measurement.py",),
    ),
    Mutant(
        name="fault: a calibration rests on phases that a log saw in part",
        path="analysis/energy/calibration_windows.py",
        before="    return cost.coverage_frac >= OBSERVED_FRAC",
        after="    return True",
        tests=CALIBRATION_TESTS,
    ),
    Mutant(
        name="fault: any fall of a logged total passes for a wrap",
        path="formulas/counter_trace.py",
        before="if 0 <= mended_j <= most_j else",
        after="if 0 <= mended_j else",
        tests=("tests/formulas/test_counter_trace.py",),
    ),
    Mutant(
        name="fault: a logged total is taken to move as often as it is read",
        path="formulas/counter_trace.py",
        before="start=1) if a != b]",
        after="start=1)]",
        tests=("tests/formulas/test_counter_trace.py",),
    ),
    Mutant(
        name="fault: a time that was there twice is taken for the first",
        path="store/importers/times.py",
        before="    if first.utcoffset() != second.utcoffset():",
        after="    if False:",
        tests=("tests/store/importers/test_times.py",),
    ),
    Mutant(
        name="fault: a wrapped sample of a trace is not mended",
        path=HYGIENE,
        before="power_w + self.limits.range_j / elapsed_s",
        after="power_w",
        tests=HYGIENE_TESTS,
    ),
    Mutant(
        name="fault: any negative sample passes for a wrap",
        path=HYGIENE,
        before="if 0 <= mended_w <= self.usual_w else None",
        after="if 0 <= mended_w else None",
        tests=HYGIENE_TESTS,
    ),
    Mutant(
        name="fault: negative samples are integrated",
        path=HYGIENE,
        before="Fault.NEGATIVE: power_w < 0,",
        after="Fault.NEGATIVE: False,",
        tests=HYGIENE_TESTS,
    ),
    Mutant(
        name="fault: a sample beyond the stated maximum is integrated",
        path=HYGIENE,
        before="power_w > self.limits.max_w,",
        after="power_w < 0,",
        tests=HYGIENE_TESTS,
    ),
    Mutant(
        name="fault: a straight line is drawn over a spoiled sample",
        path=HYGIENE,
        before="self.breaks.add(len(self.times_s) - 1)",
        after="self.breaks.discard(len(self.times_s) - 1)",
        tests=HYGIENE_TESTS,
    ),
    Mutant(
        name="fault: a sample is mended in silence",
        path="store/importers/doubts.py",
        before="notes += spoiled_notes(channel, source=source, stretch=stretch)",
        after="",
        tests=JOINING_TESTS,
    ),
    Mutant(
        name="fault: a gap in a trace is bridged however long",
        path=HYGIENE,
        before="max_gap_s=gap_s, breaks",
        after="max_gap_s=math.inf, breaks",
        tests=HYGIENE_TESTS,
    ),
    Mutant(
        name="fault: four samples are as sure of their ends as a minute of them",
        path=STANDALONE,
        before="edge_s * (trace.powers_w[0] + trace.powers_w[-1])",
        after="0.0",
        tests=STANDALONE_TESTS,
    ),
    Mutant(
        name="fault: a ramp at the start is missed",
        path=STANDALONE,
        before="missing_j = 0.0 if ramp is None else ramp.missing_j",
        after="missing_j = 0.0",
        tests=STANDALONE_TESTS,
    ),
    Mutant(
        name="fault: a plug is added to the parts it feeds",
        path="records/measurement.py",
        before="[c for c in outermost if c.scope is widest]",
        after="outermost",
        tests=("tests/records/test_measurement.py",),
    ),
    Mutant(
        name="fault: a local time passes for UTC",
        path="store/importers/times.py",
        before="if read.tzinfo is None and zone is None:",
        after="if read.tzinfo is None and zone == 0:",
        tests=("tests/store/importers/test_times.py",),
    ),
    Mutant(
        name="fault: a log that follows no run is joined to them",
        path="formulas/alignment.py",
        before="if evidence < EVIDENCE_NEEDED:",
        after="if evidence < 0:",
        tests=("tests/formulas/test_alignment.py",),
    ),
    Mutant(
        name="fault: one of several clock offsets that fit is taken",
        path="formulas/alignment.py",
        before="    if len(apart):",
        after="    if len(apart) > len(likely):",
        tests=("tests/formulas/test_alignment.py",),
    ),
    Mutant(
        name="fault: the doubt about two clocks does not reach the joules",
        path=JOINING,
        before="low=max(0.0, min(best.low_j, *(t.low_j for t in tried)) - slack_j)",
        after="low=max(0.0, best.low_j - slack_j)",
        tests=JOINING_TESTS,
    ),
    Mutant(
        name="fault: two logs of one plug are added",
        path="store/importers/keeping.py",
        before="if other.channel == cost.channel:",
        after="if other.channel == cost.sensor:",
        tests=KEEPING_TESTS,
    ),
    Mutant(
        name="fault: every rank of a node gets the whole wall",
        path="store/importers/keeping.py",
        before="run.rank.local_rank == 0",
        after="run.rank.local_rank >= 0",
        tests=KEEPING_TESTS,
    ),
    Mutant(
        name="an attachment counts for another phase than was meant",
        path="store/attachments.py",
        before="[a for a in added if a.started_at == seen.started_at]",
        after="list(added)",
        tests=KEEPING_TESTS,
    ),
    Mutant(
        name="a calibrated number hides its residual spread",
        path=CALIBRATION,
        before="calibration.residual_w * math.sqrt(",
        after="0.0 * math.sqrt(",
        tests=CALIBRATION_TESTS,
    ),
    Mutant(
        name="the factor's interval forgets that software errs",
        path=CALIBRATION,
        before="high=self.reverse_slope + half",
        after="high=self.slope + half",
        tests=CALIBRATION_TESTS,
    ),
    Mutant(
        name="windows that follow each other count in full",
        path=CALIBRATION,
        before="return len(left_over) * (1 - rho) / (1 + rho)",
        after="return float(len(left_over))",
        tests=CALIBRATION_TESTS,
    ),
    Mutant(
        name="calibrated energy is called measured",
        path="analysis/runs/calibrated.py",
        before="kind=Kind.MODELLED",
        after="kind=Kind.MEASURED",
        tests=CALIBRATION_TESTS,
    ),
    Mutant(
        name="a modality adds a part to its whole",
        path="analysis/energy/modalities.py",
        before="if not {c.part_of, c.check_of} & present",
        after="if present",
        tests=("tests/analysis/energy/test_modalities.py",),
    ),
)
