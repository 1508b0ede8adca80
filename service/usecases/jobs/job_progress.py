"""Lets one step of a job say how far it is without knowing of the others."""

from service.ports import Progress


def part_of(progress: Progress, low: float, high: float) -> Progress:
    """A progress whose 0..1 is the part low..high of the whole job's."""

    def report(fraction: float, message: str) -> None:
        progress(low + (high - low) * fraction, message)

    return report
