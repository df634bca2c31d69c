"""Requests that the hub signs, for a task that has no key."""

from __future__ import annotations

import hashlib
import io
import json
import time
import unittest
from types import SimpleNamespace
from typing import Any, Dict, List
from unittest import mock

import valetkey
from valetkey import _signing
from valetkey._signing import sign_prepared

from .fake_hub import instant, signed_answer, task_answer
from .test_task import HubTest

SIGN = "/v1/tasks/7kq2./sign"
RENEWAL = "/v1/tasks/7kq2./credentials/aws-0"
DUMMY = "AWS4-HMAC-SHA256 Credential=VALETKEYSIGNS/20261206/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=00"


def prepared(url: str = "https://acme-data.s3.eu-west-1.amazonaws.com/a%20b?x-id=PutObject", body: Any = b"text", **more: str) -> Any:
    """Request as botocore has it right before it is sent."""
    headers = {"Authorization": DUMMY, "X-Amz-Date": "now", "X-Amz-Security-Token": "dummy", "Expect": "100-continue", "x-amz-acl": "private", **more}
    return SimpleNamespace(method="PUT", url=url, headers=headers, body=body)


class SigningTest(HubTest):
    def setUp(self) -> None:
        super().setUp()
        self.hub.token = lambda _: (200, signed_answer())

    def signed(self, task: valetkey.Task, request: Any, service: str = "s3") -> Any:
        [session] = task._opened().signed
        sign_prepared(request, service, session, task._signatures[session.name])
        return request

    def asked(self) -> List[Dict[str, Any]]:
        return [json.loads(each.body) for each in self.hub.sent(SIGN)]

    def test_sends_the_hubs_signature_in_place_of_its_own(self) -> None:
        with self.task(deliver="sign") as task:
            request = self.signed(task, prepared())
        self.assertEqual(self.hub.sent("/v1/token")[0].form["deliver"], "sign")
        self.assertEqual(
            self.asked(),
            [
                {
                    "lease": "aws-0",
                    "method": "PUT",
                    "host": "acme-data.s3.eu-west-1.amazonaws.com",
                    "path": "/a%20b",
                    "query": "x-id=PutObject",
                    "headers": [["x-amz-acl", "private"]],
                    "payload_hash": hashlib.sha256(b"text").hexdigest(),
                }
            ],
        )
        self.assertEqual(self.hub.sent(SIGN)[0].headers["authorization"], "Bearer vk-task-token")
        self.assertEqual(
            request.headers,
            {
                "Expect": "100-continue",
                "x-amz-acl": "private",
                "Host": "acme-data.s3.eu-west-1.amazonaws.com",
                "x-amz-date": "the-hub's",
                "authorization": "AWS4 the-hub's",
            },
        )

    def test_takes_the_stated_hash_or_hashes_the_body(self) -> None:
        body = io.BytesIO(b"before text")
        body.seek(7)
        stream = SimpleNamespace(read=lambda: b"")
        with self.task() as task:
            self.signed(task, prepared(**{"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}))
            for each in ("text", bytearray(b"text"), body, None, stream):
                self.signed(task, prepared(body=each))
        of_text, of_nothing = (hashlib.sha256(each).hexdigest() for each in (b"text", b""))
        self.assertEqual(
            [each["payload_hash"] for each in self.asked()],
            ["UNSIGNED-PAYLOAD", of_text, of_text, of_text, of_nothing, "UNSIGNED-PAYLOAD"],
        )
        self.assertEqual(body.tell(), 7)

    def test_leaves_an_unsigned_request_alone(self) -> None:
        request = prepared()
        del request.headers["Authorization"]
        with self.task() as task:
            self.assertEqual(self.signed(task, request).headers, {**request.headers})
        self.assertEqual(self.asked(), [])

    def test_signs_for_awss_host_where_a_tests_aws_is_on_loopback(self) -> None:
        with self.task() as task:
            request = self.signed(task, prepared(url="http://127.0.0.1:7565/acme-data/k"))
            self.assertEqual(request.headers["Host"], "s3.eu-west-1.amazonaws.com")
            with self.assertRaises(valetkey.RefusedError) as caught:
                self.signed(task, prepared(url="http://127.0.0.1:7565/"), "secrets-manager")
        self.assertEqual(str(caught.exception), "the task was not granted secrets-manager in account 111122223333: it has s3")
        self.assertEqual(len(self.asked()), 1)

    def test_a_refusal_is_raised_and_nothing_is_signed(self) -> None:
        refusals = {
            valetkey.RefusedError: (403, {"code": "task_ended", "error_description": "The task has ended."}),
            valetkey.LaterError: (429, {"code": "budget_spent", "error_description": "Spent."}),
            valetkey.UnavailableError: (503, {"code": "unavailable", "error_description": "Try again."}),
        }
        with self.task() as task:
            for kind, reply in refusals.items():
                self.hub.signature = lambda _, reply=reply: reply  # type: ignore[misc]
                request = prepared()
                with self.subTest(kind=kind), self.assertRaises(kind):
                    self.signed(task, request)
                self.assertEqual(request.headers["Authorization"], DUMMY)

    def test_renews_where_the_hub_asks_for_it_and_signs_then(self) -> None:
        self.hub.renewal = lambda _: (200, {"deliver": "sign", "Expiration": instant(120), "AccountId": "111122223333"})
        first: Any = (409, {"code": "renew_needed", "error_description": "Renew the lease first."})
        usual = self.hub.signature
        self.hub.signature = lambda count: first if count == 1 else usual(count)
        with self.task() as task:
            self.assertEqual(self.signed(task, prepared()).headers["x-amz-date"], "the-hub's")
        self.assertEqual((len(self.hub.sent(RENEWAL)), len(self.asked())), (1, 2))

    def test_renews_beside_a_request_before_the_fence(self) -> None:
        self.hub.token = lambda _: (200, signed_answer(fence_seconds=20))
        self.hub.renewal = lambda _: (200, {"deliver": "sign", "Expiration": instant(120), "AccountId": "111122223333"})
        with mock.patch.object(_signing, "_PAUSE_SECONDS", 0.0), self.task() as task:
            self.signed(task, prepared())
            end = time.monotonic() + 5
            while task._signatures["aws-0"]._fence < time.time() + 60 and time.monotonic() < end:
                time.sleep(0.01)
            self.signed(task, prepared())
        self.assertEqual(len(self.hub.sent(RENEWAL)), 1)

    def test_has_no_key_and_signs_nothing_after_the_end(self) -> None:
        with self.task() as task:
            with self.assertRaises(valetkey.UsageError) as caught:
                task.credentials()
            self.assertEqual(str(caught.exception), "the hub signs this task's requests: use task.boto3_session()")
            with self.assertRaises(valetkey.UsageError) as other:
                task.credentials("999999999999")
            self.assertEqual(
                str(other.exception), "the task has no AWS credentials for account 999999999999; it has them for 111122223333"
            )
        with self.assertRaises(valetkey.RefusedError):
            self.signed(task, prepared())
        self.assertEqual(self.asked(), [])

    def test_an_incomplete_session_is_no_answer(self) -> None:
        whole = signed_answer()["credentials"][0]
        wrong = [{key: value for key, value in whole.items() if key != name} for name in ("name", "account", "expires_at", "endpoints")]
        for name, value in (("variable", "PATH"), ("host", "a/b?"), ("service", 7)):
            wrong.append({**whole, "endpoints": [{**whole["endpoints"][0], name: value}]})
        for part in wrong:
            self.hub.token = lambda _, part=part: (200, task_answer(credentials=[part]))  # type: ignore[misc]
            with self.subTest(part=part), self.assertRaises(valetkey.UnavailableError):
                with self.task():
                    pass


if __name__ == "__main__":
    unittest.main()
