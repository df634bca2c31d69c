"""Signatures of requests by a session that stays in the hub, which hands out no key."""

from __future__ import annotations

import hashlib
import re
import threading
import time
import urllib.parse
from typing import Any, Callable, Dict, Optional, Sequence, Tuple

from ._answers import SignedSession, kept_session_ends, refusal_of
from ._service import Answer, call
from .errors import RefusedError

Header = Tuple[str, str]

_TIMEOUT_SECONDS = 10.0
#: Time before the fence from which the session is renewed beside a request, so that the next one does not wait.
_AHEAD_SECONDS = 30.0
#: Shortest time between two renewals, as the service makes one STS call per lease in this time.
_PAUSE_SECONDS = 10.0

#: Headers that carry a signature: the hub writes them.
_OF_SIGNATURE = ("authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256")
_OF_CONNECTION = ("host", "connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")
_CHUNK = 1 << 20


class Signatures:
    """Signatures of one session that stays in the hub, for any number of threads. Renews the session before its fence; no answer has its key."""

    def __init__(self, url: str, task_id: str, token: str, session: SignedSession, now: Callable[[], float] = time.time) -> None:
        self._task = f"{url}/v1/tasks/{task_id}"
        self._host = urllib.parse.urlsplit(url).netloc
        self._token = token
        self._session = session
        self._now = now
        self._fence = session.ends
        self._renewed = now()
        self._renewing = threading.Lock()
        self._ending: Optional[str] = None

    def of(self, request: Dict[str, Any]) -> Sequence[Header]:
        """
        Returns the headers that sign a request: method, host, path, query, headers, payload_hash. Renews the session first where the hub asks for that.

        :raises ValetkeyError: RefusedError, LaterError where policy's budget is spent, UnavailableError in an outage.
        """
        if self._ending is not None:
            raise RefusedError("task_ended", self._ending)
        now = self._now()
        if now > self._fence - _AHEAD_SECONDS and now > self._renewed + _PAUSE_SECONDS and self._renewing.acquire(blocking=False):
            threading.Thread(target=self._renew_and_release, daemon=True).start()
        answer = self._ask(request)
        if answer is not None and answer.body.get("code") == "renew_needed":
            with self._renewing:
                self._renew()
            answer = self._ask(request)
        headers = answer.body.get("headers") if answer is not None and answer.status == 200 else None
        if isinstance(headers, list) and all(_is_header(each) for each in headers):
            return [(name, value) for name, value in headers]
        raise refusal_of(answer, self._host)

    def end(self, sentence: str) -> None:
        """Ends the signatures with their task: there are none from now on."""
        self._ending = sentence

    def _ask(self, request: Dict[str, Any]) -> Optional[Answer]:
        body = {"lease": self._session.name, **request}
        return call(f"{self._task}/sign", method="POST", timeout=_TIMEOUT_SECONDS, authorization=f"Bearer {self._token}", body=body)

    def _renew_and_release(self) -> None:
        try:
            self._renew()
        finally:
            self._renewing.release()

    def _renew(self) -> None:
        # A refusal is not read here: the hub gives it again with the next signature.
        self._renewed = self._now()
        address = f"{self._task}/credentials/{self._session.name}"
        answer = call(address, timeout=_TIMEOUT_SECONDS, authorization=f"Bearer {self._token}", renews=True)
        ends = kept_session_ends(answer) if answer is not None else None
        if ends is not None:
            self._fence = ends


def sign_prepared(request: Any, service: str, session: SignedSession, signatures: Signatures) -> None:
    """
    Replaces the signature of a request that botocore is about to send by one of the hub. A request without a signature stays as it is.

    :param request: botocore's ``AWSPreparedRequest``.
    :param service: botocore's name of the service in events: ``secrets-manager``.
    """
    headers = [(_text(name), _text(value)) for name, value in request.headers.items()]
    stated = {name.lower(): value for name, value in headers}
    scope = _SCOPE.search(stated.get("authorization", ""))
    if scope is None:
        return
    url = urllib.parse.urlsplit(request.url)
    host = url.hostname or ""
    # A test's AWS is on loopback. It verifies the signature of the host that AWS itself has.
    if host in _LOOPBACK:
        host = _aws_host(session, service, scope.group(1))
    added = signatures.of(
        {
            "method": request.method,
            "host": host,
            "path": url.path or "/",
            "query": url.query,
            "headers": [[name, value] for name, value in headers if name.lower() not in _OF_SIGNATURE + _OF_CONNECTION],
            "payload_hash": stated.get("x-amz-content-sha256") or _hash_of(request.body),
        }
    )
    for name, _ in headers:
        if name.lower() in _OF_SIGNATURE:
            del request.headers[name]
    for name, value in [("Host", host), *added]:
        request.headers[name] = value


def _aws_host(session: SignedSession, service: str, region: str) -> str:
    variable = f"AWS_ENDPOINT_URL_{service.replace('-', '_').upper()}"
    for each in session.endpoints:
        if each.variable == variable:
            return each.host.replace("{region}", region)
    has = ", ".join(each.service for each in session.endpoints)
    raise RefusedError("service_not_granted", f"the task was not granted {service} in account {session.account}: it has {has}")


def _hash_of(body: Any) -> str:
    """Hashes the body, and leaves a file at the place where it was; ``UNSIGNED-PAYLOAD`` for a stream that is read once."""
    if body is None:
        return hashlib.sha256(b"").hexdigest()
    if isinstance(body, str):
        return hashlib.sha256(body.encode()).hexdigest()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return hashlib.sha256(body).hexdigest()
    if not hasattr(body, "seek"):
        return "UNSIGNED-PAYLOAD"
    at, digest = body.tell(), hashlib.sha256()
    while chunk := body.read(_CHUNK):
        digest.update(chunk)
    body.seek(at)
    return digest.hexdigest()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _is_header(each: Any) -> bool:
    return isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each)
