import { NEVER } from "../../../functions/core/ceiling/ceiling-actions.ts";
import { exceptionsOf } from "../../../functions/core/ceiling/exceptions.ts";
import type { Question, StatedPolicy } from "../../../functions/core/proof/question.ts";
import { catalogue } from "../../unit/core/catalogue/load-catalogue.ts";
import { jsonOf } from "../../unit/core/cedar-of.ts";
import { WATCHED } from "../arbitrary/policies.ts";
import type { Scenario } from "../arbitrary/scenarios.ts";
import { clockOf, EXCEPTIONS, type Session, type Vended } from "../vend.ts";

/** A policy as it is deployed, made from its text. A watched policy is marked so. */
export function statedOf(text: string, index: number): StatedPolicy {
  const json = jsonOf(text);
  const { effect, annotations: given = {} } = json;
  const annotations = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value ?? ""]));
  const shadow = text.startsWith(WATCHED) ? { mode: "shadow" } : {};
  return {
    id: annotations.id ?? `p${index}`,
    effect,
    annotations: { ...annotations, ...shadow },
    json,
  };
}

/** The exchange's question about a session: the one that the validator has to prove. */
export function questionOf(scenario: Scenario, vended: Vended, session: Session): Question {
  const { asker } = scenario;
  const { decidedAtMs, plannedAtMs } = clockOf(scenario);
  return {
    text: session.policy,
    above: vended.above,
    fenceAt: session.fenceAt,
    account: session.account,
    asked: session.details,
    bounds: [{ objection: "beyond the intent", requests: session.written }],
    reads: [],
    policies: vended.texts.map(statedOf),
    catalogue,
    never: NEVER,
    exceptions: exceptionsOf(EXCEPTIONS[session.account]),
    asker: {
      agent: asker.agent,
      claims: asker.claims,
      purpose: asker.purpose,
      ttlSeconds: asker.ttlSeconds,
      openedAt: Math.floor(plannedAtMs / 1_000),
      atMs: decidedAtMs,
      chain: asker.ancestors ?? [],
      conditions: [],
      sourceIp: asker.sourceIp,
      boundIp: asker.sourceIp,
    },
  };
}
