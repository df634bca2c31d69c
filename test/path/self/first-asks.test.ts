import { describe, expect, it } from "vitest";
import { ClientError, type Denial } from "../../../client/exit-codes.ts";
import { refusal } from "../../../client/mcp/answers.ts";
import { coveredLines, denialLines } from "../../../client/task/denial-lines.ts";
import type { Detail } from "../../../client/task/detail.ts";
import { allowInstead } from "../../../client/task/instead.ts";
import { intentOf } from "../../../client/task/intent.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld, policiesWith } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { answerTo } from "../../openapi/recording/call.ts";
import { startForm } from "../../openapi/recording/story.ts";

watchWorlds();

const OTHER = "222233334444";
const permit = (id: string, actions: string, when: string) =>
  `@id("${id}") permit (principal in Team::"demo", action in [${actions}], resource is AWS::Resource) when { ${when} };`;
const POLICIES = policiesWith(
  [
    permit(
      "reads-reports",
      'Action::"s3:GetObject"',
      `resource.account == "${ACCOUNT}" && resource.arn like "arn:aws:s3:::acme-data/reports/*"`,
    ),
    permit(
      "lists-the-bucket",
      'Action::"s3:ListBucket"',
      `resource.account == "${ACCOUNT}" && resource.arn == "arn:aws:s3:::acme-data"`,
    ),
    permit(
      "reads-the-archive",
      'Action::"s3:GetObject"',
      `resource.account == "${OTHER}" && resource.arn like "arn:aws:s3:::acme-archive/*"`,
    ),
    permit("sends-jobs", 'Action::"sqs:SendMessage"', `resource.arn == "arn:aws:sqs:us-east-1:${ACCOUNT}:jobs"`),
    permit(
      "reads-orders",
      'Action::"dynamodb:GetItem", Action::"dynamodb:Query"',
      `resource.arn == "arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/orders"`,
    ),
    permit("reads-logs", 'Action::"logs:GetLogEvents"', `resource.account == "${OTHER}"`),
  ].join("\n"),
);

/**
 * Outcome of a first request.
 * - `granted`: the task starts.
 * - `instead`: the answer has a request that is granted.
 * - `elsewhere`: the hint names the account or Region in which policy permits it.
 * - `no`: policy permits nothing of it, and the answer names no other request.
 * - a pattern: the command or the service refuses the words of the request, and says which to write.
 */
type Outcome = "granted" | "instead" | "elsewhere" | "no" | RegExp;

const [REPORTS, DATA] = ["arn:aws:s3:::acme-data/reports/*", "arn:aws:s3:::acme-data"];
const JOBS = `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`;
const ORDERS = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/orders`;

/** First requests that models and people make, with their outcomes. */
const ASKS: readonly (readonly [flag: string, outcome: Outcome])[] = [
  [`s3:GetObject=${REPORTS}`, "granted"],
  ["s3:GetObject=arn:aws:s3:::acme-data/reports/2026/may.csv", "granted"],
  [`s3:getobject=${REPORTS}`, "granted"],
  [`S3:GetObject=${REPORTS}`, /--allow takes action/],
  [`s3:ListBucket=${DATA}`, "granted"],
  [`sqs:SendMessage=${JOBS}`, "granted"],
  [`dynamodb:GetItem,dynamodb:Query=${ORDERS}`, "granted"],
  [`s3:*=${REPORTS}`, "instead"],
  ["s3:*=arn:aws:s3:::acme-data/*", "instead"],
  [`s3:*=${DATA}`, "instead"],
  [`s3:*=${DATA},arn:aws:s3:::acme-data/*`, "instead"],
  ["s3:Get*=arn:aws:s3:::acme-data/*", "instead"],
  [`s3:Get*=${REPORTS}`, "instead"],
  ["s3:GetObject=arn:aws:s3:::acme-data/*", "instead"],
  ["s3:GetObject=arn:aws:s3:::*", "instead"],
  ["s3:GetObject=arn:aws:s3:::*/*", "instead"],
  ["s3:GetObject=*", /name the account's own/],
  ["s3:*=*", "no"],
  [`s3:GetObject,s3:PutObject=${REPORTS}`, "instead"],
  ["s3:GetObject,s3:ListBucket=arn:aws:s3:::acme-data,arn:aws:s3:::acme-data/*", "instead"],
  [`s3:GetObject=${REPORTS},arn:aws:s3:::acme-payroll/*`, "instead"],
  [`s3:PutObject=${REPORTS}`, "no"],
  [`s3:DeleteObject=${REPORTS}`, "no"],
  ["s3:GetObject=arn:aws:s3:::acme-payroll/*", "no"],
  [`s3:GetObject=${DATA}`, /, such as arn:aws:s3:::acme-data\/\*\.$/],
  ["s3:GetObject=arn:aws:s3:::acme-data/", /GetObject applies to none of the resources/],
  [`s3:ListBucket=${REPORTS}`, /, such as arn:aws:s3:::acme-data\.$/],
  ["s3:ListObjects=arn:aws:s3:::acme-data", /its action is `s3:ListBucket`/],
  ["s3:ListObjectsV2=arn:aws:s3:::acme-data", /its action is `s3:ListBucket`/],
  ["s3:ReadObject=arn:aws:s3:::acme-data/*", /ReadObject/],
  ["s3:HeadObject=arn:aws:s3:::acme-data/*", /its action is `s3:GetObject`/],
  ["s3:GetObject=s3://acme-data/reports/may.csv", /write arn:aws:s3:::acme-data\/reports\/may\.csv/],
  ["s3:*=s3://acme-data", /write arn:aws:s3:::acme-data/],
  ["s3:GetObject=acme-data/reports/*", /is not an ARN; write arn:aws:s3:::acme-data\/reports\/\*$/],
  ["s3:ListBucket=acme-data", /is not an ARN; write arn:aws:s3:::acme-data$/],
  ["sqs:SendMessage=jobs/a", /is not an ARN$/],
  ["s3:GetObject=https://acme-data.s3.amazonaws.com/reports/may.csv", /is not an ARN/],
  ["s3:GetObject=arn:aws:s3:acme-data", /is not an ARN/],
  ["s3:GetObject=", /is not an ARN/],
  ["s3:GetObject", /is not an ARN|--allow takes/],
  [`GetObject=${REPORTS}`, /--allow takes action/],
  ["*=*", /--allow takes action/],
  [`*:*=${REPORTS}`, /--allow takes action/],
  [`s3:=${REPORTS}`, /--allow takes action/],
  [`s3=${REPORTS}`, /--allow takes action/],
  [`s3 GetObject=${REPORTS}`, /--allow takes action/],
  [`read=${REPORTS}`, /--allow takes action/],
  [`arn:aws:iam::aws:policy/ReadOnlyAccess=${REPORTS}`, /--allow takes action/],
  ["s3:GetObject=arn:aws:s3:::acme-archive/2024/*", "elsewhere"],
  ["s3:GetObject=arn:aws:s3:::acme-archive/*", "elsewhere"],
  [`sqs:SendMessage=arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`, "elsewhere"],
  [`sqs:SendMessage=arn:aws:sqs:us-east-1:${OTHER}:jobs`, "elsewhere"],
  [`sqs:SendMessage=arn:aws:sqs:eu-west-1:${OTHER}:jobs`, "elsewhere"],
  [`logs:GetLogEvents=arn:aws:logs:us-east-1:${ACCOUNT}:log-group:app:log-stream:one`, "elsewhere"],
  [`sqs:SendMessage=arn:aws:sqs:us-east-1:999900001111:jobs`, /account/],
  [`sqs:*=${JOBS}`, "instead"],
  ["sqs:*=*", "no"],
  [`sqs:SendMessage=arn:aws:sqs:us-east-1:${ACCOUNT}:*`, "instead"],
  [`sqs:SendMessage=arn:aws:sqs:*:${ACCOUNT}:jobs`, /Region|\*/],
  [`dynamodb:*=${ORDERS}`, "instead"],
  [`dynamodb:GetItem=arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/*`, "instead"],
  [`dynamodb:GetItem=arn:aws:dynamodb:us-east-1:${ACCOUNT}:orders`, /GetItem/],
  [`dynamodb:Scan=${ORDERS}`, "no"],
  [`iam:CreateUser=arn:aws:iam::${ACCOUNT}:user/*`, "no"],
  [`iam:*=arn:aws:iam::${ACCOUNT}:role/*`, "no"],
  [`sts:AssumeRole=arn:aws:iam::${ACCOUNT}:role/admin`, "no"],
  ["ec2:DescribeInstances=*", "no"],
  ["ec2:*=*", /pairs|"\*"/],
  ["s3:ListAllMyBuckets=*", "no"],
];

/** Asks as the clients do: the words, then the exchange, then the question for what is permitted. */
async function ask(flag: string) {
  const world = fakeWorld();
  const deployment = {
    ...DEPLOYMENT,
    accounts: [
      { ...DEPLOYMENT.accounts[0], id: accountId(ACCOUNT), region: regionNamed("us-east-1"), taskRoles: 4 },
      { id: accountId(OTHER), region: regionNamed("us-east-1"), taskRoles: 4 },
    ],
  };
  const ports = { ...world.ports, policies: POLICIES, deployment };
  const service = new FakeService(world, ports);
  let details: readonly Detail[] = [];
  try {
    details = intentOf({ allow: [flag], tool: [], account: ACCOUNT });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { says: error.message };
  }
  const exchange = (each: readonly Detail[], more = {}) =>
    service.exchange({ authorization_details: JSON.stringify(each), ...more });
  const { status, body } = await exchange(details);
  if (status === 200) return { granted: true, says: "" };
  const { error_description: says, denials = [] } = body as { error_description: string; denials?: Denial[] };
  if (denials.length === 0) return { says };
  const form = startForm(world, { authorization_details: JSON.stringify(details), mode: "narrow" });
  const asked = await answerTo({ route: "POST /v1/decide", body: { form }, meanwhile: ports }, world);
  const decision = JSON.parse(asked.body) as { decision: string; authorization_details?: Detail[] };
  const covered = decision.decision === "refused" ? [] : decision.authorization_details;
  const instead = allowInstead({ details }, denials, covered);
  const error = new ClientError("refused", "policy_denied", says, { denials, covered });
  const model = refusal(error, instead as Readonly<Record<string, unknown>> | undefined);
  const lines = [...denialLines(denials), ...coveredLines(covered)];
  if (!instead) return { says, lines, model, denials };
  const next = intentOf({ allow: instead.allow, tool: [], account: instead.account });
  const again = await exchange(next, instead.accept_less ? { mode: "narrow" } : {});
  return { says, lines, model, denials, again: again.status };
}

describe("a first request", () => {
  it.each(ASKS)("%s", async (flag, outcome) => {
    const { granted, says, lines = [], model, denials = [], again } = await ask(flag);
    if (outcome instanceof RegExp) return expect(says).toMatch(outcome);
    if (outcome === "granted") return expect({ granted, says }).toEqual({ granted: true, says: "" });
    expect({ granted, says }).toEqual({ granted: undefined, says: expect.stringContaining("see the denials") });
    // A person reads a dozen lines, and a model the same facts.
    expect(lines.length).toBeLessThanOrEqual(12);
    const text = model?.content[0]?.text ?? "";
    expect(text.split("\n").length).toBeLessThanOrEqual(10);
    if (outcome === "instead") {
      expect({ again, text }).toEqual({ again: 200, text: expect.stringMatching(/Ask instead|Permitted/) });
    } else {
      expect(again).toBeUndefined();
      const hints = denials.map(({ hint = "" }) => hint).join("\n");
      if (outcome === "elsewhere")
        expect(hints).toMatch(/Policy covers it in (account|Region) [^:]+: ask for it there/);
      else expect(hints).not.toContain("Policy covers");
    }
  });

  it("is one of more than 60, and each outcome occurs", () => {
    expect(ASKS.length).toBeGreaterThanOrEqual(60);
    const kinds = new Set(ASKS.map(([, outcome]) => (outcome instanceof RegExp ? "words" : outcome)));
    expect([...kinds].sort()).toEqual(["elsewhere", "granted", "instead", "no", "words"]);
  });
});
