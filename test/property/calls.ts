import type { Pair } from "../../functions/core/intent/pairs.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "./arbitrary/arns.ts";
import { concreteArns, type Scenario } from "./arbitrary/scenarios.ts";
import type { Call } from "./aws-request.ts";
import { answeredWith } from "./listed.ts";
import { tagNames } from "./tag-names.ts";
import type { Session } from "./vend.ts";

/** Tags that the policies require, tags that they do not, a part of those, and none. */
const TAG_SETS = [
  ...[{}, { team: "data", env: "prod" }, { team: "ops", env: "${x}" }],
  ...[{ team: "data" }, { env: "prod" }, { team: "da-", env: "-" }],
];

/** Milliseconds of calls from the fence. Most are a second before, some at the fence and next to it. */
const FROM_FENCE = [-1_000, -1_000, -1_000, -1, -1_000, -1_000, 0, -1_000, -1_000, 999, 1_000];

/** One call in this many has another origin: another address, an address of the other family, or a VPC endpoint. */
const ELSEWHERE = 7;
const ADDRESSES = ["198.51.100.9", "2001:db8::7", undefined];

/** One call in this many is made by a service of AWS for the session. */
const BY_SERVICE = 5;

/** Services that a role is passed on to: those of the exceptions, another one, one in another case, and none. */
const PASSED_TO = ["lambda.amazonaws.com", "ec2.amazonaws.com", undefined, "ecs.amazonaws.com", "Lambda.amazonaws.com"];

/** On one call in this many the tag names are written in another case. IAM ignores the case. */
const OTHER_CASE = 13;
const inOtherCase = (tags: Call["tags"]): Call["tags"] =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toUpperCase(), value]));

/**
 * Calls at which a session and policy could differ: calls that were granted, requested without success, or not
 * requested.
 */
export function callsFor(scenario: Scenario, { account, permitted, fenceAt }: Session): readonly Call[] {
  const services = new Set(permitted.map(({ pair }) => pair.target.split(":")[2]));
  const arns = concreteArns(scenario).filter((text) => services.has(text.split(":")[2]));
  const tagSets = tagSetsOf(scenario);
  const actions = new Set([...permitted.map(({ pair }) => pair.action), "s3:DeleteObject"]);
  actions.delete("s3:ListAllMyBuckets");
  const requests = [
    // A list of all buckets is always of the session's own account.
    { action: "s3:ListAllMyBuckets", resource: "*", resourceAccount: account },
    ...[...actions].flatMap((action) =>
      arns.flatMap((resource) =>
        accountsOf(resource).map((resourceAccount) => ({ action, resource, resourceAccount })),
      ),
    ),
  ];
  return requests.map((request, index) => {
    // AWS sends no tags with a call that names no resource.
    const tags = answeredWith(request, []) ? {} : (tagSets[index % tagSets.length] ?? {});
    return {
      ...request,
      tags: index % OTHER_CASE === OTHER_CASE - 1 ? inOtherCase(tags) : tags,
      // An object's tags differ from its bucket's. Most buckets pass no tags to IAM.
      bucketTags: tagSets[(index + 1) % tagSets.length] ?? {},
      hasAbac: index % 2 === 0,
      passedTo: PASSED_TO[index % PASSED_TO.length],
      byService: index % BY_SERVICE === BY_SERVICE - 1,
      atMs: 1_000 * fenceAt + (FROM_FENCE[index % FROM_FENCE.length] ?? 0),
      sourceIp:
        index % ELSEWHERE === ELSEWHERE - 1
          ? ADDRESSES[Math.floor(index / ELSEWHERE) % ADDRESSES.length]
          : scenario.asker.sourceIp,
    };
  });
}

/** Tags of the resources that calls are made on. */
export function tagSetsOf({ policies, tagSets }: Scenario): readonly Call["tags"][] {
  const readsTags = policies.some(({ text }) => tagNames(text).length > 0);
  return tagSets ?? (readsTags ? TAG_SETS : [{}]);
}

/** An S3 object may be anybody's; other ARNs name their account. */
function accountsOf(resource: string): readonly string[] {
  const named = resource.split(":")[4];
  return named ? [named] : [ACCOUNT, OTHER_ACCOUNT];
}

/**
 * True where a call meets the conditions that the intent states for the pair. No action but s3:ListBucket has a prefix.
 */
export const meetsStated = ({ stated = {} }: Pair, { action }: Pick<Pair, "action">): boolean =>
  !JSON.stringify(stated).includes("s3:prefix") || action === "s3:ListBucket";
