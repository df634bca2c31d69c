"""Decides calls by LocalEmu's evaluator of policies. Reads a policy with requests as JSON on each line of its standard input, and writes a list of booleans.

The policy is taken for an identity policy: LocalEmu reads the statements of all kinds of policies alike, but ignores each Deny of a session policy.

    python judge.py < questions.ndjson
"""

import json
import sys

from localemu.services.iam_enforcement import evaluator
from localemu.services.iam_enforcement.identity import CallerIdentity

CALLER = CallerIdentity("AssumedRole", "111122223333", "arn:aws:sts::111122223333:assumed-role/task/task")
POLICIES = []
evaluator.get_identity_policies = lambda caller: POLICIES
evaluator.get_permission_boundary = lambda caller: None
evaluator.get_session_policies = lambda caller: []


def decide(request):
    decision = evaluator.PolicyEvaluator().evaluate(CALLER, request["action"], request["resource"], request["context"])
    return decision == evaluator.Decision.ALLOW


for line in sys.stdin:
    question = json.loads(line)
    POLICIES[:] = [question["policy"]]
    print(json.dumps([decide(request) for request in question["requests"]]))
