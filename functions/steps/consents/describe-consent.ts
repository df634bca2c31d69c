import type { GivenConsent } from "../../../contract/consents.ts";
import { actHash } from "../../core/approvals/act-record.ts";
import type { Consent } from "../../core/consents/consent.ts";
import { personId } from "../../core/identity/person.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { describeDetails } from "../tasks/describe-details.ts";

/** Facts about a live consent that are not in its record. */
interface LiveFacts {
  /** Time at which a task was last opened or prolonged under it; epoch seconds. */
  readonly usedAt?: number | undefined;
  /** Pause of its agent for its person. */
  readonly paused?: GivenConsent["paused"] | undefined;
}

/** Describes a consent with the record that its person has signed, and never with the vote's token. */
export const describeConsent = (
  consent: Consent,
  status: GivenConsent["status"],
  { usedAt, paused }: LiveFacts = {},
): GivenConsent => ({
  id: consent.id,
  status,
  person: personId(consent.person),
  agent: consent.agent,
  purpose: consent.purpose,
  authorization_details: describeDetails(consent.details),
  created_at: isoSeconds(consent.createdAt),
  expires_at: isoSeconds(consent.expiresAt),
  ...(usedAt === undefined ? {} : { last_used_at: isoSeconds(usedAt) }),
  ...(paused ? { paused } : {}),
  hash: actHash(consent.act),
  record: { ...consent.act },
});
