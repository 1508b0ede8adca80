"""Explains in one sentence why a head was chosen; a version keeps it among its reasons."""

from ml.comparison.head_choice import HeadChoice, HeadGround, Rival
from ml.heads.cross_validation import MIN_OUT_OF_FOLD_IMAGES
from ml.statistics.interval_text import points, signed


def head_reason(choice: HeadChoice) -> str:
    """Make the sentence: which head stays or replaces the other, and the evidence for it."""
    if choice.ground is HeadGround.RIVAL_IS_BETTER:
        return f"head {choice.head} replaces {choice.incumbent}: {_compared(choice)}, beyond noise"
    return f"head {choice.incumbent} stays: {_why_it_stays(choice)}"


def _why_it_stays(choice: HeadChoice) -> str:
    match choice.ground:
        case HeadGround.TOO_FEW_IMAGES:
            return f"{choice.tested_images} images are too few to choose by, {MIN_OUT_OF_FOLD_IMAGES} are needed"
        case HeadGround.INCUMBENT_CANNOT_BE_TRAINED:
            return "it could not be cross-validated"
        case HeadGround.NO_RIVALS:
            return "there is no other to choose"
        case _:
            others = "the other one is not" if choice.rivals == 1 else f"none of {choice.rivals} others is"
            name = "" if choice.best is None else f"{choice.best.name}, "
            return f"{others} better beyond noise; next is {name}{_compared(choice)}"


def _compared(choice: HeadChoice) -> str:
    seen = f"cross-validated on {choice.tested_images} training images"
    return seen if choice.best is None else f"{_lead(choice.best)}, {seen}"


def _lead(rival: Rival) -> str:
    accuracy, log_loss = points(rival.accuracy.interval), signed(rival.log_loss.interval, digits=3)
    return f"{accuracy} points of accuracy, {log_loss} of log-loss"
