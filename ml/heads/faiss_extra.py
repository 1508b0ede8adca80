"""Loads faiss, which only approximate search needs: an extra that few install."""

from importlib.util import find_spec
from typing import Any

TO_INSTALL = 'faiss is not installed: pip install "margin[approximate]"'


def has_faiss() -> bool:
    """Whether it is installed; nothing is loaded."""
    return find_spec("faiss") is not None


def load_faiss() -> Any:
    """The library, whose own type stubs leave out a part of it."""
    import faiss  # noqa: PLC0415

    return faiss
