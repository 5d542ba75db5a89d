from breakeven.formulas.flops import KAPLAN_SENSOR
from breakeven.records import Kind, NoteCode, Resource
from breakeven.testing.context import FakeContext
from breakeven.workloads.models.batches import collate
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.stages.ledger import Ledger


def test_training_counts_six_and_a_pass_two_per_parameter_and_padded_token(
    context: FakeContext,
) -> None:
    """2 x 3 = 6 padded tokens; a student of 10 parameters, a teacher of 20."""
    batch = collate(Encoded.one_each([[1, 2, 3], [4]]), (0, 1), pad_id=0)
    ledger = Ledger(context)
    ledger.trained(batch, n_parameters=10)
    ledger.passed(batch.n_padded_tokens, n_parameters=20)
    ledger.close()
    assert context.counted(Resource.FLOPS) == 6 * 10 * 6 + 2 * 20 * 6
    assert (context.output.n_real_tokens, context.output.n_padded_tokens) == (4, 6)


def test_flops_carry_their_convention(context: FakeContext) -> None:
    Ledger(context).close()
    assert [(c.kind, c.sensor) for c in context.counts] == [(Kind.COUNTED, KAPLAN_SENSOR)]
    assert [note.code for note in context.notes] == [NoteCode.FLOPS_CONVENTION]
