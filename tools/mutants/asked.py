"""Meters that open only when named: plugs, controllers, models, zeus, and the suites for all."""

from tools.mutants.mutant import Mutant

ANSWERS, REMOTE, PAGES = "meters/answers.py", "meters/remote.py", "meters/redfish_pages.py"
SUITES, CHECKS = "testing/conformance.py", "testing/checks.py"
REMOTE_TESTS = ("tests/meters/test_remote.py",)
SUITE_TESTS = ("tests/testing/test_conformance.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="fault: no sensor, and a model fills in unasked",
        path="meters/asking.py",
        before='return registry.names("meter")',
        after='return [*registry.names("meter"), *registry.names("requested_meter")]',
        tests=("tests/meters/test_modelled.py",),
    ),
    Mutant(
        name="fault: no sensor, and the model has parameters of its own",
        path="meters/modelled.py",
        before="if not parameters:\n",
        after='parameters = parameters or {"ram_w_per_gib": Range(low=0.3, high=0.5)}\n'
        "        if not parameters:\n",
        tests=("tests/meters/test_modelled.py",),
    ),
    Mutant(
        name="fault: no sensor, and a model passes for one",
        path="meters/modelled.py",
        before="kind=Kind.MODELLED,",
        after="kind=Kind.MEASURED,",
        tests=("tests/meters/test_modelled.py",),
    ),
    Mutant(
        name="fault: no sensor, and a model has no interval",
        path="meters/modelled.py",
        before="relative_error=found.relative_error,",
        after="relative_error=0.0,",
        tests=("tests/meters/test_modelled.py",),
    ),
    Mutant(
        name="a model counts working processors as resting too",
        path="meters/modelled.py",
        before="self._seconds[_IDLE] += elapsed_s - busy_s",
        after="self._seconds[_IDLE] += elapsed_s",
        tests=("tests/meters/test_modelled.py",),
    ),
    Mutant(
        name="fault: network at start, a plug is looked for unasked",
        path="meters/shelly.py",
        before="        if address is None:\n",
        after='        address = address or Address(scheme="http", host="127.0.0.1", port=9)\n'
        "        if address is None:\n",
        tests=("tests/meters/test_shelly.py",),
    ),
    Mutant(
        name="fault: network, a redirect leads elsewhere",
        path=ANSWERS,
        before='if not path.startswith("/") or path.startswith("//"):',
        after="if not path:",
        tests=("tests/meters/test_answers.py",),
    ),
    Mutant(
        name="fault: network, a page of a controller leads elsewhere",
        path=PAGES,
        before='if path and not path.startswith("/redfish/"):',
        after='if path and not path.startswith("/"):',
        tests=("tests/meters/test_redfish.py",),
    ),
    Mutant(
        name="fault: network, a certificate is not looked at",
        path=ANSWERS,
        before="    if insecure:\n",
        after="    if insecure or True:\n",
        tests=("tests/meters/test_answers.py",),
    ),
    Mutant(
        name="fault: network, a password goes over http",
        path="meters/redfish.py",
        before='address.scheme == "http" and not insecure',
        after='address.scheme == "ftp" and not insecure',
        tests=("tests/meters/test_redfish.py",),
    ),
    Mutant(
        name="fault: a password in an address comes back and is stored",
        path="meters/options.py",
        before="if parts.username is not None or parts.password is not None:",
        after="if parts.username == '':",
        tests=("tests/meters/test_options.py",),
    ),
    Mutant(
        name="fault: a slow plug is asked under the bank's lock",
        path=REMOTE,
        before="        known = self._known\n        if known.n_falls",
        after="        self.ask()\n        known = self._known\n        if known.n_falls",
        tests=REMOTE_TESTS,
    ),
    Mutant(
        name="fault: time without answers counts as observed",
        path=REMOTE,
        before="(age_s if is_due else 0.0)",
        after="age_s",
        tests=REMOTE_TESTS,
    ),
    Mutant(
        name="fault: what came since the latest answer is not in the interval",
        path=REMOTE,
        before="known.most_w * (age_s + (c.period_s or 0.0))",
        after="0.0",
        tests=REMOTE_TESTS,
    ),
    Mutant(
        name="a refused password is tried again and again",
        path=REMOTE,
        before="            return  # asking on with",
        after="            pass  # asking on with",
        tests=REMOTE_TESTS,
    ),
    Mutant(
        name="fault: a gap between answers is integrated",
        path="meters/known.py",
        before="if gap_s <= longest_s:",
        after="if gap_s >= 0:",
        tests=REMOTE_TESTS,
    ),
    Mutant(
        name="fault: a plug's counter falls unnoticed",
        path="meters/known.py",
        before="n_falls=known.n_falls + 1,",
        after="n_falls=known.n_falls,",
        tests=REMOTE_TESTS,
    ),
    Mutant(
        name="fault: a slow counter is differenced as if it were quick",
        path="meters/shelly_plug.py",
        before="return None if len(moves_s) < 2 else",
        after="return 1.0 if len(moves_s) < 2 else",
        tests=("tests/meters/test_shelly.py",),
    ),
    Mutant(
        name="fault: some of the supplies pass for all",
        path=PAGES,
        before="if not known_w or len(known_w) < len(powers_w):",
        after="if not known_w:",
        tests=("tests/meters/test_redfish.py",),
    ),
    Mutant(
        name="fault: the server's CPU and memory are added to the server",
        path=PAGES,
        before='listed(power, "PowerControl")[:1]',
        after='listed(power, "PowerControl")',
        tests=("tests/meters/test_redfish.py",),
    ),
    Mutant(
        name="fault: of several chassis any one is taken",
        path="meters/redfish_chassis.py",
        before="if len(able) != 1:",
        after="if not able:",
        tests=("tests/meters/test_redfish.py",),
    ),
    Mutant(
        name="fault: a Jetson's parts are added to the whole",
        path="meters/zeus.py",
        before='"cpu_energy_mj": ("cpu", "soc"),',
        after='"cpu_energy_mj": ("cpu", None),',
        tests=("tests/meters/test_zeus.py",),
    ),
    Mutant(
        name="fault: zeus' dead helper is waited for at every reading",
        path="meters/zeus.py",
        before="        if self._broken is not None:\n            raise self._broken\n",
        after="",
        tests=("tests/meters/test_zeus.py",),
    ),
    Mutant(
        name="the suite lets counters fall",
        path=SUITES,
        before="            check_rising(earlier, later)\n            covered_s",
        after="            covered_s",
        tests=SUITE_TESTS,
    ),
    Mutant(
        name="the suite lets energy come from nowhere",
        path=CHECKS,
        before="assert channel.device,",
        after="assert channel,",
        tests=SUITE_TESTS,
    ),
    Mutant(
        name="the suite lets anybody be connected to",
        path=SUITES,
        before="assert not others,",
        after="assert others is not None,",
        tests=SUITE_TESTS,
    ),
    Mutant(
        name="the suite lets a secret come back",
        path=SUITES,
        before='assert _SECRET not in said, "a secret comes back in the message"',
        after="pass",
        tests=SUITE_TESTS,
    ),
    Mutant(
        name="the suite lets a fork fail",
        path=CHECKS,
        before="assert os.waitstatus_to_exitcode(status) == 0,",
        after="assert status is not None,",
        tests=SUITE_TESTS,
    ),
)
