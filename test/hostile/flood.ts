import type { HttpAnswer } from "../../functions/http/event.ts";
import { ACCOUNT, exchangeForm } from "../fakes/world/world.ts";
import { call } from "./call.ts";
import type { HostileWorld } from "./hostile-world.ts";

/** Far more requests than any caller may make in a minute. */
export const FLOOD = 160;

/** More requests than the refusals that are written in a minute. */
export const REFUSED = 80;

/** Details that the policies of the tests forbid. */
export const DENIED = [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-payroll/x"] },
];

/** Repeats a request, and counts each answer. */
export async function flood(
  count: number,
  one: (index: number) => Promise<HttpAnswer>,
): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let index = 0; index < count; index += 1) {
    const { statusCode, body } = await one(index);
    const name = statusCode < 300 ? String(statusCode) : JSON.parse(body).code;
    seen[name] = (seen[name] ?? 0) + 1;
  }
  return seen;
}

/** A request for a task. */
export const open = (world: HostileWorld, token = world.mint(), details?: unknown): Promise<HttpAnswer> =>
  call("POST /v1/token", world.ports, { form: exchangeForm(token, details) });
