import fc from "fast-check";
import { expect, it } from "vitest";
import { ACCOUNT } from "./arbitrary/arns.ts";
import { plainScenario } from "./arbitrary/plain-scenario.ts";
import { type Call, requestsOf } from "./aws-request.ts";
import { cedarOracle } from "./cedar-oracle.ts";
import { reached } from "./reached.ts";
import { evaluate } from "./second-evaluator/evaluate.ts";
import type { PolicyDocument } from "./second-evaluator/policy.ts";
import { REAL, VENDED_AT_MS, vend } from "./vend.ts";

const TABLES = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/`;
const GROUPS = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:`;
const PATHS = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/`;

/** Actions, what tasks request, and what calls name. */
const KINDS = [
  { action: "dynamodb:GetItem", targets: [`${TABLES}*`, `${TABLES}a`], named: [`${TABLES}a`, `${TABLES}b`] },
  { action: "dynamodb:GetRecords", targets: [`${TABLES}a/stream/*`], named: [`${TABLES}a/stream/1`] },
  { action: "logs:CreateExportTask", targets: [`${GROUPS}*`, `${GROUPS}a:*`], named: [`${GROUPS}a:*`, `${GROUPS}b:*`] },
  { action: "logs:GetLogRecord", targets: [`${GROUPS}*`, `${GROUPS}a:*`], named: [`${GROUPS}a:*`] },
  { action: "logs:FilterLogEvents", targets: [`${GROUPS}a:*`], named: [`${GROUPS}a:*`] },
  { action: "ssm:GetParametersByPath", targets: [`${PATHS}a`, `${PATHS}*`], named: [`${PATHS}a`, `${PATHS}a/b`] },
] as const;

const condition = fc.constantFrom(
  'resource.tags has env && resource.tags.env == "prod"',
  'resource.tags has env && resource.tags.env like "p*"',
  "resource.tags has env",
  'resource.arn like "*:log-stream:secret*"',
  `resource.arn like "${GROUPS}b*"`,
  'resource.arn like "*parameter/a/b/*"',
  `resource.arn == "${PATHS}a/b/c"`,
  `resource.arn == "${TABLES}b"`,
);
const TAGS: readonly Call["tags"][] = [{}, { env: "prod" }, { env: "dev" }];

const worlds = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: fc.nat(1),
  forbid: condition.map((when) => `forbid (principal, action, resource is AWS::Resource) when { ${when} };`),
});

/** Calls with the tags that the resource has, where the account's settings send them to IAM and where they do not. */
const callsOf = ({ action, named }: (typeof KINDS)[number]): readonly Call[] =>
  named.flatMap((resource) =>
    TAGS.flatMap((tags) =>
      [true, false].map(
        (hasAbac): Call => ({
          action,
          resource,
          resourceAccount: ACCOUNT,
          tags,
          bucketTags: {},
          hasAbac,
          atMs: VENDED_AT_MS + 60_000,
          sourceIp: "192.0.2.7",
        }),
      ),
    ),
  );

it("I2: a session reads nothing that a forbid hides, by tags that AWS may not send or below what IAM checks", async () => {
  let [allowed, below, refused] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(worlds, async ({ kind, at, forbid }) => {
      const resource = kind.targets[at % kind.targets.length] ?? "";
      const detail = { type: "aws", account: ACCOUNT, actions: [kind.action], resources: [resource] };
      const scenario = plainScenario(["permit (principal, action, resource);", forbid], [detail], "monthly report");
      const { sessions, texts, refusal } = await vend(scenario, REAL);
      refused += Number(refusal !== undefined);
      const permitsOf = cedarOracle(texts, scenario, VENDED_AT_MS);
      for (const { policy } of sessions) {
        const document = JSON.parse(policy) as PolicyDocument;
        for (const call of callsOf(kind)) {
          const requests = await requestsOf(call);
          if (!requests.some((request) => evaluate(document, request) === "allowed")) continue;
          allowed += 1;
          if (permitsOf(call).length === 0) throw new Error(`${JSON.stringify(call)} is allowed: ${policy}`);
          for (const found of reached(call)) {
            below += 1;
            const isPermitted = permitsOf({ ...call, resource: found, tags: {} }).length > 0;
            if (!isPermitted) throw new Error(`${call.action} on ${call.resource} reads ${found}: ${policy}`);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
  expect([allowed > 100, below > 50, refused > 20]).toEqual([true, true, true]);
});
