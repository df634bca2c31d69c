import { type AgentId, isAgentId } from "../../../contract/agent-id.ts";
import { CEILING_CHARACTERS, CONSENT_DAYS } from "../../../contract/limits.ts";
import type { Detail } from "../../core/intent/detail.ts";
import { parseIntent } from "../../core/intent/parse-intent.ts";
import { Refusal } from "../../core/refusal.ts";
import { onlyFields, textField } from "../../steps/approvals/parse-signature.ts";
import { readPurpose, type Understands } from "../request.ts";

/** Consent that a person requests to give. */
export interface RequestedConsent {
  readonly agent: AgentId;
  readonly purpose: string;
  readonly details: readonly Detail[];
  /** Lifetime; whole days. */
  readonly days: number;
}

/**
 * Parses the body of a consent: `{agent, purpose, authorization_details, days?}`.
 * @throws {Refusal} malformed_request, intent_invalid.
 */
export function parseConsent(body: Readonly<Record<string, unknown>>, ports: Understands): RequestedConsent {
  onlyFields(body, ["agent", "purpose", "authorization_details", "days"]);
  const { days = CONSENT_DAYS.usual, authorization_details: ceiling } = body;
  const ceilingText = JSON.stringify(ceiling ?? null);
  if (ceilingText.length > CEILING_CHARACTERS)
    throw new Refusal("malformed_request", {
      say: `authorization_details may have ${CEILING_CHARACTERS} characters: a person has to read them.`,
    });
  if (!Number.isSafeInteger(days) || Number(days) < 1 || Number(days) > CONSENT_DAYS.most)
    throw new Refusal("malformed_request", { say: `days must be a whole number from 1 to ${CONSENT_DAYS.most}.` });
  const agent = textField(body, "agent", 64);
  if (!isAgentId(agent))
    throw new Refusal("malformed_request", { say: "agent must be the registered id of an agent." });
  return {
    agent,
    purpose: readPurpose(textField(body, "purpose", CEILING_CHARACTERS)),
    details: parseIntent(ceilingText, ports),
    days: Number(days),
  };
}
