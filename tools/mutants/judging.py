"""Answers and how they are judged: entities, spans, blocks, intervals."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="an entity goes on behind its last word",
        path="workloads/metrics/entities.py",
        before='or prefix in ("E", "S") or kind',
        after="or kind",
        tests=("tests/workloads/metrics/test_entities.py",),
    ),
    Mutant(
        name="a class that was only given leaves the mean of F1",
        path="workloads/metrics/classes.py",
        before="occurs = n_found + n_true > 0",
        after="occurs = n_true > 0",
        tests=("tests/workloads/metrics/test_classes.py",),
    ),
    Mutant(
        name="a bootstrap interval is cut twice as far in",
        path="workloads/metrics/resampling.py",
        before="tail = (1 - LEVEL) / 2",
        after="tail = 1 - LEVEL",
        tests=("tests/workloads/metrics/test_resampling.py",),
    ),
    Mutant(
        name="a few samples with a value are enough",
        path="workloads/metrics/resampling.py",
        before="if 2 * len(values) < max(1, n_draws):",
        after="if not values:",
        tests=("tests/workloads/metrics/test_resampling.py",),
    ),
    Mutant(
        name="an answer may be a token too long",
        path="workloads/heads/best_span.py",
        before="min(MAX_ANSWER_TOKENS, n_tokens)",
        after="min(MAX_ANSWER_TOKENS + 1, n_tokens)",
        tests=("tests/workloads/heads/test_best_span.py",),
    ),
    Mutant(
        name="a model cannot decide for no answer",
        path="workloads/heads/best_span.py",
        before="best is None or float(start[passage.null] + end[passage.null]) > best.score",
        after="best is None",
        tests=("tests/workloads/heads/test_best_span.py",),
    ),
    Mutant(
        name="windows of a context share nothing",
        path="workloads/heads/contexts.py",
        before="step = room - min(n_shared, room - 1)",
        after="step = room",
        tests=("tests/workloads/heads/test_contexts.py",),
    ),
    Mutant(
        name="the end of a context is in no window",
        path="workloads/heads/contexts.py",
        before="n_more = -(-max(0, len(context) - room) // step)",
        after="n_more = max(0, len(context) - room) // step",
        tests=("tests/workloads/heads/test_contexts.py",),
    ),
    Mutant(
        name="blocks for scoring leave tokens out",
        path="workloads/heads/blocks.py",
        before="range(max_length, len(own), max_length - n_context)",
        after="range(max_length, len(own), max_length)",
        tests=("tests/workloads/heads/test_blocks.py",),
    ),
    Mutant(
        name="a word is tagged at its last sub-word",
        path="workloads/heads/tagging.py",
        before="if places[word] == NO_TOKEN:",
        after="if True:",
        tests=("tests/workloads/heads/test_tagging.py",),
    ),
    Mutant(
        name="a token is foretold from itself",
        path="workloads/heads/language.py",
        before="at=range(block.n_context - 1, len(block.ids) - 1)",
        after="at=range(block.n_context, len(block.ids))",
        tests=("tests/workloads/heads/test_language.py",),
    ),
    Mutant(
        name="a short text has no hidden token",
        path="workloads/heads/language.py",
        before="max(min(1, len(may_hide)), round(MASKED_SHARE * len(may_hide)))",
        after="round(MASKED_SHARE * len(may_hide))",
        tests=("tests/workloads/heads/test_language.py",),
    ),
)
