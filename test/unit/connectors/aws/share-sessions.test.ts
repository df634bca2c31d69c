import { describe, expect, it } from "vitest";
import type { GrantedAws } from "../../../../functions/connectors/aws/granted-aws.ts";
import { sharedSessions } from "../../../../functions/connectors/aws/share-sessions.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { AwsDetail } from "../../../../functions/core/intent/detail.ts";
import type { Permitted } from "../../../../functions/core/policy/decide.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { ACCOUNT, asPermitted, onObjects } from "../../core/policy/pairs.ts";

const OTHER = accountId("444455556666");

/** A session policy of so many characters for each pair. */
const sized = (each: number) => (permitted: readonly Permitted[]) => ({
  text: permitted.map(({ pair }) => `${pair.action} ${pair.target}`).join(";"),
  characters: permitted.length * each,
});

/** A detail of these pairs: `s3:GetObject acme/a`. */
function granted(index: number, pairs: readonly string[], changes: Partial<AwsDetail> = {}): GrantedAws {
  const permitted = pairs.map((pair) => {
    const [action = "", key] = pair.split(" ");
    return asPermitted(onObjects(`arn:aws:s3:::${key}`, { action }));
  });
  const actions = spelled(...new Set(permitted.map(({ pair }) => pair.action)));
  const resources = [...new Set(permitted.map(({ pair }) => pair.target))];
  return { detail: { type: "aws", account: ACCOUNT, actions, resources, ...changes }, index, permitted };
}

const saying = (say: string) => expect.objectContaining({ detail: { say: expect.stringContaining(say) } });

const shape = (all: readonly GrantedAws[], each: number, details = 10) =>
  sharedSessions(all, sized(each), details).map((session) => ({
    leases: [...new Set(session.granted.map(({ detail }) => detail.lease))],
    indices: session.granted.map(({ index }) => index),
    policy: session.policy.text,
  }));

describe("the sessions of a task", () => {
  it("are one for each account", () => {
    const read = granted(0, ["s3:GetObject lake/a"]);
    const elsewhere = granted(1, ["s3:GetObject lake/b"], { account: OTHER });
    const write = granted(3, ["s3:PutObject results/a"]);
    expect(shape([read, elsewhere, write], 100)).toEqual([
      { leases: [0], indices: [0, 3], policy: "s3:GetObject arn:aws:s3:::lake/a;s3:PutObject arn:aws:s3:::results/a" },
      { leases: [1], indices: [1], policy: "s3:GetObject arn:aws:s3:::lake/b" },
    ]);
  });

  it("hold the pairs of a service together where all do not fit, and split a detail by its services", () => {
    const one = granted(0, ["s3:GetObject a", "sqs:SendMessage b"]);
    const two = granted(1, ["s3:PutObject c"]);
    expect(shape([one, two], 1_000, 2)).toEqual([
      { leases: [0], indices: [0, 1], policy: "s3:GetObject arn:aws:s3:::a;s3:PutObject arn:aws:s3:::c" },
      { leases: [2], indices: [2], policy: "sqs:SendMessage arn:aws:s3:::b" },
    ]);
    const [first, second] = sharedSessions([one, two], sized(1_000), 2);
    expect(first?.granted[0]?.detail).toMatchObject({
      actions: spelled("s3:GetObject"),
      resources: ["arn:aws:s3:::a"],
    });
    expect(second?.granted[0]?.detail).toMatchObject({
      actions: spelled("sqs:SendMessage"),
      resources: ["arn:aws:s3:::b"],
    });
  });

  it("leave a detail whole that one session serves", () => {
    const one = granted(0, ["s3:GetObject a", "sqs:SendMessage a"], { actions: spelled("s3:GetO*", "sqs:Send*") });
    const two = granted(1, ["sns:Publish c"]);
    const [first] = sharedSessions([one, two], sized(1_000), 2);
    expect(first?.granted.map(({ detail }) => detail.actions)).toEqual([["s3:GetO*", "sqs:Send*"]]);
  });

  it("are by detail where that makes fewer, as when one service of two details does not fit", () => {
    const [one, two] = [
      granted(0, ["s3:GetObject a", "sqs:SendMessage b"]),
      granted(1, ["s3:GetObject c", "s3:GetObject d"]),
    ];
    expect(shape([one, two], 1_000, 2).map(({ indices }) => indices)).toEqual([[0], [1]]);
  });

  it("are apart where a Deny of one would take from the other", () => {
    const deny = { resources: ["arn:aws:s3:::lake/pii/*"], conditions: {} };
    const cautious = granted(0, ["s3:GetObject lake/*"]);
    const denying = { ...cautious, permitted: cautious.permitted.map((each) => ({ ...each, denies: [deny] })) };
    const free = granted(1, ["s3:GetObject lake/pii/a"]);
    expect(shape([denying, free], 100).map(({ indices }) => indices)).toEqual([[0], [1]]);
    const both = { ...free, permitted: free.permitted.map((each) => ({ ...each, denies: [deny] })) };
    expect(shape([denying, both], 100).map(({ indices }) => indices)).toEqual([[0, 1]]);
    const others = granted(1, ["s3:PutObject lake/pii/a"]);
    expect(shape([denying, others], 100).map(({ indices }) => indices)).toEqual([[0, 1]]);
  });

  it("are those that were recorded, whatever would fit by now", () => {
    const [one, two] = [granted(0, ["s3:GetObject a"], { lease: 0 }), granted(1, ["s3:GetObject b"], { lease: 1 })];
    expect(shape([one, two], 100).map(({ leases, indices }) => [leases, indices])).toEqual([
      [[0], [0]],
      [[1], [1]],
    ]);
    const [three, four] = [granted(0, ["s3:GetObject a"], { lease: 0 }), granted(1, ["s3:GetObject b"], { lease: 0 })];
    expect(() => shape([three, four], 2_000)).toThrow(saying("4000 characters of 2048"));
  });

  it("are refused where the pairs of one service in one detail do not fit, with what to leave out", () => {
    const many = granted(0, ["s3:GetObject a", "s3:GetObject b", "s3:GetObject c"]);
    expect(() => shape([granted(1, ["sqs:SendMessage x"]), many], 1_000)).toThrow(
      saying(
        "authorization_details[0] compiles to 3000 characters of 2048, 952 too many. Its first 2 of 3 pairs fit; put the others into another detail or task: s3:GetObject on arn:aws:s3:::c.",
      ),
    );
  });

  it("report how much of what is too long the forbids are", () => {
    const compile = (permitted: readonly Permitted[]) => ({
      text: "",
      characters: permitted.reduce((sum, { denies }) => sum + 1_000 + 600 * denies.length, 0),
    });
    const [one] = [granted(0, ["s3:GetObject a", "s3:GetObject b"])];
    const permitted = one.permitted.map((each) => ({
      ...each,
      policies: ["p", "no-pii"],
      denies: [{ resources: ["arn:aws:s3:::a/pii"], conditions: {} }],
    }));
    expect(() => sharedSessions([{ ...one, permitted }], compile, 1)).toThrow(
      saying("3200 characters of 2048, 1152 too many, 1200 of them for what no-pii excepts"),
    );
  });
});

describe("the work of dividing", () => {
  it("compiles 80 details of one service, which fill two sessions, less than 150 times", () => {
    const details = Array.from({ length: 80 }, (_, index) => granted(index, [`s3:GetObject a${index}`]));
    let count = 0;
    const compile = (permitted: readonly Permitted[]) => {
      count += 1;
      return sized(50)(permitted);
    };
    expect(sharedSessions(details, compile, 80)).toHaveLength(2);
    expect(count).toBeLessThan(150);
  });
});
