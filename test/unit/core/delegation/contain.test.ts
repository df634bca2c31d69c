import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { boundOf, boundOfDetails } from "../../../../functions/core/delegation/bounds.ts";
import { type BoundPair, contain, within } from "../../../../functions/core/delegation/contain.ts";
import { decideWithin } from "../../../../functions/core/delegation/decide-within.ts";
import { joinConditions } from "../../../../functions/core/delegation/inherit-conditions.ts";
import { type AccountId, accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { ConditionBlock, Detail } from "../../../../functions/core/intent/detail.ts";
import type { Pair } from "../../../../functions/core/intent/pairs.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { cedarOf } from "../cedar-of.ts";
import { anAsker } from "../policy/pairs.ts";

const ACCOUNT = accountId("111122223333");
const TICKETS = agentId("tickets");
const OTHER = accountId("444455556666");
const aws = (
  action: string,
  resource: string,
  conditions?: ConditionBlock,
  account: AccountId = ACCOUNT,
): Detail & { readonly type: "aws" } => ({
  type: "aws",
  account,
  actions: spelled(action),
  resources: [resource],
  ...(conditions ? { conditions } : {}),
});
const bound = (...details: readonly Detail[]) => boundOfDetails(details, catalogue);
const only = (detail: Detail): BoundPair => {
  const [pair] = bound(detail);
  if (!pair) throw new Error("no pair");
  return { ...pair, conditions: [{}] };
};
const contained = (child: Detail, ...parent: readonly Detail[]) => contain(only(child), bound(...parent));
const PUB = { StringLike: { "s3:prefix": ["pub/*"] } };
const LIST = "arn:aws:s3:::acme-data";
const DATASETS = `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:dataset/*`;
const DATASET = DATASETS.replace("*", "a");

describe("a child's pair is within its parent's", () => {
  it.each<readonly [string, Detail, Detail]>([
    ["the same", aws("s3:GetObject", "arn:aws:s3:::a/x"), aws("s3:GetObject", "arn:aws:s3:::a/x")],
    ["one of a set", aws("s3:GetObject", "arn:aws:s3:::a/x"), aws("s3:GetObject", "arn:aws:s3:::a/*")],
    ["a set of a set", aws("s3:GetObject", "arn:aws:s3:::a/x/*"), aws("s3:GetObject", "arn:aws:s3:::a/*")],
    ["an account's", aws("s3:ListAllMyBuckets", "*"), aws("s3:ListAllMyBuckets", "*")],
    ["calls that name no resource", aws("cloudwatch:GetMetricData", "*"), aws("cloudwatch:GetMetricData", "*")],
    ["a tool", { type: "tool", server: TICKETS, tools: ["a"] }, { type: "tool", server: TICKETS, tools: ["b", "a"] }],
    ["one action of a pattern", aws("s3:GetObject", "arn:aws:s3:::a/x"), aws("s3:GetObject*", "arn:aws:s3:::a/x")],
  ])("%s", (_, child, parent) => {
    expect(contained(child, parent)).toHaveProperty("contained");
  });

  it.each<readonly [string, Detail, Detail]>([
    ["another action", aws("s3:PutObject", "arn:aws:s3:::a/x"), aws("s3:GetObject", "arn:aws:s3:::a/*")],
    ["a wider set", aws("s3:GetObject", "arn:aws:s3:::a/*"), aws("s3:GetObject", "arn:aws:s3:::a/x/*")],
    ["another set", aws("s3:GetObject", "arn:aws:s3:::a/*"), aws("s3:GetObject", "arn:aws:s3:::b/*")],
    ["a set that only overlaps", aws("s3:GetObject", "arn:aws:s3:::a/*x"), aws("s3:GetObject", "arn:aws:s3:::a/x*")],
    [
      "another account, where the ARN names none",
      aws("s3:GetObject", "arn:aws:s3:::a/x", undefined, OTHER),
      aws("s3:GetObject", "arn:aws:s3:::a/*"),
    ],
    [
      "a resource, of calls that name none",
      aws("cloudwatch:GetMetricData", DATASET),
      aws("cloudwatch:GetMetricData", "*"),
    ],
    [
      "calls that name none, of a resource",
      aws("cloudwatch:GetMetricData", "*"),
      aws("cloudwatch:GetMetricData", DATASETS),
    ],
    ["another account's", aws("s3:ListAllMyBuckets", "*", undefined, OTHER), aws("s3:ListAllMyBuckets", "*")],
    ["another tool", { type: "tool", server: TICKETS, tools: ["a"] }, { type: "tool", server: TICKETS, tools: ["b"] }],
    [
      "another server's tool",
      { type: "tool", server: TICKETS, tools: ["a"] },
      { type: "tool", server: agentId("users"), tools: ["a"] },
    ],
    [
      "a tool of a task that has none",
      { type: "tool", server: TICKETS, tools: ["a"] },
      aws("s3:ListAllMyBuckets", "*"),
    ],
  ])("a child's pair is not within: %s", (_, child, parent) => {
    const { action, target } = only(child).pair;
    expect(contained(child, parent)).toMatchObject({
      denial: { action, target, reason: expect.stringContaining("not within") },
    });
  });

  it("lies in one pair of the parent: two that cover it between them do not", () => {
    const parts = [aws("s3:GetObject", "arn:aws:s3:::a/x*"), aws("s3:GetObject", "arn:aws:s3:::a/y*")];
    expect(contained(aws("s3:GetObject", "arn:aws:s3:::a/*"), ...parts)).toMatchObject({
      denial: {
        hint: "The task above has arn:aws:s3:::a/x*, arn:aws:s3:::a/y* of this: request that, or use mode=narrow.",
      },
    });
    expect(within(only(aws("s3:GetObject", "arn:aws:s3:::a/*")).pair, bound(...parts))).toHaveLength(2);
  });
});

describe("conditions of the parent", () => {
  const inherited = (child: Detail, ...parent: readonly Detail[]) => {
    const answer = contained(child, ...parent);
    return "contained" in answer ? answer.contained.conditions[0] : answer.denial;
  };

  it("hold for the child, beside its own", () => {
    expect(inherited(aws("s3:ListBucket", LIST), aws("s3:ListBucket", LIST, PUB))).toEqual(PUB);
    const secure = { Bool: { "aws:SecureTransport": ["true"] } };
    expect(inherited(aws("s3:ListBucket", LIST, secure), aws("s3:ListBucket", LIST, PUB))).toEqual(PUB);
    expect(inherited(aws("s3:ListBucket", LIST, PUB), aws("s3:ListBucket", LIST))).toEqual({});
  });

  it("may be stated again, in any order and with the key in any case; then they are there once", () => {
    const two = { StringLike: { "s3:prefix": ["a", "b"] } };
    const again = { StringLike: { "S3:Prefix": ["b", "a", "a"] } };
    expect(inherited(aws("s3:ListBucket", LIST, again), aws("s3:ListBucket", LIST, two))).toEqual({});
  });

  it.each([
    ["another value", ["pub/x*"]],
    ["one value more", ["pub/*", "x"]],
    ["fewer values", []],
  ])("with %s are refused: IAM would take both for alternatives", (_, values) => {
    const child = aws("s3:ListBucket", LIST, { StringLike: { "s3:Prefix": values } });
    expect(inherited(child, aws("s3:ListBucket", LIST, PUB))).toEqual({
      action: "s3:ListBucket",
      target: LIST,
      reason: "The task above has another value for the condition StringLike s3:prefix.",
      hint: "Leave the condition out, and it is inherited.",
    });
  });

  it("of another operator on the same key hold both", () => {
    const child = aws("s3:ListBucket", LIST, { StringEquals: { "s3:prefix": ["pub/x"] } });
    expect(inherited(child, aws("s3:ListBucket", LIST, PUB))).toEqual(PUB);
  });

  it("are those of the covering pair that requires least, and agrees", () => {
    const both = { ...PUB, Bool: { "aws:SecureTransport": ["true"] } };
    const parent = [aws("s3:ListBucket", LIST, both), aws("s3:ListBucket", LIST, PUB)];
    expect(inherited(aws("s3:ListBucket", LIST), ...parent)).toEqual(PUB);
    const other = aws("s3:ListBucket", LIST, { StringLike: { "s3:prefix": ["x"] } });
    const secure = { Bool: { "aws:SecureTransport": ["true"] }, Null: { "s3:delimiter": ["false"] } };
    expect(inherited(other, ...parent, aws("s3:ListBucket", LIST, secure))).toEqual(secure);
  });

  it("that are alternatives hold in every combination that agrees; one that does not is left out, and one that another one allows already", () => {
    const tag = (team: string): ConditionBlock => ({ StringEquals: { "aws:ResourceTag/team": [team] } });
    const [pair] = bound(aws("s3:ListBucket", LIST));
    if (!pair) throw new Error("no pair");
    const above = [{ ...pair, conditions: [tag("data"), PUB] }];
    const answer = contain({ ...pair, conditions: [tag("data"), tag("web")] }, above);
    expect(answer).toMatchObject({
      contained: { conditions: [tag("data"), { ...tag("web"), ...PUB }] },
    });
    expect(contain({ ...pair, conditions: [tag("web")] }, [{ ...pair, conditions: [tag("data")] }])).toHaveProperty(
      "denial",
    );
  });

  it("are joined operator by operator", () => {
    const tags = { StringLike: { "aws:ResourceTag/team": ["d*"] }, Null: { x: ["false"] } };
    expect(joinConditions(PUB, tags)).toEqual({
      StringLike: { ...PUB.StringLike, ...tags.StringLike },
      Null: tags.Null,
    });
  });
});

describe("Denies of the parent", () => {
  const denying = (detail: Detail, ...resources: readonly string[]) =>
    bound(detail).map((pair) => ({ ...pair, denies: [{ resources, conditions: {} }] }));
  const child = only(aws("s3:GetObject", "arn:aws:s3:::a/x/*"));
  const deniesFor = (...bounds: readonly (readonly BoundPair[])[]) => {
    const answer = contain(child, bounds.flat());
    return "contained" in answer ? answer.contained.denies.flatMap(({ resources }) => resources) : answer;
  };

  it("hold for the child where they can matter to it", () => {
    const parent = denying(aws("s3:GetObject", "arn:aws:s3:::a/*"), "arn:aws:s3:::a/x/pii*", "arn:aws:s3:::a/y*");
    expect(deniesFor(parent)).toEqual(["arn:aws:s3:::a/x/pii*"]);
    expect(deniesFor(denying(aws("s3:GetObject", "arn:aws:s3:::a/*"), "arn:aws:s3:::a/y*"))).toEqual([]);
  });

  it("are preserved where they are written with IAM's escapes, which are not read here", () => {
    const parent = denying(aws("s3:GetObject", "arn:aws:s3:::a/*"), `arn:aws:s3:::a/y\${*}`);
    expect(deniesFor(parent)).toEqual([`arn:aws:s3:::a/y\${*}`]);
  });

  it("are those of all of its pairs of the same action, and of no other action or account", () => {
    const covering = bound(aws("s3:GetObject", "arn:aws:s3:::a/x/*"));
    const others = [
      denying(aws("s3:GetObject", "arn:aws:s3:::a/*"), "arn:aws:s3:::a/x/1*"),
      denying(aws("s3:PutObject", "arn:aws:s3:::a/*"), "arn:aws:s3:::a/x/2*"),
      denying(aws("s3:GetObject", "arn:aws:s3:::a/*", undefined, OTHER), "arn:aws:s3:::a/x/3*"),
    ];
    expect(deniesFor(covering, ...others)).toEqual(["arn:aws:s3:::a/x/1*"]);
  });
});

describe("deciding within bounds", () => {
  const READS = 'permit (principal, action, resource) when { resource.arn like "arn:aws:s3:::a/*" };';
  const policies = cedarOf([READS]);
  const pairOf = (detail: Detail): Pair => only(detail).pair;
  const decide = (detail: Detail, ...bounds: readonly (readonly BoundPair[])[]) =>
    decideWithin(pairOf(detail), bounds, anAsker(), policies);

  it("is Cedar's word alone where there is no bound", () => {
    expect(decide(aws("s3:GetObject", "arn:aws:s3:::a/*"))).toHaveProperty("permitted");
    expect(decide(aws("s3:GetObject", "arn:aws:s3:::b/*"))).toHaveProperty("denied");
  });

  it("is no where Cedar's is no, whatever the parent has", () => {
    const b = aws("s3:GetObject", "arn:aws:s3:::b/*");
    expect(decide(b, bound(b))).toMatchObject({ denied: { denial: { reason: "No policy permits it." } } });
  });

  it("is no where one of the bounds excludes it, and names the parts that lie in them", () => {
    const wide = aws("s3:GetObject", "arn:aws:s3:::a/*");
    const part = aws("s3:GetObject", "arn:aws:s3:::a/x/*");
    expect(decide(wide, bound(wide), bound(part))).toMatchObject({
      denied: {
        denial: { reason: expect.stringContaining("not within") },
        narrower: [wide.resources[0], part.resources[0]],
      },
    });
    const wider = aws("s3:GetObject", "arn:aws:s3:::*/*");
    const verdict = decide(wider, bound(part));
    expect(verdict).toMatchObject({ denied: { narrower: ["arn:aws:s3:::a/*", "arn:aws:s3:::a/x/*"] } });
  });

  it("is yes with the conditions of every bound", () => {
    const conditions = { Bool: { "aws:SecureTransport": ["true"] } };
    const detail = aws("s3:GetObject", "arn:aws:s3:::a/x/1");
    const first = bound(aws("s3:GetObject", "arn:aws:s3:::a/*", conditions));
    const second = bound(aws("s3:GetObject", "arn:aws:s3:::a/x/*", { StringLike: { "s3:prefix": ["p"] } }));
    const verdict = decide(detail, first, second);
    expect(verdict).toMatchObject({
      permitted: { conditions: [{ ...conditions, StringLike: { "s3:prefix": ["p"] } }] },
    });
    if (!("permitted" in verdict)) throw new Error("denied");
    // The permitted pair is the bound of the next level.
    expect(boundOf([verdict.permitted])).toMatchObject([{ conditions: verdict.permitted.conditions }]);
  });
});
