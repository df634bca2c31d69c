import { defined } from "../../../functions/core/defined.ts";
import { BrokenDeployment } from "../../../functions/core/deployment/broken-deployment.ts";
import type { HttpAnswer, HttpEvent } from "../../../functions/http/event.ts";
import type { DEFAULT_ROUTE, RouteKey } from "../../../functions/routes.ts";
import type { EveryPort } from "../../fakes/world/every-path.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { type FakeWorld, httpEvent } from "../../fakes/world/world.ts";

/** Request as a client composes it. */
export interface Call {
  readonly route: RouteKey | typeof DEFAULT_ROUTE.key;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Token after `Bearer`. */
  readonly bearer?: string;
  readonly body?: Body;
  /**
   * Ports that differ from the world's for this call, such as those of a second warm function or of a changed
   * deployment.
   */
  readonly meanwhile?: Partial<EveryPort>;
  /** Age of the request on arrival; milliseconds. */
  readonly waitedMs?: number;
  /** True for a call of a function whose deployment lacks a file. */
  readonly isBroken?: true;
}

export type Body =
  | { readonly form: Readonly<Record<string, string>> }
  | { readonly json: unknown }
  | { readonly mediaType: string; readonly text: string };

/** Prepares the world and returns the call. */
export type Arrange = (world: FakeWorld) => Promise<Call>;

/** Returns the answer of the function that the call is for. */
export async function answerTo(call: Call, world: FakeWorld, ports: EveryPort = world.ports): Promise<HttpAnswer> {
  const { meanwhile, isBroken } = call;
  const broken = isBroken && new BrokenDeployment("file_missing", "policies.json");
  await new FakeService(world, meanwhile ? { ...ports, ...meanwhile } : ports, broken).send(eventOf(call, world));
  const last = world.answers.at(-1);
  if (last === undefined) throw new Error(`${call.route} was not answered`);
  return last.answer;
}

function eventOf({ route, path, query, bearer, body, waitedMs = 0 }: Call, world: FakeWorld): HttpEvent {
  const { mediaType, text } = encoded(body);
  const event = httpEvent(route, {
    headers: {
      ...(mediaType === undefined ? {} : { "content-type": mediaType }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    ...defined({ pathParameters: path }),
    rawQueryString: new URLSearchParams(query).toString(),
    body: text,
  });
  return {
    ...event,
    requestContext: { ...event.requestContext, timeEpoch: world.nowSeconds() * 1_000 - waitedMs },
  };
}

function encoded(body: Body | undefined): { readonly mediaType?: string; readonly text?: string } {
  if (body === undefined) return {};
  if ("text" in body) return body;
  if ("json" in body) return { mediaType: "application/json", text: JSON.stringify(body.json) };
  return { mediaType: "application/x-www-form-urlencoded", text: new URLSearchParams(body.form).toString() };
}
