import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { RouteKey } from "../../../functions/routes.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { OPERATIONS } from "../../openapi/operations.ts";
import { answerTo, type Body, type Call } from "../../openapi/recording/call.ts";
import { PLACEHOLDERS } from "../../openapi/recording/placeholders.ts";
import { REQUESTS, type RequestName } from "../../openapi/schemas.ts";
import { documented, expectDocumented } from "./documented.ts";

/** The examples of requests as the committed document has them. */
const EXAMPLES = (Object.keys(OPERATIONS) as RouteKey[]).flatMap((route) =>
  Object.entries(documented(route).requestBody?.content ?? {}).flatMap(([mediaType, { schema, examples }]) =>
    Object.entries(examples).map(([name, { value }]) => ({
      route,
      name,
      mediaType,
      schema: schema.$ref.replace("#/components/schemas/", "") as RequestName,
      value: value as Readonly<Record<string, unknown>>,
    })),
  ),
);

describe("an example of a request", () => {
  it.each(EXAMPLES)("$route, $name: is accepted by the handler once its tokens are real", async (example) => {
    const world = fakeWorld();
    const accepted = OPERATIONS[example.route].accepted[example.name];
    if (!accepted) throw new Error(`no call of the name ${example.name}`);
    const call = await accepted.arrange(world);
    const answer = await answerTo({ ...call, body: sent(example, call) }, world);
    expect(answer.statusCode, answer.body).toBe(OPERATIONS[example.route].answer.status);
    expectDocumented(example.route, answer);
  });

  it.each(EXAMPLES)("$route, $name: obeys its schema", ({ mediaType, schema, value }) => {
    const { issues } = v.safeParse(REQUESTS[schema], mediaType === "application/json" ? value : asForm(value));
    expect(issues && v.flatten(issues)).toBeUndefined();
  });

  it("is there for each route that takes a body", () => {
    const taking = (Object.keys(OPERATIONS) as RouteKey[]).filter((route) => OPERATIONS[route].body);
    expect(taking).toHaveLength(25);
    expect(new Set(EXAMPLES.map(({ route }) => route))).toEqual(new Set(taking));
  });
});

/** The documented body, with the call's own tokens where the document has placeholders. */
function sent({ mediaType, value }: (typeof EXAMPLES)[number], { body }: Call): Body {
  if (mediaType === "application/json") {
    const own = (body && "json" in body ? body.json : {}) as Readonly<Record<string, unknown>>;
    const entries = Object.entries(value).map(([name, each]) => [name, isPlaceholder(each) ? own[name] : each]);
    return { json: Object.fromEntries(entries) };
  }
  if (!(body && "form" in body)) throw new Error("the call has no form");
  const { form } = body;
  const filled = Object.entries(asForm(value)).map(([name, text]) => [
    name,
    isPlaceholder(text) ? (form[name] ?? "") : text,
  ]);
  return { form: Object.fromEntries(filled) };
}

const asForm = (value: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, String(entry)]));

/** True for a placeholder, and for an object that holds one: its other values belong to the token. */
const isPlaceholder = (value: unknown): boolean =>
  Object.values(PLACEHOLDERS).some((placeholder) => JSON.stringify(value)?.includes(placeholder));
