"""Runs a real Label Studio for end-to-end tests, installed once into its own virtual environment."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import httpx

from scripts.temporary_margin import free_port
from service.adapters.label_studio.http_label_studio import HttpLabelStudio
from service.adapters.label_studio.label_studio_tokens import LabelStudioAccess, label_studio_auth

VERSION = "1.23.2"
_USER = "admin@example.com"
# The first start runs all migrations: a minute on two cores.
_START_SECONDS = 300.0
_STOP_SECONDS = 15.0


class LabelStudioUnavailable(Exception):
    """A real Label Studio could not be installed or started; the message says why."""


class LabelStudioServer:
    """A Label Studio on loopback; its data folder is removed with it, unless a folder is given.

    Use it as a context manager, or call `start` and `stop`. files: a folder that is served as local files.
    """

    def __init__(self, environment: Path, *, folder: Path | None = None, files: Path | None = None) -> None:
        self._environment = environment.absolute()
        self._own_folder = folder is None
        self._folder = (folder or Path(tempfile.mkdtemp(prefix="label-studio-"))).absolute()
        self._files = files
        self._process: subprocess.Popen[bytes] | None = None
        self._password = secrets.token_urlsafe(12)
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.legacy_token = secrets.token_hex(20)

    def __enter__(self) -> "LabelStudioServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Install Label Studio if it is missing, start it and wait until it is healthy.

        Raises: LabelStudioUnavailable.
        """
        program = install(self._environment)
        (self._folder / "data").mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(program), env=self._variables(), stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End Label Studio and, unless the folder was given, remove its data."""
        if self._process is not None:
            _end(self._process)
            self._process = None
        if self._own_folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def client(self, api_key: str | None = None, *, timeout_seconds: float = 60.0) -> httpx.Client:
        """Return a client signed with the key, or with the legacy token."""
        key = api_key or self.legacy_token
        return httpx.Client(base_url=self.base_url, auth=label_studio_auth(self.base_url, key), timeout=timeout_seconds)

    def label_studio(self, api_key: str | None = None) -> HttpLabelStudio:
        """Return the adapter signed with the key, or with the legacy token."""
        return HttpLabelStudio(self.access(api_key))

    def access(self, api_key: str | None = None) -> LabelStudioAccess:
        """Return the address and the signature, with the key or the legacy token."""
        auth = label_studio_auth(self.base_url, api_key or self.legacy_token)
        return LabelStudioAccess(base_url=self.base_url, auth=auth)

    def personal_access_token(self) -> str:
        """Log in as a person does in the browser, and create a personal access token."""
        with httpx.Client(base_url=self.base_url, headers={"Referer": self.base_url}) as browser:
            browser.get("/user/login/").raise_for_status()
            form = {"email": _USER, "password": self._password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            browser.post("/user/login/", data=form)
            answer = browser.post("/api/token/", json={}, headers={"X-CSRFToken": browser.cookies["csrftoken"]})
            answer.raise_for_status()
            return str(answer.json()["token"])

    def invited_token(self, email: str) -> str:
        """Sign up another person by invitation, as in the browser. Returns: their legacy token."""
        with (
            self.client() as admin,
            httpx.Client(base_url=self.base_url, headers={"Referer": self.base_url}) as browser,
        ):
            invitation = str(admin.get("/api/invite").raise_for_status().json()["invite_url"])
            browser.get(invitation).raise_for_status()
            form = {"email": email, "password": self._password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            browser.post(invitation, data=form)
            return str(browser.get("/api/current-user/token").raise_for_status().json()["token"])

    @property
    def _log(self) -> Path:
        return self._folder / "label-studio.log"

    def _command(self, program: Path) -> list[str]:
        # "start" is required: any other first argument starts a server on all interfaces.
        return [
            *(str(program), "start", "--no-browser", "--log-level", "INFO"),
            *("--internal-host", "127.0.0.1", "--port", str(self.port), "--host", self.base_url),
            *("--data-dir", str(self._folder / "data"), "--username", _USER, "--password", self._password),
            *("--user-token", self.legacy_token, "--enable-legacy-api-token"),
        ]

    def _variables(self) -> dict[str, str]:
        variables = {
            "PATH": os.defpath,
            "HOME": str(self._folder),
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "SENTRY_DSN": "",
            # Both are needed for an ML backend, and its webhook, on loopback.
            "ML_BLOCK_LOCAL_IP": "false",
            "SSRF_PROTECTION_ENABLED": "false",
        }
        if self._files is not None:
            variables["LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED"] = "true"
            variables["LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT"] = str(self._files.absolute())
        return variables

    def _wait_until_healthy(self) -> None:
        give_up_at = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up_at:
            if self._process is None or self._process.poll() is not None:
                raise LabelStudioUnavailable(f"Label Studio ended while it started:\n{self._last_words()}")
            if self._is_healthy():
                return
            # Polls the start of another program: there is nothing else to wait on.
            time.sleep(0.25)
        raise LabelStudioUnavailable(f"Label Studio was not up after {_START_SECONDS:g} s:\n{self._last_words()}")

    def _is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.base_url}/health", timeout=2.0).is_success
        except httpx.TransportError:
            return False

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def install(environment: Path) -> Path:
    """Return the program; install it with pip into the virtual environment if it is missing.

    Raises: LabelStudioUnavailable: with pip's last lines.
    """
    program = environment / "bin" / "label-studio"
    finished = environment / f"label-studio-{VERSION}.installed"
    if finished.exists():
        return program
    _run([sys.executable, "-m", "venv", "--clear", str(environment)])
    _run([str(environment / "bin" / "pip"), "install", "--quiet", f"label-studio=={VERSION}"])
    finished.touch()
    return program


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabelStudioUnavailable(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole session that it was started in, and nothing else."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, sign)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return
