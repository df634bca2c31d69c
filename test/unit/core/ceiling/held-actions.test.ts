import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heldActions, withHeldActions } from "../../../../functions/core/ceiling/held-actions.ts";
import { heldLists } from "../../../../functions/core/ceiling/held-lists.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { heldIn } from "../../../../functions/core/deployment/held-in.ts";
import { regionNamed } from "../../../../functions/core/deployment/region.ts";
import { catalogue, everyAction } from "../catalogue/load-catalogue.ts";

const ALWAYS = ["sts:GetCallerIdentity", "sts:GetScopedCredentials"];

/** True where every list leaves the action: none of the Denies is about it. */
const isLeft = (lists: readonly (readonly string[])[], action: string): boolean =>
  lists.every((list) =>
    list.some((entry) =>
      entry.endsWith("*")
        ? action.toLowerCase().startsWith(entry.slice(0, -1).toLowerCase())
        : entry.toLowerCase() === action.toLowerCase(),
    ),
  );

describe("the names to which an account holds its tasks", () => {
  it("are those that its ceiling's patterns match today, and no other", () => {
    expect(heldActions({ ceiling: ["sqs:Receive*", "s3:getobject"] }, catalogue)?.actions).toEqual([
      "s3:GetObject",
      "sqs:ReceiveMessage",
    ]);
  });

  it("leave out what no task may do, and have the actions of exceptions", () => {
    const role = "arn:aws:iam::111122223333:role/deploy";
    const exceptions = { passRoles: [{ role, services: ["lambda.amazonaws.com"] }] };
    expect(heldActions({ ceiling: ["iam:*"], exceptions }, catalogue)?.actions).toEqual(["iam:PassRole"]);
  });

  it("have a name of the ceiling that the catalogue lacks, but make nothing of a pattern without a match", () => {
    const ceiling = ["sqs:ReceiveMessage", "sqs:FoldMessage", "newservice:*"];
    expect(heldActions({ ceiling }, catalogue)?.actions).toEqual(["sqs:FoldMessage", "sqs:ReceiveMessage"]);
  });

  it("are none where a role could not hold them all, or where the ceiling is everything", () => {
    expect(heldActions({ ceiling: ["ec2:*", "s3:*", "rds:*", "lambda:*", "iot:*"] }, catalogue)).toBeUndefined();
    expect(heldActions({ ceiling: ["*"] }, catalogue)).toBeUndefined();
  });

  it("have a mark of their own, the same for the same names", () => {
    const [one, other, third] = [["sqs:Receive*"], ["sqs:ReceiveMessage"], ["sqs:SendMessage"]].map(
      (ceiling) => heldActions({ ceiling }, catalogue)?.mark,
    );
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(one).toBe(other);
    expect(one).not.toBe(third);
  });

  it("are found by the account in a deployment, which has the names of a mark once", () => {
    const account = { region: regionNamed("us-east-1"), taskRoles: 1 };
    const given = {
      accounts: [1, 2].map((id) => ({
        ...account,
        id: accountId(String(id).repeat(12)),
        ceiling: ["sqs:SendMessage"],
      })),
    };
    const deployment = withHeldActions(
      { accounts: [...given.accounts, { ...account, id: accountId("3".repeat(12)), ceiling: ["*"] }] },
      catalogue,
    );
    expect(Object.values(deployment.held ?? {})).toEqual([["sqs:SendMessage"]]);
    expect(["1", "2", "3", "4"].map((id) => heldIn(deployment, id.repeat(12))?.actions)).toEqual([
      ["sqs:SendMessage"],
      ["sqs:SendMessage"],
      undefined,
      undefined,
    ]);
  });
});

describe("the Denies that hold a role to names", () => {
  it("fit into managed policies of the default ceiling, and leave its names alone", () => {
    const actions = heldActions({}, catalogue)?.actions ?? [];
    const lists = heldLists(actions) ?? [];
    expect(lists.map((list) => JSON.stringify(list).length).filter((length) => length > 6_000)).toEqual([]);
    expect(lists.length).toBe(3);
    const left = everyAction()
      .map(({ name }) => name)
      .filter((name) => isLeft(lists, name));
    expect(new Set<string>(left)).toEqual(
      new Set([...actions, ...ALWAYS].filter((name) => left.some((each) => each === name))),
    );
    expect(actions.every((action) => isLeft(lists, action))).toBe(true);
  });

  it.each(["ec2:DescribeFutures", "ec2:DescribeInstancesAnew", "ec2:DescribeA", "s3:GetObjectSoon", "zz:Do", "ec2:"])(
    "leave nothing that AWS adds later: %s",
    (action) => {
      expect(isLeft(heldLists(heldActions({}, catalogue)?.actions ?? []) ?? [], action)).toBe(false);
    },
  );

  it("leave the names alone, however these are divided over several lists", () => {
    const letters = (maxLength: number) => fc.array(fc.constantFrom("a", "b", "C"), { minLength: 1, maxLength });
    // Long ends make lists full with few names.
    const name = fc
      .tuple(fc.constantFrom("s", "t"), letters(4))
      .map(([service, text]) => `${service}:${text.join("")}`);
    const isLong = fc.uniqueArray(name, { minLength: 2, maxLength: 60, selector: (each) => each.toLowerCase() });
    fc.assert(
      fc.property(isLong, fc.array(name, { maxLength: 30 }), fc.boolean(), (short, tried, areLong) => {
        const end = areLong ? "x".repeat(400) : "";
        const actions = short.map((each) => each + end).sort();
        const lists = heldLists(actions) ?? [];
        const isNamed = new Set(actions.map((each) => each.toLowerCase()));
        for (const each of [...tried, ...tried.map((one) => `${one}${end}`), ...actions])
          expect([each, isLeft(lists, each)]).toEqual([each, lists.length === 0 || isNamed.has(each.toLowerCase())]);
      }),
      { numRuns: 300 },
    );
  });
});
