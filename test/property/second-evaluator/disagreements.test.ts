import { describe, expect, it } from "vitest";
import { simulated } from "../iam-oracle.ts";
import { ROWS } from "./truth-tables.ts";

/**
 * Rows of the documentation that iam-simulate decides otherwise, with its decision and the reason why the second
 * evaluator is right.
 */
const OTHERWISE: Readonly<Record<string, string>> = {
  "StringLike: * is a newline too: false":
    "AWS documents any combination of characters; a regular expression without its flag leaves the newline out",
  "a star takes a newline: false": "the same in a resource",
  "${$} is a dollar: false":
    "AWS reads a special character wherever a variable may occur; iam-simulate reads it literally in StringEquals",
  "${*} in a resource: no answer":
    "a star in the request's own resource is read as a wildcard; AWS has such object keys",
  "DateEquals of an epoch time: false": "AWS accepts epoch time beside ISO 8601",
  "NotIpAddress of IPv6: false":
    "AWS documents all addresses but the specified ones; an address of the other family is one of these",
  "Null false: it has no value: true": "AWS documents that the key exists and its value is not null",
  "a negated operator matches it: false": "AWS documents that inverted operators match a variable without a value",
};

describe("iam-simulate", () => {
  it("agrees with the second evaluator on every row of the documentation but the known ones", async () => {
    const found = new Set<string>();
    for (const { says, policy, request, decision } of ROWS) {
      const isAllowed = await simulated(policy, request, "123456789012").catch(() => "no answer");
      if (isAllowed !== (decision === "allowed")) found.add(`${says}: ${isAllowed}`);
    }
    expect([...found].sort()).toEqual(Object.keys(OTHERWISE).sort());
  });
});
