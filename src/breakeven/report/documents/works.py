"""Works: what a study's numbers may rest on in print, each with when it does.

Only facts that are printed on the works themselves or in the papers that cite them; an identifier
that nobody here could check is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Resource
from breakeven.report.documents.basis import Basis
from breakeven.report.methods import methods


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something to cite.

    Attributes:
        key: To cite it by.
        kind: BibTeX's type of entry.
        fields: Name to LaTeX, in order.
        is_used: Whether the numbers of a study rest on it.
    """

    key: str
    kind: str
    fields: Mapping[str, str]
    is_used: Callable[[Basis], bool]


def _says(*words: str) -> Callable[[Basis], bool]:
    """Whether the methods or a number of the study name one of these."""

    def is_said(found: Basis) -> bool:
        told = " ".join((*methods(found.analysis), *_told(found.analysis)))
        return any(word in told for word in words)

    return is_said


def _told(analysis: StudyAnalysis) -> tuple[str, ...]:
    """Methods of the numbers that stand in the first tables."""
    return tuple(
        estimate.method
        for pathway in analysis.pathways
        for estimate in (
            *([pathway.score] if pathway.score is not None else []),
            *pathway.development.values(),
            *pathway.marginal.values(),
        )
    )


def _has_carbon(found: Basis) -> bool:
    return any(one.location or one.market for one in found.phases.values())


def _is_modelled(found: Basis) -> bool:
    return any(one.is_modelled for one in found.phases.values())


def _counts_flops(found: Basis) -> bool:
    sensors = (c.sensor for run in found.runs for c in run.counts if c.resource is Resource.FLOPS)
    return any("kaplan" in sensor for sensor in sensors)


def _article(author: str, title: str, journal: str, year: int, **more: str) -> Mapping[str, str]:
    return {"author": author, "title": title, "journal": journal, "year": str(year), **more}


def _paper(author: str, title: str, booktitle: str, year: int, **more: str) -> Mapping[str, str]:
    return {"author": author, "title": title, "booktitle": booktitle, "year": str(year), **more}


WORKS: tuple[Work, ...] = (
    Work(
        key="durlich2023",
        kind="inproceedings",
        fields=_paper(
            r"D{\"u}rlich, Luise and Gogoulou, Evangelia and Nivre, Joakim",
            "On the Concept of Resource-Efficiency in {NLP}",
            "Proceedings of the 24th Nordic Conference on Computational Linguistics ({NoDaLiDa})",
            2023,
        ),
        is_used=lambda _: True,
    ),
    Work(
        key="schwartz2020",
        kind="article",
        fields=_article(
            "Schwartz, Roy and Dodge, Jesse and Smith, Noah A. and Etzioni, Oren",
            "Green {AI}",
            "Communications of the ACM",
            2020,
            volume="63",
            number="12",
            pages="54--63",
            doi="10.1145/3381831",
        ),
        is_used=lambda found: bool(found.analysis.price_tags),
    ),
    Work(
        key="hershcovich2022",
        kind="inproceedings",
        fields=_paper(
            "Hershcovich, Daniel and Webersinke, Nicolas and Kraus, Mathias and Bingler, Julia "
            "Anna and Leippold, Markus",
            "Towards Climate Awareness in {NLP} Research",
            "Proceedings of the 2022 Conference on Empirical Methods in Natural Language "
            "Processing",
            2022,
            pages="2480--2494",
        ),
        is_used=lambda _: True,
    ),
    Work(
        key="strubell2019",
        kind="inproceedings",
        fields=_paper(
            "Strubell, Emma and Ganesh, Ananya and McCallum, Andrew",
            "Energy and Policy Considerations for Deep Learning in {NLP}",
            "Proceedings of the 57th Annual Meeting of the Association for Computational "
            "Linguistics",
            2019,
        ),
        is_used=lambda found: _has_carbon(found) or _is_modelled(found),
    ),
    Work(
        key="kaplan2020",
        kind="misc",
        fields={
            "author": "Kaplan, Jared and McCandlish, Sam and Henighan, Tom and Brown, Tom B. and "
            "Chess, Benjamin and Child, Rewon and Gray, Scott and Radford, Alec and Wu, Jeffrey "
            "and Amodei, Dario",
            "title": "Scaling Laws for Neural Language Models",
            "year": "2020",
            "note": "arXiv preprint",
        },
        is_used=_counts_flops,
    ),
    Work(
        key="fieller1954",
        kind="article",
        fields=_article(
            "Fieller, E. C.",
            "Some Problems in Interval Estimation",
            "Journal of the Royal Statistical Society, Series B",
            1954,
            volume="16",
            number="2",
            pages="175--185",
        ),
        is_used=_says("Fieller"),
    ),
    Work(
        key="welch1947",
        kind="article",
        fields=_article(
            "Welch, B. L.",
            "The Generalization of {`Student's'} Problem when Several Different Population "
            "Variances are Involved",
            "Biometrika",
            1947,
            volume="34",
            pages="28--35",
        ),
        is_used=_says("t interval"),
    ),
    Work(
        key="satterthwaite1946",
        kind="article",
        fields=_article(
            "Satterthwaite, F. E.",
            "An Approximate Distribution of Estimates of Variance Components",
            "Biometrics Bulletin",
            1946,
            volume="2",
            number="6",
            pages="110--114",
        ),
        is_used=_says("t interval"),
    ),
    Work(
        key="wilson1927",
        kind="article",
        fields=_article(
            "Wilson, Edwin B.",
            "Probable Inference, the Law of Succession, and Statistical Inference",
            "Journal of the American Statistical Association",
            1927,
            volume="22",
            number="158",
            pages="209--212",
        ),
        is_used=_says("Wilson"),
    ),
    Work(
        key="tango1998",
        kind="article",
        fields=_article(
            "Tango, Toshiro",
            "Equivalence Test and Confidence Interval for the Difference in Proportions for the "
            "Paired-Sample Design",
            "Statistics in Medicine",
            1998,
            volume="17",
            number="8",
            pages="891--908",
        ),
        is_used=_says("Tango"),
    ),
    Work(
        key="newcombe1998",
        kind="article",
        fields=_article(
            "Newcombe, Robert G.",
            "Interval Estimation for the Difference Between Independent Proportions: Comparison "
            "of Eleven Methods",
            "Statistics in Medicine",
            1998,
            volume="17",
            number="8",
            pages="873--890",
        ),
        is_used=_says("Newcombe"),
    ),
    Work(
        key="mcnemar1947",
        kind="article",
        fields=_article(
            "McNemar, Quinn",
            "Note on the Sampling Error of the Difference Between Correlated Proportions or "
            "Percentages",
            "Psychometrika",
            1947,
            volume="12",
            number="2",
            pages="153--157",
        ),
        is_used=_says("McNemar"),
    ),
    Work(
        key="li2017",
        kind="inproceedings",
        fields=_paper(
            "Li, Lisha and Jamieson, Kevin and DeSalvo, Giulia and Rostamizadeh, Afshin and "
            "Talwalkar, Ameet",
            "Hyperband: Bandit-Based Configuration Evaluation for Hyperparameter Optimization",
            "International Conference on Learning Representations",
            2017,
        ),
        is_used=lambda found: any(
            trial.status.value == "pruned" for s in found.analysis.searches for trial in s.trials
        ),
    ),
)
"""In the order of their use."""
