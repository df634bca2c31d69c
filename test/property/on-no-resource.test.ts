import fc from "fast-check";
import { expect, it } from "vitest";
import { ACCOUNT, OTHER_ACCOUNT } from "./arbitrary/arns.ts";
import { plainScenario } from "./arbitrary/plain-scenario.ts";
import { type Call, requestsOf } from "./aws-request.ts";
import { cedarOracle } from "./cedar-oracle.ts";
import { evaluate } from "./second-evaluator/evaluate.ts";
import type { PolicyDocument } from "./second-evaluator/policy.ts";
import { REAL, VENDED_AT_MS, vend } from "./vend.ts";

const METRICS = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData"];
const dataset = (account: string, name: string): string => `arn:aws:cloudwatch:us-east-1:${account}:dataset/${name}`;

const action = fc.constantFrom(
  'action == Action::"cloudwatch:GetMetricData"',
  'action in Action::"cloudwatch:Read"',
  'action in [Action::"cloudwatch:PutMetricData", Action::"cloudwatch:GetMetricData"]',
  "action",
);
const resource = fc.constantFrom("resource is AWS::Account", "resource is AWS::Resource", "resource");
const when = fc.constantFrom(
  "",
  ' when { resource.account == "111122223333" }',
  ' when { resource is AWS::Resource && resource.arn like "*dataset/a*" }',
  ' when { resource.arn like "*dataset/a*" }',
  ' when { context.purpose == "tidy up" }',
);
const policy = (effect: string) =>
  fc.tuple(action, resource, when).map(([act, on, condition]) => `${effect} (principal, ${act}, ${on})${condition};`);
const target = fc.constantFrom("*", dataset(ACCOUNT, "a"), dataset(ACCOUNT, "*"), dataset(ACCOUNT, "b*"));
const detail = fc
  .tuple(
    fc.constantFrom(...METRICS, "cloudwatch:GetMetricD*"),
    target,
    fc.constantFrom(ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
  )
  .map(([name, on, account]) => ({ type: "aws", account, actions: [name], resources: [on.replace(ACCOUNT, account)] }));

const worlds = fc.record({
  permits: fc.array(policy("permit"), { minLength: 1, maxLength: 3 }),
  forbids: fc.array(policy("forbid"), { maxLength: 1 }),
  details: fc.array(detail, { minLength: 1, maxLength: 2 }),
  purpose: fc.constantFrom("monthly report", "tidy up"),
});

/** Calls that name no resource, and calls on datasets of this account and of another one. */
const calls = METRICS.flatMap((name) =>
  [ACCOUNT, OTHER_ACCOUNT].flatMap((account) =>
    ["*", dataset(account, "a"), dataset(account, "b"), dataset(account, "*")].map(
      (on): Call => ({
        action: name,
        resource: on,
        resourceAccount: account,
        tags: {},
        bucketTags: {},
        hasAbac: false,
        atMs: VENDED_AT_MS + 60_000,
        sourceIp: "192.0.2.7",
      }),
    ),
  ),
);

it("I2: a session allows a call with or without a resource only as Cedar permits it", async () => {
  let [onNone, onOne, refused] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(worlds, async ({ permits, forbids, details, purpose }) => {
      const scenario = plainScenario([...permits, ...forbids], details, purpose);
      const { sessions, texts, refusal } = await vend(scenario, REAL);
      refused += Number(refusal !== undefined);
      const permitsOf = cedarOracle(texts, scenario, VENDED_AT_MS);
      for (const session of sessions) {
        const document = JSON.parse(session.policy) as PolicyDocument;
        // IAM receives the session's account, and a task's role is in one account alone.
        for (const call of calls.filter(({ resourceAccount }) => resourceAccount === session.account)) {
          const isAllowed = (await requestsOf(call)).some((request) => evaluate(document, request) === "allowed");
          const isPermitted = permitsOf(call).length > 0;
          if (isAllowed && !isPermitted) throw new Error(`${JSON.stringify(call)} is allowed: ${session.policy}`);
          const isGranted = session.permitted.some(
            ({ pair }) => pair.action === call.action && pair.target === call.resource,
          );
          if (isGranted && isPermitted && !isAllowed) throw new Error(`${call.action} is denied: ${session.policy}`);
          if (isAllowed && call.resource === "*") onNone += 1;
          if (isAllowed && call.resource !== "*") onOne += 1;
        }
      }
    }),
    { numRuns: 400 },
  );
  expect([onNone > 8, onOne > 20, refused > 20]).toEqual([true, true, true]);
});
