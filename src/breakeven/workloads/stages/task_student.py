"""Task-specific distillation (Dürlich et al. 2023, section 4.1).

The student begins with the lower layers of a fine-tuned teacher and learns, on the training set,
what the teacher answers there instead of the true labels.
"""

from torch import Tensor

from breakeven.records import PhaseName, Resource
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.heads import Wish
from breakeven.workloads.heads.head import without_padding
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.device import prepare_device, synchronizer
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.fit import Fit
from breakeven.workloads.stages.held import Held
from breakeven.workloads.stages.learner import Learner
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.matching import check_labels
from breakeven.workloads.stages.opening import begin_student, open_head, open_teacher


def distil_on_task(context: StageContext, request: StageRequest) -> None:
    """Train a student on the teacher's answers; the teacher's pass is inside the work.

    The teacher answers each training example once, as its answers do not change.

    Raises:
        SettingsError: If teacher and task do not fit, or the training diverged.
        ModelFolderError: If the teacher cannot be loaded safely.
    """
    settings = request.settings
    device = prepare_device(settings)
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        head = open_head(request, task)
        teacher = open_teacher(request, head=head.auto_class)
        check_labels(teacher, head, task)
    wish = Wish(is_soft=settings["targets"] == "soft", temperature=float(settings["temperature"]))
    with context.phase(PhaseName.WORK, synchronize=synchronizer(device)):
        encoder = begin_student(request, teacher)
        learner, ledger = Learner.of(encoder, head, device), Ledger(context)
        encoded = head.encode(encoder.tokenizer, task.train, settings)
        feed = Feed.of(encoder.tokenizer, encoded, settings)
        held = Held.of(learner, encoder.tokenizer, task, settings)
        taught = teach(Learner.of(teacher, head, device), feed, ledger)
        fit = Fit(
            learner=learner,
            feed=feed,
            lesson=head.imitation(taught, encoded, wish, device),
            held=held,
            settings=settings,
            ledger=ledger,
            context=context,
        )
        judgement = fit.run()
        fit.keep(encoder, Resource.N_UNLABELLED_EXAMPLES, len(task.train))
    fit.report(judgement)


def teach(teacher: Learner, feed: Feed, ledger: Ledger) -> list[Tensor]:
    """Logits of every window of a split, in its order, on the CPU and without padding."""
    found: dict[int, Tensor] = {}

    def see(batch: Batch, logits: Tensor) -> None:
        found.update(zip(batch.indices, without_padding(logits, batch), strict=True))

    teacher.watch(feed, ledger, see)
    found = teacher.team.merged(found)
    return [found[i].clone() for i in range(len(feed.encoded))]
