"""Remembers how to reach each project's Label Studio and how to sign requests to it."""

import threading
from collections.abc import Callable

from service.adapters.label_studio.http_label_studio import HttpLabelStudio
from service.adapters.label_studio.label_studio_tokens import LabelStudioAccess, label_studio_auth
from service.domain.errors import LabelStudioError
from service.domain.projects.project import LabelStudioLink, Project
from service.ports import LabelStudio


class LabelStudioAccesses:
    """Keeps one access and one client per address and key: tokens are swapped once, and all callers share connections.

    The address and key from the settings come before those that Label Studio sends at /setup: behind Docker the address
    it sends is often wrong, and the token it sends is refused unless legacy tokens are on. A key from the settings is
    sent only to the address from the settings.
    """

    def __init__(
        self,
        *,
        url: str | None,
        api_key: str | None,
        backend_login: tuple[str, str] | None,
        find_project: Callable[[str], Project],
    ) -> None:
        self._url = url
        self._api_key = api_key
        self._backend_login = backend_login
        self._find_project = find_project
        self._accesses: dict[tuple[str, str, str], LabelStudioAccess] = {}
        self._clients: dict[LabelStudioAccess, HttpLabelStudio] = {}
        self._lock = threading.Lock()

    def connect(self, link: LabelStudioLink) -> LabelStudio:
        """Return the client for the Label Studio of a link.

        Raises: LabelStudioError: neither address nor key is known.
        """
        access = self.access(link)
        with self._lock:
            if access not in self._clients:
                self._clients[access] = HttpLabelStudio(access, backend_login=self._backend_login)
            return self._clients[access]

    def of_project(self, project_id: str) -> LabelStudioAccess | None:
        """Return the access that fetches a project's images, or None if the project is not linked."""
        link = self._find_project(project_id).label_studio
        return None if link is None else self.access(link)

    def access(self, link: LabelStudioLink) -> LabelStudioAccess:
        """Return the access to the Label Studio of a link.

        Raises: LabelStudioError: neither address nor key is known.
        """
        base_url = (self._url or link.hostname).rstrip("/")
        api_key = (self._api_key if self._url else None) or link.access_token
        if not base_url or not api_key:
            raise LabelStudioError(
                "Label Studio's address or key is not known: set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY"
            )
        key = (base_url, api_key, link.hostname)
        with self._lock:
            if key not in self._accesses:
                self._accesses[key] = LabelStudioAccess(
                    base_url=base_url,
                    auth=label_studio_auth(base_url, api_key),
                    hostnames=(link.hostname,) if link.hostname else (),
                )
            return self._accesses[key]
