"""Hub on loopback that answers what a test tells it, and records what it was sent."""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.parse
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional, Tuple

Reply = Tuple[int, Any]


def jwt(audience: str, **more: Any) -> str:
    part = base64.urlsafe_b64encode(json.dumps({"aud": audience, "sub": "agent:demo", **more}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{part}.c2lnbmF0dXJl"


def instant(seconds: float) -> str:
    return datetime.fromtimestamp(time.time() + seconds, timezone.utc).isoformat().replace("+00:00", "Z")


def aws_answer(key: str = "ASIAFIRST", seconds: float = 900) -> Dict[str, Any]:
    return {"AccessKeyId": key, "SecretAccessKey": f"secret-of-{key}", "Token": f"session-{key}", "Expiration": instant(seconds)}


def task_answer(seconds: float = 900, key_seconds: float = 900, **more: Any) -> Dict[str, Any]:
    return {
        "access_token": "vk-task-token",
        "token_type": "Bearer",
        "expires_in": seconds,
        "task": {"id": "7kq2.", "status": "active", "expires_at": instant(seconds)},
        "credentials": [
            {"type": "aws", "name": "aws-0", "account": "111122223333", "region": "eu-west-1", **aws_answer(seconds=key_seconds)},
            {"type": "postgres", "name": "postgres-0", "username": "vk_demo", "password": "pg-password"},
        ],
        **more,
    }


def signed_answer(seconds: float = 900, fence_seconds: float = 120, **more: Any) -> Dict[str, Any]:
    """Answer of an exchange whose session stays in the hub."""
    session = {"type": "aws-sign", "name": "aws-0", "account": "111122223333", "region": "eu-west-1"}
    served = [{"service": "s3", "variable": "AWS_ENDPOINT_URL_S3", "host": "s3.{region}.amazonaws.com"}]
    return task_answer(seconds, credentials=[{**session, "expires_at": instant(fence_seconds), "endpoints": served}], **more)


class Request:
    def __init__(self, method: str, path: str, headers: Dict[str, str], body: str) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body

    @property
    def form(self) -> Dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.body))


class FakeHub:
    def __init__(self) -> None:
        self.requests: List[Request] = []
        self.token: Callable[[int], Reply] = lambda _: (200, task_answer())
        self.renewal: Callable[[int], Reply] = lambda count: (200, aws_answer(f"ASIARENEWED{count}"))
        self.complete: Callable[[int], Reply] = lambda _: (200, {"status": "completed"})
        self.signature: Callable[[int], Reply] = lambda _: (200, {"headers": [["x-amz-date", "the-hub's"], ["authorization", "AWS4 the-hub's"]]})
        self.headers: Dict[str, str] = {}
        #: Lag of the hub's clock; seconds.
        self.behind = 0.0
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                others = {"complete": hub.complete, "sign": hub.signature}
                self._answer(others.get(self.path.rsplit("/", 1)[-1], hub.token))

            def do_GET(self) -> None:
                self._answer(hub.renewal)

            def _answer(self, reply: Callable[[int], Reply]) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length).decode()
                hub.requests.append(Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status, answer = reply(len(hub.sent(self.path)))
                text = answer if isinstance(answer, str) else json.dumps(answer)
                self.send_response(status)
                for name, value in hub.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def date_time_string(self, timestamp: Optional[float] = None) -> str:
                return super().date_time_string(time.time() - hub.behind)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def sent(self, path: Optional[str] = None) -> List[Request]:
        return [each for each in self.requests if path is None or each.path == path]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
