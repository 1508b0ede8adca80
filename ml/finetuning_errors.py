"""Why an encoder cannot be fine-tuned; loads no library that trains."""


class CannotFinetune(Exception):
    """What was asked cannot be fine-tuned; the message says why and what to do."""


class NotTunable(CannotFinetune):
    """This network cannot be fine-tuned, or not so many blocks of it."""


class TooFewToValidate(CannotFinetune):
    """No class has enough images to set one aside."""

    def __init__(self) -> None:
        super().__init__("no class has enough images to set one aside for choosing the best epoch: label more of each")


class FinetuningDiverged(CannotFinetune):
    """The training loss became infinite or not a number."""

    def __init__(self, *, epoch: int) -> None:
        super().__init__(f"the loss is not a finite number in epoch {epoch}: choose lower learning rates")
