"""Keeps artifacts in a folder, S3, GCS or Azure, as the address says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from ml.messages import first_line
from service.domain.errors import InvalidInput, NotFound, StorageUnavailable


class ObstoreArtifactStore:
    """Implements the ArtifactStore port with obstore, which writes a whole file beside the old one, then swaps both."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, key: str, content: bytes) -> None:
        """Store an artifact, or replace it.

        Raises: InvalidInput, StorageUnavailable.
        """
        with _named_errors(key):
            obstore.put(self._store, key, content)

    def get(self, key: str) -> bytes:
        """Read an artifact.

        Raises: NotFound, InvalidInput, StorageUnavailable.
        """
        with _named_errors(key):
            return obstore.get(self._store, key).bytes().to_bytes()

    def exists(self, key: str) -> bool:
        """Report whether an artifact is stored.

        Raises: InvalidInput, StorageUnavailable.
        """
        try:
            with _named_errors(key):
                obstore.head(self._store, key)
        except NotFound:
            return False
        return True

    def delete_under(self, prefix: str) -> None:
        """Delete all artifacts in a folder.

        Raises: InvalidInput, StorageUnavailable.
        """
        folder = prefix.rstrip("/")
        if not folder:
            raise InvalidInput("refusing to delete every artifact: name the folder to delete")
        with _named_errors(folder):
            for objects in obstore.list(self._store, folder):
                obstore.delete(self._store, [found["path"] for found in objects])


def open_artifacts(address: str | Path) -> ObstoreArtifactStore:
    """Open a folder (created if missing) or an address that begins with `s3://`, `gs://` or `az://`.

    Raises: InvalidInput, StorageUnavailable.
    """
    try:
        if str(address).startswith("file://"):
            return ObstoreArtifactStore(from_url(str(address), mkdir=True, automatic_cleanup=True))
        if "://" in str(address):
            return ObstoreArtifactStore(from_url(str(address)))
        return ObstoreArtifactStore(LocalStore(Path(address).absolute(), mkdir=True, automatic_cleanup=True))
    except OSError as error:
        raise StorageUnavailable(f"the artifact folder {address} cannot be used: {first_line(error)}") from error
    except (BaseError, ValueError) as error:
        raise InvalidInput(f"artifacts cannot be kept at {address}: {first_line(error)}") from error


@contextmanager
def _named_errors(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("artifact", key) from error
    except ValueError as error:
        raise InvalidInput(f"{key!r} cannot be an artifact's key: {first_line(error)}") from error
    except (BaseError, OSError) as error:
        raise StorageUnavailable(f"the artifact {key!r} could not be read or written: {first_line(error)}") from error
