import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { haltAccount, liftAccount } from "../../../contract/accounts.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { readBodyOf } from "../../../functions/http/read-body-of.ts";
import { jsonEvent } from "../../fakes/world/world.ts";

const HALT = "POST /v1/accounts/{account}/halt";
const reading = (body: unknown) => () => readBodyOf(jsonEvent(HALT, body), haltAccount);

const OWN = "must have no member that is named as a part of JavaScript's own objects.";

/** Sentence of the refusal that the work ends with. */
function sentenceOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.detail.say}`;
    throw error;
  }
  return "no refusal";
}

describe("readBodyOf", () => {
  it("returns a body as the contract describes it", () => {
    expect(reading({ reason: "a drill", retire: true })()).toEqual({ reason: "a drill", retire: true });
  });

  it.each([
    [{}, "reason is missing: Reason, for the journal and for readers of the list of accounts."],
    [
      { reason: 5 },
      "reason is not as it has to be: 1 to 256 characters on one line, not blank, without control characters.",
    ],
    [
      { reason: " " },
      "reason is not as it has to be: 1 to 256 characters on one line, not blank, without control characters.",
    ],
    [{ reason: "x", "evil\u001b[31m": 1 }, "The body takes reason and retire, and no other field."],
  ])("names the field and the rule, and quotes nothing: %j", (body, says) => {
    expect(sentenceOf(reading(body))).toBe(`malformed_request: ${says}`);
  });

  it.each(["\u001b[31mred", "vk_secret", "__proto__", "constructor"])("quotes no name of the caller: %j", (name) => {
    const nested = v.strictObject({ claims: v.record(v.string(), v.pipe(v.string(), v.description("A claim."))) });
    const operation = { ...haltAccount, body: { schema: nested } };
    const body = JSON.parse(`{"claims":{"a":"b",${JSON.stringify(name)}:1}}`);
    expect(sentenceOf(() => readBodyOf(jsonEvent(HALT, body), operation))).not.toContain(name);
  });

  it.each([
    [{ limits: [] }, "limits must be an object, and is a list."],
    [{ limits: { claims: [] } }, "limits.claims must be an object, and is a list."],
    [{ bindings: [{}, []] }, "bindings[1] must be an object, and is a list."],
    [{ limits: { claims: { sub: "a", constructor: "b" } } }, `limits.claims ${OWN}`],
    [{ either: [] }, "either must be an object, and is a list."],
    [{ each: { a: [] } }, "each must be an object, and is a list."],
    [{ limits: { claims: JSON.parse('{"__proto__":"b"}') } }, `limits.claims ${OWN}`],
  ])("refuses what the library would read otherwise than it was sent: %j", (body, says) => {
    const limits = v.strictObject({ claims: v.exactOptional(v.record(v.string(), v.string())) });
    const schema = v.strictObject({
      limits: v.exactOptional(v.pipe(limits, v.description("Limits."))),
      bindings: v.exactOptional(v.array(v.looseObject({}))),
      either: v.exactOptional(v.union([v.strictObject({ text: v.exactOptional(v.string()) }), v.string()])),
      each: v.exactOptional(v.record(v.string(), v.strictObject({}))),
    });
    const operation = { ...haltAccount, body: { schema } };
    expect(sentenceOf(() => readBodyOf(jsonEvent(HALT, body), operation))).toBe(`malformed_request: ${says}`);
  });

  it("takes a request without a body where the body may be left out, and demands it elsewhere", () => {
    const without = { ...jsonEvent(HALT, {}), body: undefined };
    expect(readBodyOf(without, liftAccount)).toEqual({});
    expect(sentenceOf(() => readBodyOf(without, haltAccount))).toContain("malformed_request");
  });
});
