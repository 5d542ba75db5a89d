"""Early stopping: train until validation loss no longer decreases (Dürlich et al. 2023, 4.1)."""

import math
from dataclasses import dataclass


@dataclass(slots=True)
class EarlyStopping:
    """Counts epochs, remembers the best and says when to give up.

    Attributes:
        patience: Epochs in a row without a lower loss that end the training; at least 1.
        epoch: Epochs seen.
        best_epoch: From 1; 0 while no epoch had a loss that is a number.
        best_loss: Lowest validation loss so far.
    """

    patience: int
    epoch: int = 0
    best_epoch: int = 0
    best_loss: float = math.inf

    def is_best(self, loss: float) -> bool:
        """Take in the next epoch's validation loss and say whether it is the lowest yet.

        A loss that is not a number is never the lowest.
        """
        self.epoch += 1
        if not loss < self.best_loss:
            return False
        self.best_epoch, self.best_loss = self.epoch, loss
        return True

    @property
    def is_over(self) -> bool:
        """Whether patience has run out."""
        return self.epoch - self.best_epoch >= self.patience
