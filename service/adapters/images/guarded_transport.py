"""An HTTP transport that connects only to addresses that the address policy allows, and never runs past a deadline."""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import local

import httpcore
import httpx

from service.adapters.images.address_policy import AddressPolicy

_CONNECTIONS = 64
_KEPT_ALIVE = 16
_KEPT_ALIVE_SECONDS = 5.0


class GuardedTransport(httpx.HTTPTransport):
    """Guards every connection. Use it inside `guard`, which applies to one thread. Proxies are not used.

    The host is looked up once, and the connection goes to exactly the address that was checked, so that a name cannot
    lead elsewhere between check and use. TLS still verifies the name.
    """

    def __init__(self, policy: AddressPolicy) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._backend = _GuardedBackend(policy)
        # httpx has no parameter for this: its pool is replaced by one that connects through our backend.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_KEPT_ALIVE,
            keepalive_expiry=_KEPT_ALIVE_SECONDS,
            network_backend=self._backend,
        )

    @contextmanager
    def guard(self, *, deadline: float, label_studio_host: tuple[str, int] | None) -> Iterator[None]:
        """Bound all requests of this thread in the block by a deadline, also against slowly dripping answers.

        Args:
            deadline: of time.monotonic.
            label_studio_host: host and port that may be in a private network.
        """
        self._backend.call.deadline = deadline
        self._backend.call.label_studio_host = label_studio_host
        try:
            yield
        finally:
            del self._backend.call.deadline, self._backend.call.label_studio_host


class _Call(local):
    """The limits of the request that a thread is making."""

    deadline: float
    label_studio_host: tuple[str, int] | None

    def remaining(self, timeout: float | None, too_late: type[Exception]) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise too_late("the whole answer took too long")
        return left if timeout is None else min(left, timeout)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects only to addresses that were checked."""

    def __init__(self, policy: AddressPolicy) -> None:
        self.call = _Call()
        self._policy = policy
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        is_label_studio = (host.lower(), port) == self.call.label_studio_host
        try:
            addresses = self._policy.permitted_addresses(host, port, is_label_studio=is_label_studio)
        except OSError as error:
            raise httpcore.ConnectError(f"the host {host} was not found") from error
        failure: httpcore.ConnectError | None = None
        for address in addresses:
            left = self.call.remaining(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _GuardedStream(stream, self.call)
        raise failure or httpcore.ConnectError(f"host {host} has no address")


class _GuardedStream(httpcore.NetworkStream):
    """A network stream that gives up at the deadline of the request, however slowly the bytes arrive."""

    def __init__(self, inner: httpcore.NetworkStream, call: _Call) -> None:
        self._inner = inner
        self._call = call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._call.remaining(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._call.remaining(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._call.remaining(timeout, httpcore.ConnectTimeout)
        return _GuardedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._call)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
