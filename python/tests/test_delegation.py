"""A task handed on in part, and a sub-agent's task below it."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any, Dict

import valetkey

from .fake_hub import Reply, jwt, task_answer
from .test_task import READ, HubTest

TOKEN = "vkd_k7f3m2q9x4ab._CANARYdelegationCANARYdelegationCANARYdeleg"


def answered(**more: Any) -> Reply:
    return 200, {"access_token": TOKEN, "token_type": "N_A", "expires_in": 600, "authorization_details": [READ], **more}


class DelegationTest(HubTest):
    def setUp(self) -> None:
        super().setUp()
        self.delegation: Reply = answered()
        self.hub.token = lambda _: self.delegation if self.last().get("requested_token_type", "").endswith(":delegation") else (200, task_answer())

    def last(self) -> Dict[str, str]:
        return self.hub.sent("/v1/token")[-1].form

    def test_exchanges_the_task_token_for_a_delegation_to_one_agent(self) -> None:
        with self.task() as task:
            delegation = task.delegate("helper", [READ], ttl=300)
        self.assertEqual(
            self.last(),
            {
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "requested_token_type": "urn:valetkey:token-type:delegation",
                "subject_token": "vk-task-token",
                "subject_token_type": "urn:valetkey:token-type:task",
                "audience": "helper",
                "authorization_details": json.dumps([READ]),
                "task_ttl": "300",
            },
        )
        self.assertEqual((delegation.text(), delegation.agent, delegation.intent), (TOKEN, "helper", (READ,)))

    def test_shows_its_token_in_no_log_and_no_store(self) -> None:
        with self.task() as task:
            delegation = task.delegate("helper", [READ])
        for shown in (repr(delegation), str(delegation), f"{delegation}", repr({"delegation": delegation})):
            self.assertNotIn("CANARY", shown)
        self.assertFalse(hasattr(delegation, "__dict__"))
        for store in (pickle.dumps, copy.copy, json.dumps):
            with self.assertRaises(TypeError):
                store(delegation)  # type: ignore[operator]

    def test_checks_what_is_handed_on_before_anything_is_sent(self) -> None:
        with self.task() as task:
            for agent, intent, ttl, sentence in (
                ("Not An Id", [READ], None, "agent takes the registered id"),
                (None, [READ], None, "agent takes the registered id"),
                ("helper", [], None, "intent takes a list"),
                ("helper", READ, None, "intent takes a list"),
                ("helper", [READ], "300", "ttl takes a whole number"),
                ("helper", [READ], 0, "ttl takes a whole number"),
                ("helper", [READ], True, "ttl takes a whole number"),
            ):
                arguments: Any = (agent, intent)
                with self.assertRaisesRegex(valetkey.UsageError, sentence):
                    task.delegate(*arguments, ttl=ttl)  # type: ignore[arg-type]
            self.assertEqual(len(self.hub.sent("/v1/token")), 1)

    def test_raises_a_refusal_with_its_denials_and_without_a_token(self) -> None:
        denial = {"action": "s3:GetObject", "target": "arn", "reason": "The task has not got it."}
        self.delegation = (403, {"error": "access_denied", "code": "policy_denied", "denials": [denial]})
        with self.task() as task, self.assertRaises(valetkey.RefusedError) as raised:
            task.delegate("helper", [READ])
        self.assertEqual((raised.exception.event, raised.exception.denials[0].action), ("policy_denied", "s3:GetObject"))
        self.assertNotIn("vk-task-token", str(raised.exception))

    def test_refuses_an_answer_of_another_form(self) -> None:
        for changed in ({"access_token": "vk-task-token"}, {"expires_in": None}):
            self.delegation = answered(**changed)
            with self.task() as task, self.assertRaises(valetkey.UnavailableError):
                task.delegate("helper", [READ])

    def test_delegates_nothing_outside_its_block(self) -> None:
        with self.assertRaises(valetkey.UsageError):
            self.task().delegate("helper", [READ])


class SubAgentTest(HubTest):
    def test_opens_its_task_below_the_parents_and_ends_it(self) -> None:
        self.hub.token = lambda count: answered() if count == 2 else (200, task_answer())
        with self.task() as parent:
            delegation = parent.delegate("helper", [READ])
            for form in (delegation, delegation.text(), f"{delegation.text()}\n"):
                with self.task(delegation=form):
                    pass
                sent = self.hub.sent("/v1/token")[-1].form
                self.assertEqual((sent["subject_token"], sent["subject_token_type"]), (TOKEN, "urn:valetkey:token-type:delegation"))
                self.assertEqual(
                    (sent["actor_token"], sent["actor_token_type"]), (jwt(self.hub.url), "urn:ietf:params:oauth:token-type:id_token")
                )
        self.assertEqual(len(self.hub.sent("/v1/tasks/7kq2./complete")), 4)

    def test_opens_no_task_of_its_own_in_place_of_a_missing_delegation(self) -> None:
        for given in (None, "", "vk_task", 7, {"text": TOKEN}, TOKEN + "x"):
            with self.assertRaisesRegex(valetkey.UsageError, "leave it out for a task of the agent's own") as raised:
                self.task(delegation=given)
            self.assertNotIn("CANARY", str(raised.exception))
        with self.assertRaisesRegex(valetkey.UsageError, "leave out on_behalf_of"):
            self.task(delegation=TOKEN, on_behalf_of="x.y.z")
        self.assertEqual(self.hub.requests, [])
