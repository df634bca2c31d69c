import { describe, expect, it } from "vitest";
import { matches, type Pattern } from "../../../functions/relay/wakes.ts";

describe("a filter of an event source mapping, as Lambda evaluates it", () => {
  const record = { eventName: "INSERT", dynamodb: { Keys: { pk: { S: "TASK#a" } }, NewImage: { n: { N: "1" } } } };
  const rows: readonly (readonly [string, Pattern, boolean])[] = [
    ["one of several texts", { eventName: ["INSERT", "MODIFY"] }, true],
    ["another text", { eventName: ["REMOVE"] }, false],
    ["the beginning of a text", { dynamodb: { Keys: { pk: { S: [{ prefix: "TASK#" }] } } } }, true],
    ["another beginning", { dynamodb: { Keys: { pk: { S: [{ prefix: "TIMER#" }] } } } }, false],
    ["a field that is there", { dynamodb: { NewImage: { n: { N: [{ exists: true }] } } } }, true],
    ["a field that is not there", { dynamodb: { NewImage: { ttl: { N: [{ exists: true }] } } } }, false],
    ["a field within one that is not there", { userIdentity: { type: ["Service"] } }, false],
    ["a text where the record has an object", { dynamodb: ["INSERT"] }, false],
    ["a field that every object inherits", { constructor: { name: ["Object"] } }, false],
    ["all of several fields", { eventName: ["INSERT"], dynamodb: { Keys: { pk: { S: ["TASK#a"] } } } }, true],
    ["one of several fields alone", { eventName: ["INSERT"], dynamodb: { Keys: { pk: { S: ["TASK#b"] } } } }, false],
    ["nothing in particular", {}, true],
  ];

  it.each(rows)("that requests %s decides so", (_, pattern, expected) => {
    expect(matches(pattern, record)).toBe(expected);
  });

  it("matches nothing that is no object", () => {
    for (const other of [undefined, null, "INSERT", 1]) expect(matches({ eventName: ["INSERT"] }, other)).toBe(false);
  });
});
