import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RouteKey } from "../../../functions/routes.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { OPERATIONS } from "../../openapi/operations.ts";
import { answerTo, type Body, type Call } from "../../openapi/recording/call.ts";
import { expectDocumented } from "./documented.ts";

const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("", "demo", "aws-0", "[]", "null"));

/** A call of an example in which one thing is another, or is missing. */
interface Change {
  readonly of: "bearer" | "path" | "query" | "field" | "body";
  /** Index of the changed field, counted around. */
  readonly at: number;
  readonly to: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  of: fc.constantFrom("bearer", "path", "query", "field", "field", "field", "body"),
  at: fc.nat(20),
  to: fc.oneof(fc.constant(undefined), text, fc.jsonValue()),
});

describe("any request at all", () => {
  it.each(Object.keys(OPERATIONS) as RouteKey[])("%s: the answer is documented", async (route) => {
    const arranged = Object.values(OPERATIONS[route].accepted);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...arranged), fc.array(change, { maxLength: 3 }), async (example, changes) => {
        const world = fakeWorld();
        const call = changes.reduce(changed, await example.arrange(world));
        const answer = await answerTo(call, world);
        expect(answer.statusCode, answer.body).not.toBe(500);
        expectDocumented(route, answer);
      }),
      { numRuns: 100 },
    );
  });
});

function changed(call: Call, { of, at, to }: Change): Call {
  switch (of) {
    case "bearer": {
      const { bearer: _, ...others } = call;
      return typeof to === "string" ? { ...others, bearer: to } : others;
    }
    case "path":
      return { ...call, path: strings(withField(call.path ?? {}, at, to)) };
    case "query":
      return { ...call, query: strings(withField(call.query ?? {}, at, to)) };
    case "body":
      return {
        ...call,
        body: { mediaType: typeof to === "string" ? to : String(JSON.stringify(to)), text: JSON.stringify(to) ?? "" },
      };
    case "field":
      return call.body ? { ...call, body: withBodyField(call.body, at, to) } : call;
  }
}

function withBodyField(body: Body, at: number, to: unknown): Body {
  if ("form" in body) return { form: strings(withField(body.form, at, to)) };
  if ("json" in body) return { json: withField(body.json as Readonly<Record<string, unknown>>, at, to) };
  return body;
}

/** The object with one of its fields set to the value, or without it, or with a further one. */
function withField(fields: Readonly<Record<string, unknown>>, at: number, to: unknown): Record<string, unknown> {
  const names = [...Object.keys(fields), "further"];
  const name = names[at % names.length] ?? "further";
  const { [name]: _, ...others } = fields;
  return to === undefined ? others : { ...others, [name]: to };
}

const strings = (fields: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
