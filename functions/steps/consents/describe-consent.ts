import { actHash } from "../../core/approvals/act-record.ts";
import type { Consent } from "../../core/consents/consent.ts";
import { personId } from "../../core/identity/person.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { describeDetails } from "../tasks/describe-details.ts";

/** State of a consent. An ended one was withdrawn, or has expired. */
type ConsentStatus = "live" | "ended";

/**
 * Describes a consent with the record that its person has signed, and never with the vote's token.
 * @param usedAt time at which a task was last opened or prolonged under it; epoch seconds.
 */
export const describeConsent = (
  consent: Consent,
  status: ConsentStatus,
  usedAt?: number,
): Readonly<Record<string, unknown>> => ({
  id: consent.id,
  status,
  person: personId(consent.person),
  agent: consent.agent,
  purpose: consent.purpose,
  authorization_details: describeDetails(consent.details),
  created_at: isoSeconds(consent.createdAt),
  expires_at: isoSeconds(consent.expiresAt),
  ...(usedAt === undefined ? {} : { last_used_at: isoSeconds(usedAt) }),
  hash: actHash(consent.act),
  record: consent.act,
});
