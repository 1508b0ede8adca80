"""A tethered program does not outlive the process that asked for it."""

import subprocess
import sys
from pathlib import Path

from tests.waiting import wait_until

ASK = """
import signal, subprocess, sys, time
from service.process.parent_death import tethered
sleeper = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
child = subprocess.Popen(tethered(sleeper, dies_by=signal.SIGKILL), stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_program_dies_when_the_process_that_asked_for_it_is_killed() -> None:
    asking = subprocess.Popen([sys.executable, "-c", ASK], stdout=subprocess.PIPE)
    assert asking.stdout
    child = int(asking.stdout.readline())
    assert is_running(child)

    asking.kill()
    asking.communicate()

    wait_until(lambda: not is_running(child))
