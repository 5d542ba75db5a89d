"""What a search chooses by, and what a certificate then bounds: fronts, draws, margins, sources."""

from tools.mutants.mutant import Mutant

CLUSTERING, DRAWS = "analysis/certificates/clustering.py", "analysis/search/draws.py"
BOUND_TESTS = ("tests/analysis/certificates/test_loss_bound.py",)
DRAWS_TESTS = ("tests/analysis/search/test_search_draws.py",)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="a loss is bounded from the side that grants",
        path="analysis/certificates/share_bound.py",
        before="z=-one_sided(level)",
        after="z=one_sided(level)",
        tests=BOUND_TESTS,
    ),
    Mutant(
        name="a saving is certified by its middle",
        path="analysis/certificates/certify.py",
        before="saving.low > claim.min_saving",
        after="saving.value > claim.min_saving",
        tests=("tests/analysis/certificates/test_certify.py",),
    ),
    Mutant(
        name="all sources tell, also those in which nothing differs",
        path=CLUSTERING,
        before="return max(self.n_telling - 1, 1.0)",
        after="return max(len(self.sizes) - 1, 1.0)",
        tests=BOUND_TESTS,
    ),
    Mutant(
        name="leaving a source out is taken for drawing one",
        path=CLUSTERING,
        before="return (n - 1) / n * float(np.sum(self.changes**2))",
        after="return float(np.sum(self.changes**2)) / n",
        tests=BOUND_TESTS,
    ),
    Mutant(
        name="the unit of cost decides how much a front reaches",
        path="analysis/fronts/hypervolume.py",
        before="np.column_stack([np.log(costs), -np",
        after="np.column_stack([np.asarray(costs), -np",
        tests=("tests/analysis/fronts/test_hypervolume.py",),
    ),
    Mutant(
        name="what is dearer keeps a cell off the front",
        path=DRAWS,
        before="costs - slack, side=",
        after="costs + slack, side=",
        tests=DRAWS_TESTS,
    ),
    Mutant(
        name="examples of one source are drawn apart",
        path=DRAWS,
        before="places = np.unique(sources, return_inverse=True)[1]",
        after="places = np.arange(len(sources))",
        tests=DRAWS_TESTS,
    ),
    Mutant(
        name="costs scatter as what a fit has left of them",
        path=DRAWS,
        before="pool = residuals(blocks).ravel() * lost",
        after="pool = residuals(blocks).ravel()",
        tests=DRAWS_TESTS,
    ),
    Mutant(
        name="a loss makes its certificate likelier",
        path="analysis/search/front.py",
        before="(aim.max_drop - losses) / spread",
        after="(aim.max_drop + losses) / spread",
        tests=("tests/analysis/search/test_search_answer.py",),
    ),
    Mutant(
        name="a budget of tokens is one request at a time",
        path="analysis/serving/services.py",
        before='"batch_tokens" if settings.get("batch_tokens") else "batch_size"',
        after='"batch_size"',
        tests=("tests/analysis/serving/test_services.py",),
    ),
)
