import fc from "fast-check";
import { expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { archiveArn, functionRoleArn, tableArn } from "../../infra/arns.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { archiveBucketPolicy } from "../../infra/proofs-policies.ts";
import { rightsOf } from "../../infra/rights.ts";
import { type Decision, decide } from "../../local/emulator/decide.ts";
import { KnownDecisions } from "../../local/emulator/known-decisions.ts";
import type { ContextValues, Need } from "../../local/emulator/need.ts";
import type { PolicyDocument } from "../../local/emulator/policy-document.ts";
import { type Role, Roles } from "../../local/emulator/roles.ts";
import type { Session } from "../../local/emulator/sessions.ts";
import { CONFIG } from "../infra/deployed-stacks.ts";

const SCOPE = hubScopeOf(CONFIG);
const TABLE = tableArn(SCOPE);

let made = 0;

/**
 * Makes a function's role with its rights in one service. No other role equals it, so no decision about it is
 * remembered yet.
 */
const roleOf = (name: (typeof FUNCTIONS)[number], service: "dynamodb" | "s3"): Role => {
  made += 1;
  const rights = rightsOf(name, SCOPE).filter(({ Action }) => Action.some((each) => each.startsWith(`${service}:`)));
  const alone = {
    Effect: "Deny",
    Action: ["iam:DeleteRole"],
    Resource: [`arn:aws:iam::${SCOPE.account}:role/${made}`],
  };
  return new Roles().create(
    SCOPE.account,
    {
      name: functionRoleName(name, SCOPE),
      trust: document([]),
      permissions: { rights: document(rights), odd: document([ODD]), alone: document([alone]) },
    },
    0,
  );
};
const document = (statements: readonly unknown[]) =>
  ({ Version: "2012-10-17", Statement: statements }) as unknown as PolicyDocument;
/** Tests facts that differ between requests, which our own rights do not test. */
const ODD = {
  Effect: "Deny",
  Action: ["dynamodb:DeleteItem"],
  Resource: ["*"],
  Condition: { StringEquals: { "aws:SourceIp": "127.0.0.2" } },
};

const sessionOf = (role: Role, name = "s"): Session => ({
  credentials: { accessKeyId: "ASIA", secretAccessKey: "", sessionToken: "" },
  role,
  name,
  issuedAt: 0,
  expiresAt: Number.POSITIVE_INFINITY,
  tags: new Map(),
  transitiveTagKeys: new Set(),
});

const partition = fc.oneof(
  fc
    .tuple(fc.constantFrom("TASK#", "ROLE#", "AGENT#", "TIMER#", "PANIC#", "TASK", "#TASK#", "task#", ""), fc.nat(3))
    .map(([kind, id]) => `${kind}${id}`),
  fc.string({ maxLength: 6 }),
);
const question = fc.record({
  name: fc.constantFrom(...FUNCTIONS),
  action: fc.constantFrom("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"),
  resource: fc.constantFrom(TABLE, `${TABLE}-2`),
  partitions: fc.option(fc.array(partition, { maxLength: 3 })),
  sourceIp: fc.constantFrom("127.0.0.1", "127.0.0.2"),
});

/** Makes a cache of decisions, and a role for each function whose decisions it remembers. */
function knowing(service: "dynamodb" | "s3") {
  const known = new KnownDecisions<Decision>();
  const roles = new Map(FUNCTIONS.map((name) => [name, roleOf(name, service)]));
  const count = { Allowed: 0, Denied: 0, remembered: 0 };
  /** Decides again where the answer came from the cache, and expects the same. A new answer needs no check. */
  const check = async (name: (typeof FUNCTIONS)[number], session: string, need: Need, context: ContextValues) => {
    const anew = () => decide(sessionOf(roleOf(name, service), session), need, context, Date.now());
    let isNew = false;
    const answer = await known.of(
      { role: roles.get(name) ?? roleOf(name, service), name: session },
      need,
      context,
      () => {
        isNew = true;
        return anew();
      },
    );
    count[answer.decision] += 1;
    if (isNew) return;
    count.remembered += 1;
    expect(answer).toEqual(await anew());
  };
  return { check, count };
}

it("a remembered decision of the embedded IAM equals the decision made anew", async () => {
  const { check, count } = knowing("dynamodb");
  await fc.assert(
    fc.asyncProperty(question, ({ name, action, resource, partitions, sourceIp }) =>
      check(
        name,
        "s",
        { action, resource, resourceAccount: SCOPE.account },
        {
          "aws:SourceIp": sourceIp,
          "aws:CurrentTime": new Date().toISOString(),
          ...(partitions === null ? {} : { "dynamodb:LeadingKeys": partitions }),
        },
      ),
    ),
    { numRuns: 1_500 },
  );
  expect(Math.min(...Object.values(count))).toBeGreaterThan(10);
});

const KEY = "arn:aws:kms:eu-central-1:999900001111:key/proofs";
const OTHER_KEY = "arn:aws:kms:eu-central-1:999900001111:key/other";
const NAMES = ["collect", "archive"] as const;
/**
 * Policies of three buckets: as deployed, with another key, and one that also denies one session all keys with one
 * letter.
 */
const BUCKETS = [
  document(archiveBucketPolicy(SCOPE, KEY)),
  document(archiveBucketPolicy(SCOPE, OTHER_KEY)),
  document([
    ...archiveBucketPolicy(SCOPE, KEY),
    {
      Effect: "Deny",
      Action: ["s3:*"],
      Resource: [archiveArn(SCOPE, "incoming/?")],
      Principal: {
        AWS: NAMES.map(
          (name) => `${functionRoleArn(name, SCOPE).replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/t`,
        ),
      },
    },
  ]),
];
const askedOfBucket = fc.record({
  name: fc.constantFrom(...NAMES),
  session: fc.constantFrom("s", "t"),
  action: fc.constantFrom("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
  key: fc
    .tuple(
      fc.constantFrom("incoming/", "incoming/", "proofs/", "proofs/", "incoming", "a:proofs/"),
      fc.string({ minLength: 1, maxLength: 3 }),
    )
    .map((parts) => parts.join("").replace(/[*?]/g, "x")),
  policy: fc.constantFrom(...BUCKETS),
  encrypted: fc.constantFrom(undefined, KEY, OTHER_KEY),
  ifNoneMatch: fc.boolean(),
});

it("a remembered decision of the embedded IAM about objects of a bucket, whose policy decides with the role's, equals the decision made anew", async () => {
  const { check, count } = knowing("s3");
  await fc.assert(
    fc.asyncProperty(askedOfBucket, ({ name, session, action, key, policy, encrypted, ifNoneMatch }) =>
      check(
        name,
        session,
        { action, resource: archiveArn(SCOPE, key), resourceAccount: SCOPE.account, resourcePolicy: policy },
        {
          "aws:SourceIp": "127.0.0.1",
          ...(encrypted === undefined ? {} : { "s3:x-amz-server-side-encryption-aws-kms-key-id": encrypted }),
          ...(ifNoneMatch ? { "s3:if-none-match": "true" } : {}),
        },
      ),
    ),
    { numRuns: 1_000 },
  );
  expect(Math.min(...Object.values(count))).toBeGreaterThan(20);
});
