"""The schedule sweeps again and again, and survives a database that is away for a while."""

from service.domain.errors import StorageUnavailable
from service.process.stop_request import StopRequest
from workers.schedule import run_schedule


def test_schedule_sweeps_until_it_is_stopped() -> None:
    stop = StopRequest()
    sweeps: list[int] = []

    def sweep() -> None:
        sweeps.append(1)
        if len(sweeps) == 3:
            stop.came = True

    run_schedule([sweep], every_seconds=0.001, stop=stop)

    assert len(sweeps) == 3


def test_sweep_that_fails_is_tried_again() -> None:
    stop = StopRequest()
    sweeps: list[int] = []

    def sweep() -> None:
        sweeps.append(1)
        if len(sweeps) == 1:
            raise StorageUnavailable("the database is gone")
        stop.came = True

    run_schedule([sweep], every_seconds=0.001, stop=stop)

    assert len(sweeps) == 2


def test_one_sweep_that_fails_does_not_keep_the_other_from_its_turn() -> None:
    stop = StopRequest()
    sweeps: list[int] = []

    def fail() -> None:
        raise StorageUnavailable("the database is gone")

    def sweep() -> None:
        sweeps.append(1)
        stop.came = True

    run_schedule([fail, sweep], every_seconds=0.001, stop=stop)

    assert sweeps == [1]
