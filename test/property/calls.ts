import type { Pair } from "../../functions/core/intent/pairs.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "./arbitrary/arns.ts";
import { concreteArns, type Scenario } from "./arbitrary/scenarios.ts";
import type { Call } from "./aws-request.ts";
import { answeredWith } from "./listed.ts";
import { tagNames } from "./tag-names.ts";
import type { Session } from "./vend.ts";

/** What the policies ask for, what they do not, a part of it, and nothing. */
const TAG_SETS = [
  ...[{}, { team: "data", env: "prod" }, { team: "ops", env: "${x}" }],
  ...[{ team: "data" }, { env: "prod" }, { team: "da-", env: "-" }],
];

/** Milliseconds from the fence at which calls are made: most of them a second before, some at the fence and next to it. */
const FROM_FENCE = [-1_000, -1_000, -1_000, -1, -1_000, -1_000, 0, -1_000, -1_000, 999, 1_000];

/** One call in so many comes from elsewhere: another address, one of the other family, through a VPC endpoint. */
const ELSEWHERE = 7;
const ADDRESSES = ["198.51.100.9", "2001:db8::7", undefined];

/** One call in so many is made by a service of AWS for the session. */
const BY_SERVICE = 5;

/** Services that a role is passed on to: those of the exceptions, another one, one in another case, and none. */
const PASSED_TO = ["lambda.amazonaws.com", "ec2.amazonaws.com", undefined, "ecs.amazonaws.com", "Lambda.amazonaws.com"];

/** On one call in so many the names of the tags are written otherwise: IAM does not tell them apart. */
const OTHER_CASE = 13;
const inOtherCase = (tags: Call["tags"]): Call["tags"] =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toUpperCase(), value]));

/** Calls at which a session and policy could differ: what was granted, what was asked for in vain, and what nobody asked for. */
export function callsFor(scenario: Scenario, { account, permitted, fenceAt }: Session): readonly Call[] {
  const services = new Set(permitted.map(({ pair }) => pair.target.split(":")[2]));
  const arns = concreteArns(scenario).filter((text) => services.has(text.split(":")[2]));
  const tagSets = tagSetsOf(scenario);
  const actions = new Set([...permitted.map(({ pair }) => pair.action), "s3:DeleteObject"]);
  actions.delete("s3:ListAllMyBuckets");
  const requests = [
    // Of the account in which the session is, always.
    { action: "s3:ListAllMyBuckets", resource: "*", resourceAccount: account },
    ...[...actions].flatMap((action) =>
      arns.flatMap((resource) =>
        accountsOf(resource).map((resourceAccount) => ({ action, resource, resourceAccount })),
      ),
    ),
  ];
  return requests.map((request, index) => {
    // AWS tells no tags of a call that names no resource.
    const tags = answeredWith(request, []) ? {} : (tagSets[index % tagSets.length] ?? {});
    return {
      ...request,
      tags: index % OTHER_CASE === OTHER_CASE - 1 ? inOtherCase(tags) : tags,
      // An object's tags and its bucket's are not the same, and of most buckets AWS tells IAM none.
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

/** True where the conditions that the intent states for the pair hold of a call: none but s3:ListBucket has a prefix. */
export const meetsStated = ({ stated = {} }: Pair, { action }: Pick<Pair, "action">): boolean =>
  !JSON.stringify(stated).includes("s3:prefix") || action === "s3:ListBucket";
