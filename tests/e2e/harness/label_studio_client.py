"""Drives Label Studio over its own HTTP API, like a browser or a person with a script."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

Region = dict[str, Any]
NOT_FOUND = 404
# Uploads per request; every file has its own form field, since of several under one name only the last is kept.
FILES_PER_REQUEST = 50


class LabelStudioClient:
    """Label Studio as one of its users sees it. Every method raises httpx.HTTPStatusError if Label Studio refuses."""

    def __init__(self, base_url: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=base_url, headers={"Authorization": f"Token {token}"}, timeout=120.0, trust_env=False
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def create_project(self, title: str, label_config: str) -> int:
        """Create a project. Returns: its id."""
        project = self._call("POST", "/api/projects/", {"title": title, "label_config": label_config})
        return int(project["id"])

    def project(self, project_id: int) -> dict[str, Any]:
        """Return the project as Label Studio describes it."""
        found: dict[str, Any] = self._call("GET", f"/api/projects/{project_id}/")
        return found

    def set_label_config(self, project_id: int, label_config: str) -> None:
        """Save the labeling interface, as Settings does."""
        self._call("PATCH", f"/api/projects/{project_id}/", {"label_config": label_config})

    def upload(self, project_id: int, files: Mapping[str, bytes]) -> None:
        """Upload images, as dropping them on the import page does."""
        names = list(files)
        for start in range(0, len(names), FILES_PER_REQUEST):
            chunk = names[start : start + FILES_PER_REQUEST]
            form = {f"file{place}": (name, files[name], "image/png") for place, name in enumerate(chunk)}
            self._http.post(f"/api/projects/{project_id}/import", files=form).raise_for_status()

    def import_addresses(self, project_id: int, addresses: Sequence[str]) -> None:
        """Import tasks whose images are elsewhere."""
        self._call("POST", f"/api/projects/{project_id}/import", [{"image": address} for address in addresses])

    def import_local_files(self, project_id: int, folder: Path) -> None:
        """Import the files of a folder that Label Studio may serve, as Cloud Storage, Local files does."""
        body = {"project": project_id, "path": str(folder), "regex_filter": r".*\.png", "use_blob_urls": True}
        storage = self._call("POST", "/api/storages/localfiles", body)
        self._call("POST", f"/api/storages/localfiles/{storage['id']}/sync")

    def connect(self, project_id: int, url: str, *, login: tuple[str, str] | None = None) -> dict[str, Any]:
        """Connect an ML backend. Returns: the backend, as Label Studio describes it."""
        body: dict[str, Any] = {"url": url, "project": project_id, "title": "Margin", "is_interactive": False}
        if login is not None:
            body |= {"auth_method": "BASIC_AUTH", "basic_auth_user": login[0], "basic_auth_pass": login[1]}
        backend: dict[str, Any] = self._call("POST", "/api/ml", body)
        return backend

    def backend(self, backend_id: int) -> dict[str, Any]:
        """Return an ML backend; this makes Label Studio call its /health and /setup."""
        found: dict[str, Any] = self._call("GET", f"/api/ml/{backend_id}")
        return found

    def probe(self, backend_id: int) -> dict[str, Any]:
        """Return the answer of the backend's /predict for a random task; nothing is stored."""
        answer: dict[str, Any] = self._call("POST", f"/api/ml/{backend_id}/predict/test?random=true")
        return answer

    def start_training(self, backend_id: int) -> None:
        """Press "Start training"."""
        self._call("POST", f"/api/ml/{backend_id}/train", {"use_ground_truth": False})

    def webhooks(self, project_id: int) -> list[dict[str, Any]]:
        """Return the webhooks of the project."""
        found: list[dict[str, Any]] = self._call("GET", f"/api/webhooks/?project={project_id}")
        return found

    def tasks(self, project_id: int) -> list[dict[str, Any]]:
        """Return every task with its annotations and predictions."""
        path = f"/api/tasks/?project={project_id}&fields=all&page_size=1000"
        tasks: list[dict[str, Any]] = self._call("GET", path)["tasks"]
        return tasks

    def delete_task(self, task_id: int) -> None:
        """Delete a task."""
        self._call("DELETE", f"/api/tasks/{task_id}/")

    def retrieve_predictions(self, project_id: int, task_ids: Sequence[int]) -> None:
        """Do "Retrieve predictions" in the Data Manager."""
        body = {"selectedItems": {"all": False, "included": list(task_ids)}}
        self._call("POST", f"/api/dm/actions/?id=retrieve_tasks_predictions&project={project_id}", body)

    def predictions(self, project_id: int) -> list[dict[str, Any]]:
        """Return every stored prediction."""
        found: list[dict[str, Any]] = self._call("GET", f"/api/predictions/?project={project_id}")
        return found

    def next_task(self, project_id: int) -> dict[str, Any] | None:
        """Return the task that the labeling screen would show next, None if all are done; it gets locked for us."""
        response = self._http.get(f"/api/projects/{project_id}/next")
        if response.status_code == NOT_FOUND:
            return None
        response.raise_for_status()
        task: dict[str, Any] = response.json()
        return task

    def queue(self, project_id: int) -> Iterator[dict[str, Any]]:
        """Yield the tasks in the order of the labeling screen; the caller handles each before the next."""
        while (task := self.next_task(project_id)) is not None:
            yield task

    def annotate(self, task_id: int, result: Sequence[Region]) -> int:
        """Submit an annotation. Returns: its id."""
        body = {"result": list(result), "was_cancelled": False, "lead_time": 2.5}
        return int(self._call("POST", f"/api/tasks/{task_id}/annotations/", body)["id"])

    def skip(self, task_id: int) -> int:
        """Skip a task. Returns: the id of the cancelled annotation."""
        body = {"result": [], "was_cancelled": True, "lead_time": 1.0}
        return int(self._call("POST", f"/api/tasks/{task_id}/annotations/", body)["id"])

    def change_annotation(self, annotation_id: int, result: Sequence[Region]) -> None:
        """Update an annotation."""
        self._call("PATCH", f"/api/annotations/{annotation_id}/", {"result": list(result)})

    def delete_annotation(self, annotation_id: int) -> None:
        """Delete an annotation."""
        self._call("DELETE", f"/api/annotations/{annotation_id}/")

    def _call(self, method: str, path: str, body: object = None) -> Any:
        response = self._http.request(method, path, json=body)
        assert not response.is_error, f"{method} {path} -> {response.status_code}: {response.text[:1000]}"
        return response.json() if response.content else None


def choice(*labels: str) -> list[Region]:
    """Return the result of an annotation that chose these labels of `CHOICES`."""
    return [{"from_name": "label", "to_name": "image", "type": "choices", "value": {"choices": list(labels)}}]


def choices_config(labels: Sequence[str], *, several: bool = False) -> str:
    """Return a label config with one <Choices>."""
    tags = "".join(f'<Choice value="{label}"/>' for label in labels)
    kind = "multiple" if several else "single"
    return (
        '<View><Image name="image" value="$image"/>'
        f'<Choices name="label" toName="image" choice="{kind}">{tags}</Choices></View>'
    )
