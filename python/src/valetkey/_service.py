"""Requests to valetkey and to sources of identity tokens, with the standard library alone."""

from __future__ import annotations

import email.utils
import http.client
import ipaddress
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import IO, Any, Dict, Mapping, Optional

from .errors import UsageError

#: Most bytes of an answer; the largest one of the service has some 50 KB.
MOST_BYTES = 1 << 20
#: Smallest lead of this machine's clock that counts; seconds. Less may come from the network and the header's whole seconds.
CLOCK_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    status: int
    text: str = field(repr=False)
    retry_after: Optional[float] = None
    #: Lead of this machine's clock over the service's; seconds, 0 where it is negligible.
    ahead: float = 0.0

    @property
    def body(self) -> Dict[str, Any]:
        """Body as a JSON object; an empty one for any other body."""
        try:
            value = json.loads(self.text)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, which would carry the token elsewhere."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


#: A proxy of the environment would see the tokens of plain http; TLS hides them from it.
_PLAIN = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
_TLS = urllib.request.build_opener(_NoRedirect)


def safe_url(text: str, name: str) -> str:
    """Checks a URL to which tokens may be sent, https or http on loopback, and removes its trailing slashes."""
    try:
        url = urllib.parse.urlsplit(text)
        host, _ = url.hostname, url.port
    except ValueError:
        url, host = urllib.parse.urlsplit(""), None
    if url.scheme not in ("http", "https") or not host or any(ord(each) <= 32 or ord(each) == 127 for each in text):
        raise UsageError("usage", f"{name} must be an address such as https://valetkey.example.com")
    if url.scheme == "http" and not _is_loopback(host):
        raise UsageError("usage", f"{name} must be https (http only on loopback): tokens travel over it")
    if url.username is not None or url.password is not None:
        raise UsageError("usage", f"{name} must not hold a user name or password")
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def call(
    url: str,
    *,
    timeout: float,
    method: str = "GET",
    authorization: Optional[str] = None,
    form: Optional[Mapping[str, str]] = None,
    body: Optional[Mapping[str, object]] = None,
    renews: bool = False,
) -> Optional[Answer]:
    """
    Sends a request; None where nobody answers in time. The error is dropped, since it may quote the request.
    ``renews``: the caller renews its sessions by itself, so that they may be short.
    """
    headers = {"accept": "application/json"}
    if renews:
        headers["valetkey-renews"] = "1"
    data: Optional[bytes] = None
    if authorization is not None:
        headers["authorization"] = authorization
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
    elif body is not None:
        headers["content-type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    opener = _PLAIN if request.type == "http" else _TLS
    sent, end = time.time(), time.monotonic() + timeout
    try:
        with opener.open(request, timeout=timeout) as response:
            return _answer(response.status, response, end, sent)
    except urllib.error.HTTPError as error:
        with error:
            try:
                return _answer(error.code, error, end, sent)
            except (OSError, http.client.HTTPException, ValueError):
                return None
    except (OSError, http.client.HTTPException, ValueError):
        return None


def _answer(status: int, response: Any, end: float, sent: float) -> Optional[Answer]:
    """Reads the answer. A server that sends byte by byte is bounded by the time, and a large answer by its bytes."""
    chunks = []
    size = 0
    while chunk := response.read1(65_536):
        size += len(chunk)
        if size > MOST_BYTES or time.monotonic() > end:
            return None
        chunks.append(chunk)
    length = response.headers.get("content-length")
    if length is not None and length.isdigit() and size < int(length):
        return None
    text = b"".join(chunks).decode("utf-8", "replace")
    return Answer(status, text, _seconds(response.headers.get("retry-after")), _ahead(response.headers.get("date"), sent))


def _seconds(text: Optional[str]) -> Optional[float]:
    return float(text) if text is not None and text.isdigit() else None


def _ahead(date: Optional[str], sent: float) -> float:
    try:
        there = email.utils.parsedate_to_datetime(date).timestamp() if date else None
    except (TypeError, ValueError):
        there = None
    if there is None:
        return 0.0
    ahead = (sent + time.time()) / 2 - there
    return ahead if abs(ahead) > CLOCK_SECONDS else 0.0


def is_outage(answer: Optional[Answer]) -> bool:
    """True for an answer without a decision, which may be retried."""
    return answer is None or answer.status >= 500
