import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "../../emulator/decide.ts";
import type { Need } from "../../emulator/need.ts";
import type { PolicyDocument } from "../../emulator/policy-document.ts";
import { type Role, Roles } from "../../emulator/roles.ts";
import type { Session } from "../../emulator/sessions.ts";
import { FUNCTIONS } from "../../functions/names.ts";
import { tableArn } from "../../infra/arns.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { rightsOf } from "../../infra/rights.ts";
import { CONFIG } from "../infra/deployed-stacks.ts";

const SCOPE = hubScopeOf(CONFIG);
const TABLE = tableArn(SCOPE);

/** What a function's role may do is made anew for each question, so that nothing is known of it. */
const roleOf = (name: (typeof FUNCTIONS)[number]): Role =>
  new Roles().create(
    SCOPE.account,
    {
      name,
      trust: document([]),
      permissions: { rights: document(rightsOf(name, SCOPE)), odd: document([ODD]) },
    },
    0,
  );
const document = (statements: readonly unknown[]) =>
  ({ Version: "2012-10-17", Statement: statements }) as unknown as PolicyDocument;
/** Reads what differs between requests, beside the rights that we have. */
const ODD = {
  Effect: "Deny",
  Action: ["dynamodb:DeleteItem"],
  Resource: ["*"],
  Condition: { StringEquals: { "aws:SourceIp": "127.0.0.2" } },
};

const sessionOf = (role: Role): Session => ({
  credentials: { accessKeyId: "ASIA", secretAccessKey: "", sessionToken: "" },
  role,
  name: "s",
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
const asked = fc.record({
  name: fc.constantFrom(...FUNCTIONS),
  action: fc.constantFrom("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"),
  resource: fc.constantFrom(TABLE, `${TABLE}-2`),
  partitions: fc.option(fc.array(partition, { maxLength: 3 })),
  sourceIp: fc.constantFrom("127.0.0.1", "127.0.0.2"),
});

it("the embedded IAM answers what it was asked before as it would if it were asked for the first time", async () => {
  const roles = new Map(FUNCTIONS.map((name) => [name, roleOf(name)]));
  const count = { Allowed: 0, Denied: 0 };
  await fc.assert(
    fc.asyncProperty(asked, async ({ name, action, resource, partitions, sourceIp }) => {
      const need: Need = { action, resource, resourceAccount: SCOPE.account };
      const context = {
        "aws:SourceIp": sourceIp,
        "aws:CurrentTime": new Date().toISOString(),
        ...(partitions === null ? {} : { "dynamodb:LeadingKeys": partitions }),
      };
      const fresh = await decide(sessionOf(roleOf(name)), need, context, Date.now());
      count[fresh.decision] += 1;
      expect(await decide(sessionOf(roles.get(name) ?? roleOf(name)), need, context, Date.now())).toEqual(fresh);
    }),
    { numRuns: 1_500 },
  );
  expect(Math.min(count.Allowed, count.Denied)).toBeGreaterThan(50);
});
