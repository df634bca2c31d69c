import { describe, expect, it } from "vitest";
import { regionNamed } from "../../../../functions/core/deployment/region.ts";
import { parseIntent } from "../../../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { compileSessionPolicy, SESSION_POLICY_CHARACTERS } from "../../../../functions/core/policy/compile.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, asPermitted } from "./pairs.ts";

const FENCE = Date.parse("2026-11-24T12:15:00Z") / 1_000;
const regional = (service: string, names: readonly string[]) =>
  names.map((name) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${name}`);

/**
 * The work of one agent that does the accounts of a month: its reads, writes, messages and look-ups, and its search for
 * errors.
 */
const MONTHLY: readonly (readonly [actions: readonly string[], resources: readonly string[]])[] = [
  [
    [
      ...["s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"],
      ...["s3:PutObject", "s3:DeleteObject"],
    ],
    ["arn:aws:s3:::acme-data/exports/*", "arn:aws:s3:::acme-data/reports/*", "arn:aws:s3:::acme-scratch/monthly/*"],
  ],
  [
    ["s3:ListBucket", "s3:GetBucketLocation"],
    ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-scratch"],
  ],
  [
    ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"],
    regional("dynamodb", ["table/customers", "table/invoices", "table/orders"]),
  ],
  [
    [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
    ],
    regional("sqs", ["invoices", "mail", "orders"]),
  ],
  [
    ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    regional("secretsmanager", ["secret:invoices/db-*", "secret:orders/db-*"]),
  ],
  [
    ["logs:DescribeLogStreams", "logs:FilterLogEvents"],
    regional("logs", ["log-group:/aws/lambda/invoices:*", "log-group:/aws/lambda/orders:*"]),
  ],
];

/** Each by itself, as if LIMITS let one request hold them all: what is tried is the compiler. */
const monthlyPairs = () =>
  MONTHLY.flatMap(([actions, resources]) => {
    const detail = { type: "aws", account: ACCOUNT, actions, resources };
    const details = parseIntent(JSON.stringify([detail]), {
      deployment: { accounts: [{ id: ACCOUNT, region: regionNamed("us-east-1"), taskRoles: 1 }] },
      catalogue,
    });
    return spreadIntent(details, catalogue).flatMap((spread) => spread.pairs);
  });

interface Written {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);

describe("a session policy of 2,048 characters", () => {
  it("holds sixty realistic pairs and more, of five services and more, with the Deny of all others", () => {
    const pairs = monthlyPairs();
    const { text, characters } = compileSessionPolicy(pairs.map(asPermitted), { fenceAt: FENCE });
    expect(pairs.length).toBeGreaterThanOrEqual(60);
    expect(new Set(pairs.map(({ action }) => action.split(":")[0])).size).toBeGreaterThanOrEqual(5);
    expect(characters).toBeLessThanOrEqual(SESSION_POLICY_CHARACTERS);
    expect(text).toContain("NotAction");
    expect(text).toContain("2026-11-24T12:15:00Z");
  });

  it("allows those pairs, each of them and no other", () => {
    const pairs = monthlyPairs();
    const { text } = compileSessionPolicy(pairs.map(asPermitted), { fenceAt: FENCE });
    const statements: readonly Written[] = JSON.parse(text).Statement;
    const allowed = statements
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action, Resource }) =>
        listed(Action).flatMap((action) => listed(Resource).map((resource) => `${action} on ${resource}`)),
      );
    expect(allowed.toSorted()).toEqual(pairs.map(({ action, target }) => `${action} on ${target}`).toSorted());
  });
});
