import { Refusal } from "../../core/refusal.ts";
import type { Identity } from "../../steps/requests/verify-identity.ts";
import type { WatchedRequest, WatchNeeds } from "./watched-request.ts";

/**
 * Decides about a request, and looks for escalations in its refusal (E7, E8). A request that is not refused costs nothing: the code that looks is loaded
 * at the first refusal.
 * @throws {Refusal} the refusal, agent_cooling_down in its place, or store_unavailable where it could not be counted.
 */
export async function watchRefusals<T>(
  identity: Identity,
  request: WatchedRequest,
  ports: WatchNeeds,
  decide: () => Promise<T>,
): Promise<T> {
  try {
    return await decide();
  } catch (error) {
    if (!(error instanceof Refusal) || (error.code !== "policy_denied" && !error.detail.misused)) throw error;
    const { judgeRefusal } = await import("./judge-refusal.ts");
    throw await judgeRefusal(error, identity, request, ports);
  }
}
