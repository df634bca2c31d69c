import type { Unread } from "../../contract/operation.ts";
import type { Decision, DecisionRequest } from "../../contract/self.ts";
import { type Detail, detailOf } from "./detail.ts";
import { tryService } from "./service.ts";

/** Longest wait for the covered part: the denial itself is known already. */
const TIMEOUT_MS = 5_000;

/**
 * Asks what policy permits of a request that it denied as a whole. The question opens nothing, and uses up no token.
 * @param form the denied request.
 * @returns the permitted details, which may be none; undefined where the service cannot say, such as an older one.
 */
export async function coveredPart(url: string, form: DecisionRequest): Promise<readonly Detail[] | undefined> {
  const { idempotency_key: _, standing: __, ...rest } = { idempotency_key: "", standing: "", ...form };
  const decision = await decisionOn(url, { ...rest, mode: "narrow" }, TIMEOUT_MS);
  return decision && permittedIn(decision);
}

/** Asks what policy would decide about a request. Returns undefined where there is no answer in time, or a refusal of the question itself. */
export async function decisionOn(
  url: string,
  form: DecisionRequest,
  timeoutMs: number,
): Promise<Unread<Decision> | undefined> {
  const answer = await tryService<Decision>({ url: `${url}/v1/decide`, method: "POST", timeoutMs, form });
  return typeof answer === "string" || answer.status !== 200 ? undefined : answer.body;
}

/** Reads the permitted details of a decision; undefined where the answer has none in the form of a list. */
export function permittedIn({
  decision,
  authorization_details: details,
}: Pick<Unread<Decision>, "decision" | "authorization_details">): readonly Detail[] | undefined {
  if (decision === "refused") return [];
  return Array.isArray(details) ? details.map(detailOf) : undefined;
}
