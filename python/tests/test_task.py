"""Life of a task against a hub that answers what each test tells it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import threading
import time
import unittest
from datetime import datetime, timezone
from typing import Any, Dict, List
from unittest import mock

import valetkey
from valetkey import _credentials, _task
from valetkey._answers import refusal_of
from valetkey._service import Answer
from valetkey.errors import in_arguments

from .fake_hub import FakeHub, instant, jwt, task_answer

READ = valetkey.aws("111122223333", ["s3:GetObject"], ["arn:aws:s3:::acme-data/reports/*"])
PENDING = {
    "id": "ap-1",
    "needed": [{"group": "sre", "count": 2, "have": 0}],
    "expires_at": instant(600),
    "url": "https://valetkey.example.com/approvals/ap-1",
}


class HubTest(unittest.TestCase):
    def setUp(self) -> None:
        self.hub = FakeHub()
        self.addCleanup(self.hub.close)
        environment = mock.patch.dict(os.environ, {"VALETKEY_TOKEN": jwt(self.hub.url)}, clear=True)
        environment.start()
        self.addCleanup(environment.stop)
        for name, value in (("_OPEN_PAUSES", (0.01, 0.01)), ("_END_PAUSES", (0.01, 0.01)), ("_END_SECONDS", 0.5)):
            patch = mock.patch.object(_task, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        logging.getLogger("valetkey").setLevel(logging.INFO)

    def task(self, **more: Any) -> valetkey.Task:
        arguments: Dict[str, Any] = {"url": self.hub.url, "purpose": "weekly report", "intent": [READ], **more}
        return valetkey.task(**arguments)

    def ending(self) -> Any:
        return json.loads(self.hub.sent("/v1/tasks/7kq2./complete")[-1].body)


class TaskTest(HubTest):
    def test_opens_works_and_ends(self) -> None:
        with self.task(ttl=600, accept_less=True, standing="5/7d") as task:
            held = task.credentials()
            self.assertEqual((task.id, held.access_key_id), ("7kq2.", "ASIAFIRST"))
            self.assertEqual(task.issued[0].fields["password"], "pg-password")
        [opening, ending] = self.hub.requests
        self.assertEqual(opening.form["subject_token"], jwt(self.hub.url))
        self.assertEqual(json.loads(opening.form["authorization_details"]), [READ])
        self.assertEqual([opening.form[name] for name in ("task_ttl", "mode", "standing")], ["600", "narrow", "5/7d"])
        self.assertEqual(ending.headers["authorization"], "Bearer vk-task-token")
        self.assertEqual(self.ending(), {"outcome": "success", "detail": "the work is done"})

    def test_gives_nothing_after_the_end(self) -> None:
        with self.task() as task:
            pass
        with self.assertRaises(valetkey.RefusedError):
            task.credentials()

    def test_ends_after_an_error_of_the_work_without_its_message(self) -> None:
        with self.assertRaises(ValueError):
            with self.task():
                raise ValueError("the password is hunter2")
        self.assertEqual(self.ending(), {"outcome": "failure", "detail": "it raised ValueError"})

    def test_ends_at_a_keyboard_interrupt(self) -> None:
        with self.assertRaises(KeyboardInterrupt):
            with self.task():
                raise KeyboardInterrupt
        self.assertEqual(self.ending()["outcome"], "failure")

    def test_refuses_wrong_arguments_before_anything_is_sent(self) -> None:
        detail = valetkey.aws("111122223333", ["s3:GetObject"], ["arn:aws:s3:::acme-data/*"])
        given = {"purpose": "p", "intent": [detail], "url": self.hub.url}
        wrong = {
            "purpose": [None, "", "  ", 7, "x" * 257],
            "intent": [None, [], detail, "text", [{"account": "1"}], ["aws"]],
            "ttl": ["900", 0, 43_201, True, 1.5],
            "standing": [5],
            "accept_less": ["yes"],
            "deliver": ["key", True],
        }
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name=name, value=value), self.assertRaises(valetkey.UsageError) as caught:
                    valetkey.task(**{**given, name: value})
                self.assertIn(f"{name} takes", str(caught.exception))
        self.assertEqual(self.hub.sent("/v1/token"), [])

    def test_a_detail_takes_lists(self) -> None:
        account, actions, resources = "111122223333", ["s3:GetObject"], ["arn:aws:s3:::acme-data/*"]
        wrong: Dict[str, List[Any]] = {
            "account": [111122223333, None],
            "actions": ["s3:GetObject", b"s3:GetObject", None, [1]],
            "resources": ["arn:aws:s3:::acme-data/*", {"arn": 1}, [None]],
        }
        for name, values in wrong.items():
            for value in values:
                given = {"account": account, "actions": actions, "resources": resources, name: value}
                with self.subTest(name=name, value=value), self.assertRaises(valetkey.UsageError) as caught:
                    valetkey.aws(**given)
                self.assertIn(f"{name} takes", str(caught.exception))
        self.assertEqual(valetkey.aws(account, tuple(actions), resources)["actions"], actions)

    def test_names_the_detail_without_a_type(self) -> None:
        with self.assertRaises(valetkey.UsageError) as caught:
            valetkey.task(purpose="p", url=self.hub.url, intent=[READ, {"account": "111122223333"}])
        self.assertIn('intent[1] has no type, such as "aws"', str(caught.exception))

    def test_names_what_was_granted_and_what_was_left_out(self) -> None:
        granted = [{"type": "aws", "account": "111122223333", "actions": ["s3:GetObject"], "resources": ["arn:b"]}]
        denial = {"action": "s3:GetObject", "target": "arn:a", "reason": "No policy permits it."}
        hint = "Policy covers arn:b: ask for that, or with mode=narrow for what is permitted."
        self.hub.token = lambda _: (200, task_answer(authorization_details=granted, denials=[{**denial, "hint": hint}]))
        with self.task(accept_less=True) as task:
            self.assertEqual(list(task.granted), granted)
            words = "Policy covers arn:b: ask for that, or with accept_less=True for what is permitted."
            self.assertEqual(list(task.denials), [valetkey.Denial(**denial, hint=words)])

    def test_names_nothing_where_the_answer_does_not(self) -> None:
        with self.task() as task:
            self.assertEqual((task.granted, task.denials), ((), ()))

    def test_runs_once(self) -> None:
        task = self.task()
        with task:
            pass
        with self.assertRaises(valetkey.UsageError):
            with task:
                pass
        self.assertEqual(len(self.hub.sent("/v1/token")), 1)

    def test_async_with(self) -> None:
        async def run() -> str:
            async with self.task() as task:
                return task.credentials().access_key_id

        self.assertEqual(asyncio.run(run()), "ASIAFIRST")
        self.assertEqual(self.ending()["outcome"], "success")

    def test_names_the_person_as_subject_and_the_agent_as_actor(self) -> None:
        with self.task(on_behalf_of="person.token.x"):
            pass
        form = self.hub.requests[0].form
        self.assertEqual((form["subject_token"], form["actor_token"]), ("person.token.x", jwt(self.hub.url)))

    def test_a_denial_says_what_to_ask_for_instead(self) -> None:
        denial = {"action": "s3:DeleteObject", "target": "arn:x", "reason": "no_permit", "hint": "Ask for s3:GetObject."}
        self.hub.token = lambda _: (403, {"error": "access_denied", "error_description": "No.", "code": "intent_denied", "denials": [denial]})
        with self.assertRaises(valetkey.RefusedError) as caught:
            self.task().__enter__()
        self.assertEqual((caught.exception.event, caught.exception.denials[0].hint), ("intent_denied", "Ask for s3:GetObject."))
        self.assertIn("Ask for s3:GetObject.", str(caught.exception))

    def test_denials_of_one_reason_are_one_line(self) -> None:
        reason = {"reason": "No policy permits it.", "hint": "Ask with mode=narrow for the permitted part."}
        actions = [f"s3:Action{index}" for index in range(9)]
        denials = [{"action": action, "target": target, **reason} for target in ("arn:a", "arn:b") for action in actions]
        denials.append(denials[0])
        denials.append({"action": "s3:GetObject", "target": "arn:c", "reason": "A policy forbids it.", "policy": "guard"})
        self.hub.token = lambda _: (403, {"error": "access_denied", "error_description": "No.", "code": "policy_denied", "denials": denials})
        with self.assertRaises(valetkey.RefusedError) as caught:
            self.task().__enter__()
        self.assertEqual(len(caught.exception.denials), 20)
        self.assertEqual(
            str(caught.exception).splitlines()[1:],
            [
                "  denied: s3:Action0, s3:Action1, s3:Action2, s3:Action3, s3:Action4, s3:Action5 and 3 more on arn:a, arn:b",
                "    No policy permits it.",
                "    hint: Ask with accept_less=True for the permitted part.",
                "  denied: s3:GetObject on arn:c",
                "    A policy forbids it. (policy guard)",
            ],
        )

    def test_each_refusal_has_its_kind(self) -> None:
        kinds = [
            (429, {"error": "slow_down"}, valetkey.LaterError),
            (400, {"error": "invalid_authorization_details"}, valetkey.IntentError),
            (403, {"error": "access_denied", "code": "approval_expired"}, valetkey.LaterError),
            (401, {"error": "invalid_token"}, valetkey.RefusedError),
            (503, {}, valetkey.UnavailableError),
            (200, {"hello": "world"}, valetkey.UnavailableError),
            (200, "<html>", valetkey.UnavailableError),
            (200, [1, 2], valetkey.UnavailableError),
            (302, {}, valetkey.UnavailableError),
        ]
        for status, body, kind in kinds:
            with self.subTest(status=status, body=body):
                self.hub.token = lambda _, status=status, body=body: (status, body)  # type: ignore[misc]
                with self.assertRaises(kind):
                    self.task().__enter__()

    def test_a_spent_budget_is_named_with_the_time_from_which_it_allows_another_task(self) -> None:
        for seconds, wait in ((59, "59 s"), (61, "2 min"), (90_001, "25 h 1 min")):
            with self.subTest(seconds=seconds):
                body = {"error": "slow_down", "code": "budget_spent", "budget": "deploys 3/1d agent", "retry_after": seconds}
                self.hub.token = lambda _, body=body: (429, body)  # type: ignore[misc]
                self.hub.headers = {"retry-after": str(seconds)}
                before = time.time()
                with self.assertRaises(valetkey.LaterError) as caught:
                    self.task().__enter__()
                self.assertEqual((caught.exception.event, caught.exception.retry_after), ("budget_spent", seconds))
                sentence = str(caught.exception)
                self.assertTrue(sentence.startswith('The budget "deploys 3/1d agent" of policy is spent: it allows no further task before '))
                self.assertTrue(sentence.endswith(f"Z, in {wait}. Waiting helps; to repeat the request or to reword it does not."))
                moment = datetime.fromisoformat(sentence.split("before ")[1].split("Z")[0] + "+00:00").timestamp()
                self.assertTrue(before + seconds <= moment <= time.time() + seconds + 1)

    def test_an_unregistered_agent_is_named_by_issuer_and_subject(self) -> None:
        body = {"error": "invalid_request", "code": "agent_unknown", "error_description": "Ask its owner to register it."}
        self.hub.token = lambda _: (400, body)
        named = 'Ask its owner to register it. The agent\'s token is of the issuer "https://idp.test", and its subject is "agent:demo".'
        for issuer, sentence in (("https://idp.test", named), ("a\x1b[2J", body["error_description"]), ("a" * 513, body["error_description"]), (7, body["error_description"])):
            token = jwt(self.hub.url, iss=issuer)
            with self.subTest(issuer=issuer), mock.patch.dict(os.environ, {"VALETKEY_TOKEN": token}):
                with self.assertRaises(valetkey.RefusedError) as caught:
                    self.task().__enter__()
                self.assertEqual(str(caught.exception), sentence)

    def test_takes_no_account_and_no_region_of_another_form(self) -> None:
        for field, value in (("region", "x.evil.test/#"), ("region", "us-east-1\n"), ("region", 7), ("account", 111122223333), ("account", "1")):
            answer = task_answer()
            answer["credentials"][0][field] = value
            with self.subTest(field=field, value=value):
                self.hub.token = lambda _, answer=answer: (200, answer)  # type: ignore[misc]
                with self.assertRaises(valetkey.ValetkeyError):
                    self.task().__enter__()

    def test_retries_an_outage_with_one_idempotency_key(self) -> None:
        self.hub.token = lambda count: (502, {}) if count < 3 else (200, task_answer())
        with self.task():
            pass
        keys = {each.form["idempotency_key"] for each in self.hub.sent("/v1/token")}
        self.assertEqual((len(self.hub.sent("/v1/token")), len(keys)), (3, 1))

    def test_follows_no_redirect(self) -> None:
        other = FakeHub()
        self.addCleanup(other.close)
        self.hub.headers = {"location": f"{other.url}/v1/token"}
        for status in (301, 302, 303, 307, 308):
            self.hub.token = lambda _, status=status: (status, {})  # type: ignore[misc]
            with self.assertRaises(valetkey.UnavailableError):
                self.task().__enter__()
        self.assertEqual(other.requests, [])

    def test_sends_no_token_of_plain_http_to_a_proxy(self) -> None:
        proxy = FakeHub()
        self.addCleanup(proxy.close)
        with mock.patch.dict(os.environ, {"http_proxy": proxy.url, "HTTP_PROXY": proxy.url, "all_proxy": proxy.url}):
            with self.task():
                pass
        self.assertEqual((proxy.requests, len(self.hub.requests)), ([], 2))

    def test_refuses_urls_over_which_a_token_would_be_seen(self) -> None:
        for url in ("http://valetkey.example.com", "https://user:pw@valetkey.example.com", "ftp://127.0.0.1", "valetkey", "http://127.0.0.1.example.com", "http://[::1", "https://valetkey.example.com/\r\nx: y"):
            with self.subTest(url=url), self.assertRaises(valetkey.UsageError):
                self.task(url=url)

    def test_sends_no_token_that_is_for_another(self) -> None:
        with self.assertRaises(valetkey.IdentityError) as caught:
            self.task(identity=jwt("https://sts.example.com")).__enter__()
        self.assertEqual(self.hub.requests, [])
        self.assertNotIn(jwt("https://sts.example.com"), str(caught.exception))

    def test_a_wrong_clock_expires_nothing(self) -> None:
        self.hub.behind = 7_200
        self.hub.token = lambda _: (200, task_answer(seconds=900 - 7_200, key_seconds=900 - 7_200))
        with self.task() as task:
            self.assertAlmostEqual(task.credentials().ends, time.time() + 900, delta=30)

    def test_repr_and_pickle_hold_no_secret(self) -> None:
        with self.task() as task:
            held = [repr(task), repr(task.credentials()), repr(task.issued), repr(task._open)]
            with self.assertRaises(TypeError):
                pickle.dumps(task)
        for secret in ("vk-task-token", "secret-of-ASIAFIRST", "session-ASIAFIRST", "pg-password"):
            self.assertFalse([text for text in held if secret in text])

    def test_an_end_that_fails_is_logged_and_hides_no_error_of_the_work(self) -> None:
        self.hub.complete = lambda _: (503, {})
        with self.assertLogs("valetkey", "ERROR") as logged, self.assertRaises(ZeroDivisionError):
            with self.task():
                _ = 1 / 0
        self.assertIn("could not be ended", logged.output[0])
        self.assertGreater(len(self.hub.sent("/v1/tasks/7kq2./complete")), 1)

    def test_says_who_ended_it_before(self) -> None:
        self.hub.complete = lambda _: (200, {"status": "revoked", "ended_at": "2026-01-01T00:00:00Z"})
        with self.assertLogs("valetkey", "WARNING") as logged:
            with self.task():
                pass
        self.assertIn("revoked at 2026-01-01T00:00:00Z", logged.output[0])


class DenialTest(unittest.TestCase):
    def test_is_grouped_and_names_the_arguments_of_this_package(self) -> None:
        bucket = "arn:aws:s3:::acme-data"
        narrow = in_arguments("Policy covers a: ask for that, or with mode=narrow for what is permitted.")
        person = in_arguments(
            "Ask on behalf of a person: their token as subject_token, the agent's as actor_token (`valetkey exec --on-behalf-of`)."
        )
        puts = [valetkey.Denial(f"s3:Put{index}", target, "No policy permits it.", None, narrow) for target in (bucket, f"{bucket}/*") for index in range(9)]
        get = valetkey.Denial("s3:GetObject", bucket, "It is for people.", "people-only", person)
        self.assertEqual(
            str(valetkey.RefusedError("policy_denied", "Denied.", [*puts, get])).split("\n"),
            [
                "Denied.",
                f"  denied: s3:Put0, s3:Put1, s3:Put2, s3:Put3, s3:Put4, s3:Put5 and 3 more on {bucket}, {bucket}/*",
                "    No policy permits it.",
                "    hint: Policy covers a: ask for that, or with accept_less=True for what is permitted.",
                f"  denied: s3:GetObject on {bucket}",
                "    It is for people. (policy people-only)",
                "    hint: Ask on behalf of a person: give on_behalf_of.",
            ],
        )


class WaitTest(unittest.TestCase):
    def test_names_a_long_wait_in_minutes(self) -> None:
        for seconds, words in ((30.0, "30 s"), (1257.0, "21 min"), (3700.0, "1 h 2 min")):
            error = refusal_of(Answer(409, json.dumps({"error_description": "Held."}), seconds), "hub")
            self.assertEqual(str(error), f"Held. Try again in {words}.")


class NoCredentialTest(HubTest):
    def test_names_the_accounts_that_a_task_has_keys_for(self) -> None:
        with self.task() as task, self.assertRaisesRegex(valetkey.UsageError, r"for account 999999999999; it has them for \d{12}$"):
            task.credentials("999999999999")

    def test_tells_that_an_intent_asks_for_no_keys(self) -> None:
        self.hub.token = lambda count: (200, task_answer(credentials=[]))
        with self.task() as task, self.assertRaisesRegex(valetkey.UsageError, "its intent asks for none"):
            task.credentials()


class ApprovalTest(HubTest):
    def pending(self, count: int) -> Any:
        if count == 1:
            return 200, task_answer(task={"id": "7kq2.", "status": "pending", "expires_at": instant(900), "approval": PENDING}, credentials=[], interval=0.01)
        if count == 2:
            return 400, {"error": "authorization_pending", "approval": {**PENDING, "needed": [{"group": "sre", "count": 2, "have": 1}]}, "interval": 0.01}
        return 200, task_answer()

    def test_waits_until_people_have_decided(self) -> None:
        self.hub.token = self.pending
        seen: List[int] = []
        with self.task(on_pending=lambda approval: seen.append(approval.needed[0].have)) as task:
            self.assertEqual(task.credentials().access_key_id, "ASIAFIRST")
        self.assertEqual(seen, [0, 1])
        self.assertEqual(self.hub.sent("/v1/token")[1].form["subject_token"], "vk-task-token")

    def test_waits_for_a_budget_while_the_approval_lives(self) -> None:
        def spent(seconds: float) -> Any:
            body = {"error": "slow_down", "code": "budget_spent", "budget": "deploys 3/1d agent", "retry_after": seconds}
            return lambda count: self.pending(1) if count == 1 else (429, body) if count == 2 else (200, task_answer())

        self.hub.token, self.hub.headers = spent(0), {"retry-after": "0"}
        with self.task() as task:
            self.assertEqual(task.credentials().access_key_id, "ASIAFIRST")
        self.hub.requests.clear()
        self.hub.token, self.hub.headers = spent(86_400), {"retry-after": "86400"}
        with self.assertRaises(valetkey.LaterError) as caught:
            self.task().__enter__()
        self.assertEqual((caught.exception.event, len(self.hub.sent("/v1/token"))), ("budget_spent", 2))

    def test_names_the_person_of_the_task_and_the_missing_key(self) -> None:
        def waiting(*needed: valetkey.NeededVotes) -> str:
            return _task._waiting_for(valetkey.Approval("ap-1", needed, datetime.now(timezone.utc), PENDING["url"], 1))

        votes = valetkey.NeededVotes
        self.assertEqual(waiting(votes("@person", 1, 0), votes("sre", 2, 1)), "the person it acts for and sre (1 of 2)")
        self.assertEqual(waiting(votes("sre", 1, 1)), "its key, which people have approved")

    def test_a_denial_ends_the_task(self) -> None:
        self.hub.token = lambda count: self.pending(1) if count == 1 else (403, {"error": "access_denied", "code": "approval_denied"})
        with self.assertRaises(valetkey.RefusedError) as caught:
            self.task().__enter__()
        self.assertIsNone(caught.exception.reason)
        self.assertEqual(self.ending(), {"outcome": "failure", "detail": "it was not begun"})

    def test_a_denial_has_the_reason_of_the_person_and_no_warning_about_the_task(self) -> None:
        denied = {"error": "access_denied", "code": "approval_denied", "error_description": "A person denied it.", "reason": "not during the freeze\x1b[2K"}
        self.hub.token = lambda count: self.pending(1) if count == 1 else (403, denied)
        self.hub.complete = lambda _: (200, {"status": "revoked"})
        with mock.patch.object(_task._LOG, "warning") as warned, self.assertRaises(valetkey.RefusedError) as caught:
            self.task().__enter__()
        warned.assert_not_called()
        self.assertEqual(caught.exception.reason, denied["reason"])
        self.assertIn('The reason: "not during the freeze\\u001b', str(caught.exception))

    def test_an_error_of_the_callback_withdraws_the_request(self) -> None:
        self.hub.token = self.pending

        def give_up(_: object) -> None:
            raise RuntimeError("nobody is there at night")

        with self.assertRaises(RuntimeError):
            self.task(on_pending=give_up).__enter__()
        self.assertEqual(self.ending()["detail"], "it was not begun")

    def test_without_a_wait_the_request_goes_on(self) -> None:
        self.hub.token = self.pending
        with self.assertRaises(valetkey.LaterError) as caught:
            self.task(wait=False).__enter__()
        self.assertIn(PENDING["url"], str(caught.exception))
        self.assertEqual(len(self.hub.sent("/v1/token")), 1)
        self.assertEqual(self.hub.sent("/v1/tasks/7kq2./complete"), [])

    def test_without_a_wait_the_repeat_of_a_lost_answer_has_the_credentials(self) -> None:
        self.hub.token = lambda count: (503, {}) if count == 1 else (200, task_answer())
        with self.task(wait=False) as task:
            self.assertEqual(task.credentials().access_key_id, "ASIAFIRST")
        lost, repeat = self.hub.sent("/v1/token")
        self.assertEqual(lost.form["idempotency_key"], repeat.form["idempotency_key"])


def past_half_of_its_life(task: valetkey.Task) -> None:
    """Has each session of the task count as past half of its life."""
    for cache in task._caches.values():
        cache._half_life = 0.0


class RenewalTest(HubTest):
    def test_renews_nothing_in_the_first_half_of_a_life_however_short(self) -> None:
        self.hub.token = lambda _: (200, task_answer(seconds=3_600, key_seconds=60))
        with mock.patch.object(_credentials, "_PAUSE_SECONDS", 0), self.task() as task:
            for _ in range(5):
                self.assertEqual(task.credentials().access_key_id, "ASIAFIRST")
            past_half_of_its_life(task)
            self.assertEqual(task.credentials().access_key_id, "ASIARENEWED1")
        self.assertEqual(
            [each.headers.get("valetkey-renews") for each in self.hub.requests if "complete" not in each.path], ["1", "1"]
        )

    def test_renews_once_for_many_threads(self) -> None:
        self.hub.token = lambda _: (200, task_answer(seconds=3_600, key_seconds=30))
        with mock.patch.object(_credentials, "_PAUSE_SECONDS", 0), self.task() as task:
            past_half_of_its_life(task)
            seen = []
            threads = [threading.Thread(target=lambda: seen.append(task.credentials().access_key_id)) for _ in range(16)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
            self.assertEqual(task.credentials().access_key_id, "ASIARENEWED1")
        self.assertEqual(len(seen), 16)
        self.assertEqual(len(self.hub.sent("/v1/tasks/7kq2./credentials/aws-0")), 1)

    def test_an_outage_keeps_what_is_held_and_a_refusal_does_not(self) -> None:
        self.hub.token = lambda _: (200, task_answer(seconds=3_600, key_seconds=30))
        self.hub.renewal = lambda count: (503, {}) if count == 1 else (403, {"Message": "Task 7kq2. was revoked."})
        with mock.patch.object(_credentials, "_PAUSE_SECONDS", 0), mock.patch.object(_credentials, "_OUTAGE_SECONDS", 0):
            with self.task() as task:
                past_half_of_its_life(task)
                self.assertEqual(task.credentials().access_key_id, "ASIAFIRST")
                with self.assertRaises(valetkey.RefusedError) as caught:
                    task.credentials()
                self.assertIn("was revoked", str(caught.exception))
        self.assertEqual(len(self.hub.sent("/v1/tasks/7kq2./credentials/aws-0")), 2)

    def test_expired_credentials_are_given_to_nobody(self) -> None:
        self.hub.token = lambda _: (200, task_answer(seconds=3_600, key_seconds=0.05))
        self.hub.renewal = lambda _: (503, {})
        with self.task() as task:
            time.sleep(0.1)
            with self.assertRaises(valetkey.UnavailableError):
                task.credentials()

    def test_renews_nothing_that_lives_as_long_as_its_task(self) -> None:
        self.hub.token = lambda _: (200, task_answer(seconds=60, key_seconds=60))
        with mock.patch.object(_credentials, "_PAUSE_SECONDS", 0), self.task() as task:
            task.credentials()
        self.assertEqual(self.hub.sent("/v1/tasks/7kq2./credentials/aws-0"), [])


if __name__ == "__main__":
    unittest.main()
