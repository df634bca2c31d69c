import type { Pair } from "../../functions/core/intent/pairs.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "./arbitrary/arns.ts";
import { concreteArns, type Scenario } from "./arbitrary/scenarios.ts";
import type { Call } from "./cedar-oracle.ts";
import type { Session } from "./vend.ts";

/** What the policies ask for, what they do not, a part of it, and nothing. */
const TAG_SETS = [
  ...[{}, { team: "data", env: "prod" }, { team: "ops", env: "${x}" }],
  ...[{ team: "data" }, { env: "prod" }, { team: "da-", env: "-" }],
];

/** One call in so many comes from elsewhere, or too late. */
const ELSEWHERE = 7;
const LATE = 11;

/** Calls at which a session and policy could differ: what was granted, what was asked for in vain, and what nobody asked for. */
export function callsFor(scenario: Scenario, { detail, permitted, fenceAt }: Session): readonly Call[] {
  const services = new Set(permitted.map(({ pair }) => pair.target.split(":")[2]));
  const arns = concreteArns(scenario).filter((text) => services.has(text.split(":")[2]));
  const tagSets = scenario.policies.some(({ text }) => text.includes("resource.tags")) ? TAG_SETS : [{}];
  const actions = new Set([...permitted.map(({ pair }) => pair.action), "s3:DeleteObject"]);
  actions.delete("s3:ListAllMyBuckets");
  const requests = [
    // Of the account in which the session is, always.
    { action: "s3:ListAllMyBuckets", resource: "*", resourceAccount: detail.account },
    ...[...actions].flatMap((action) =>
      arns.flatMap((resource) =>
        accountsOf(resource).map((resourceAccount) => ({ action, resource, resourceAccount })),
      ),
    ),
  ];
  return requests.map((request, index) => ({
    ...request,
    tags: tagSets[index % tagSets.length] ?? {},
    atMs: 1_000 * (index % LATE === LATE - 1 ? fenceAt + 1 : fenceAt - 1),
    sourceIp: index % ELSEWHERE === ELSEWHERE - 1 ? "198.51.100.9" : scenario.asker.sourceIp,
  }));
}

/** An S3 object may be anybody's; other ARNs name their account. */
function accountsOf(resource: string): readonly string[] {
  const named = resource.split(":")[4];
  return named ? [named] : [ACCOUNT, OTHER_ACCOUNT];
}

/** What the evaluator is told beside action, resource and tags. */
export const contextOf = ({ atMs, sourceIp }: Call): Readonly<Record<string, string>> => ({
  "aws:CurrentTime": new Date(atMs).toISOString(),
  "aws:SourceIp": sourceIp,
  "aws:ViaAWSService": "false",
  "aws:SecureTransport": "true",
  "s3:prefix": "pub/x",
});

/** Whether the conditions of the intent itself hold of a call: none but s3:ListBucket has a prefix. */
export const meetsOwnConditions = ({ detail }: Session, { action }: Pick<Pair, "action">): boolean =>
  !JSON.stringify(detail.conditions ?? {}).includes("s3:prefix") || action === "s3:ListBucket";
