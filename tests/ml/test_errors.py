"""The errors of ml form one tree, which the docstring of the module draws."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import ml
from ml import errors

CLASSES = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)]


def test_every_error_is_in_the_tree_and_in_its_drawing() -> None:
    drawn = str(errors.__doc__)

    assert [each.__name__ for each in CLASSES if not issubclass(each, errors.MLError)] == []
    assert [each.__name__ for each in CLASSES if f" {each.__name__}" not in drawn.replace("\n", " ")] == []


def test_no_error_of_ml_is_defined_anywhere_else() -> None:
    is_error = re.compile(r"^class \w+\(.*(Exception|Error)\)", re.MULTILINE)
    files = Path(ml.__path__[0]).rglob("*.py")

    assert [file.name for file in files if is_error.search(file.read_text())] == ["errors.py"]


def test_naming_an_error_loads_no_library() -> None:
    source = "import sys, ml.errors; sys.exit(bool({'numpy', 'torch', 'pydantic'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0
