"""Remembers the embeddings used last, so that asking again does not touch the disk."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.float32]


class RecentRows:
    """At most `capacity` rows, the least recently used of them forgotten first; safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[tuple[str, str], Row] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, encoder_key: str, image_ids: Sequence[str]) -> dict[str, Row]:
        """The rows that are remembered."""
        with self._lock:
            found = {i: self._rows[encoder_key, i] for i in image_ids if (encoder_key, i) in self._rows}
            for image_id in found:
                self._rows.move_to_end((encoder_key, image_id))
        return found

    def remember(self, encoder_key: str, rows: dict[str, Row]) -> None:
        """Take in rows, unless they are so many that they would push out everything else."""
        if len(rows) > self._capacity // 2:
            return
        with self._lock:
            for image_id, row in rows.items():
                # A view would keep the whole matrix it came from in memory.
                self._rows[encoder_key, image_id] = row.copy()
            while len(self._rows) > self._capacity:
                self._rows.popitem(last=False)
