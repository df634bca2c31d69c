import type { Decides } from "../../../functions/policy/bundle.ts";
import { type Answer, decideRequest } from "../../../functions/policy/decide/answer.ts";
import type { Request } from "../../../functions/policy/decide/request.ts";
import { type ProvenSession, proveSessions } from "../../../functions/policy/prove-sessions.ts";

/** Answer to a case, and the verdict on each resulting session policy. */
export interface ProvenCase {
  readonly answer: Answer;
  readonly proofs: readonly ProvenSession[];
}

/** Decides a case as the exchange does, and proves the resulting session policies. */
export async function proveCase(request: Request, bundle: Decides): Promise<ProvenCase> {
  const decided = await decideRequest(request, bundle);
  return { answer: decided.answer, proofs: proveSessions(decided) };
}
