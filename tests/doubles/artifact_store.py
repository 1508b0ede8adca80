"""In-memory double of the artifact store."""

from service.domain.errors import NotFound


class InMemoryArtifactStore:
    """Keeps bytes in a dictionary."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        self._contents[key] = bytes(content)

    def get(self, key: str) -> bytes:
        if key not in self._contents:
            raise NotFound("artifact", key)
        return self._contents[key]

    def exists(self, key: str) -> bool:
        return key in self._contents

    def delete_under(self, prefix: str) -> None:
        folder = prefix.rstrip("/") + "/"
        self._contents = {key: content for key, content in self._contents.items() if not key.startswith(folder)}
