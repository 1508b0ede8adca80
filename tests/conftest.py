"""What every run of the tests begins with."""

import os
from collections.abc import Generator
from unittest.mock import patch

import pytest

THREADS_OF_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Give numpy, scipy and torch one thread each: they look when tests import them.

    Tests run in as many processes as there are cores, and small matrices wait longer for a second thread than it saves.
    Afterwards the variables are as before: a program that a test starts sees this machine as it is.
    """
    with patch.dict(os.environ, dict.fromkeys(THREADS_OF_LIBRARIES, "1")):
        return (yield)
