"""Losses of distillation: what a student is punished for."""

import torch
from torch import Tensor
from torch.nn import functional


def masked_lm_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy of the hidden tokens, in nats; 0 where none is hidden.

    Args:
        logits: Of the hidden tokens only, shape (n_hidden, vocab_size).
        targets: The hidden tokens, shape (n_hidden,).
    """
    total = functional.cross_entropy(logits, targets, reduction="sum")
    return total / max(1, len(targets))


def soft_target_loss(student: Tensor, teacher: Tensor, *, temperature: float) -> Tensor:
    """Kullback-Leibler divergence of the student's distribution from the teacher's; 0 of none.

    Multiplied by the squared temperature, so that gradients keep their size when it changes
    (Hinton et al. 2015, "Distilling the knowledge in a neural network", section 2).

    Args:
        student: Logits, shape (n, n_classes).
        teacher: Logits of the same shape, without gradient.
        temperature: Above 0; higher looks further into the unlikely classes.
    """
    log_student = functional.log_softmax(student / temperature, dim=-1)
    log_teacher = functional.log_softmax(teacher / temperature, dim=-1)
    total = functional.kl_div(log_student, log_teacher, reduction="sum", log_target=True)
    return total / max(1, len(student)) * temperature**2


def cosine_distance(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean of 1 - cosine between hidden states, each of shape (n_tokens, hidden_size)."""
    return 1 - functional.cosine_similarity(student, teacher, dim=-1).mean()


def average_of_three(masked_lm: Tensor, distillation: Tensor, cosine: Tensor) -> Tensor:
    """Task-agnostic objective (Dürlich et al. 2023, section 4.1, after Sanh et al. 2020)."""
    return torch.stack((masked_lm, distillation, cosine)).mean()
