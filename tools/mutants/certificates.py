"""Certificates: what would grant one that is not deserved, or say more than was shown."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="a saving alone is granted",
        path="analysis/certificates/certify.py",
        before="is_seen and bound.high < claim.max_drop",
        after="is_seen",
        tests=("tests/analysis/certificates/test_certify.py",),
    ),
    Mutant(
        name="modelled energy certifies",
        path="analysis/certificates/saving.py",
        before="CERTIFIABLE = (Kind.MEASURED, Kind.COUNTED)",
        after="CERTIFIABLE = (Kind.MEASURED, Kind.COUNTED, Kind.MODELLED)",
        tests=("tests/analysis/certificates/test_certify.py",),
    ),
    Mutant(
        name="what the sensors leave open is no doubt about a saving",
        path="analysis/certificates/saving.py",
        before="low=worst if is_counted else min(ratio.low, worst)",
        after="low=worst if is_counted else ratio.low",
        tests=("tests/analysis/certificates/test_saving.py",),
    ),
    Mutant(
        name="sources that agree count as many examples",
        path="analysis/certificates/loss_bound.py",
        before="pair, effect = clusters.pair, clusters.worst",
        after="pair, effect = clusters.pair, 1.0",
        tests=("tests/analysis/certificates/test_loss_bound.py",),
    ),
    Mutant(
        name="sources tell as surely as independent examples",
        path="analysis/certificates/loss_bound.py",
        before="one_sided(level, df=clusters.df)",
        after="one_sided(level)",
        tests=("tests/analysis/certificates/test_loss_bound.py",),
    ),
    Mutant(
        name="small sources speak for large ones",
        path="analysis/certificates/clustering.py",
        before="return min(by_size, by_variance, float(np.sum(squares[told])) / typical)",
        after="return min(by_size, by_variance)",
        tests=("tests/analysis/certificates/test_loss_bound.py",),
    ),
    Mutant(
        name="printed costs certify",
        path="analysis/certificates/saving.py",
        before="frozenset({Origin.LIVE, Origin.LOGGED})",
        after="frozenset(Origin)",
        tests=("tests/analysis/certificates/test_certify.py",),
    ),
    Mutant(
        name="other examples of a source that chose are fresh",
        path="analysis/certificates/certify_runs.py",
        before="return ~np.isin(pair.groups, sources)",
        after="return ~np.isin(index, seen[split].index)",
        tests=("tests/analysis/certificates/test_certify_runs.py",),
    ),
    Mutant(
        name="blocks that chose certify",
        path="analysis/certificates/certify_runs.py",
        before="    if both:\n",
        after="    if len(both) > 1:\n",
        tests=("tests/analysis/certificates/test_certify_runs.py",),
    ),
    Mutant(
        name="a gain is counted on",
        path="analysis/certificates/sample_size.py",
        before="loss = max(0.0, loss)",
        after="loss = loss + 0.0",
        tests=("tests/analysis/certificates/test_sample_size.py",),
    ),
    Mutant(
        name="what follows a claim that was not shown is granted",
        path="analysis/certificates/several_claims.py",
        before="if stopped_at and certificate.granted:",
        after="if False:",
        tests=("tests/analysis/certificates/test_certify.py",),
    ),
    Mutant(
        name="a bound is rounded down",
        path="analysis/certificates/certificate_words.py",
        before="rounded = math.ceil(loss * scale - 1e-6) / scale",
        after="rounded = math.floor(loss * scale + 1e-6) / scale",
        tests=("tests/analysis/certificates/test_certificate_words.py",),
    ),
    Mutant(
        name="a redacted store forgets its sources",
        path="store/answers.py",
        before='if like is not None and "group" in like:',
        after="if False:",
        tests=("tests/store/test_answers.py",),
    ),
)
