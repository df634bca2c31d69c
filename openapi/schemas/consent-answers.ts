import * as v from "valibot";
import { agentId, instant, personName } from "../../contract/fields.ts";
import { detailsGranted } from "./authorization-details.ts";

/** Schema of a consent's id. */
export const consentId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/), v.description("The consent's id."));

/** Schema of a consent. */
export const consentAnswer = v.strictObject({
  id: consentId,
  status: v.pipe(v.picklist(["live", "ended"]), v.description("`ended`: withdrawn or expired, for good.")),
  person: personName,
  agent: agentId,
  purpose: v.string(),
  authorization_details: detailsGranted,
  created_at: instant,
  expires_at: instant,
  last_used_at: v.optional(
    v.pipe(
      instant,
      v.description("Time at which a task was last opened or prolonged under a live consent; absent where none was."),
    ),
  ),
  hash: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9_-]{43}$/),
    v.description(
      "SHA-256 of `valetkey/act/v1`, a line feed, and the record as canonical JSON (RFC 8785); base64url. The `nonce` of the vote was this hash.",
    ),
  ),
  record: v.pipe(
    v.looseObject({ version: v.literal(1) }),
    v.description("The whole record that the person has signed. Compute the hash from it, and believe no other."),
  ),
});

/** Schema of a person's live consents. */
export const consentListAnswer = v.strictObject({ consents: v.array(consentAnswer) });

/** Schema of a consent that was withdrawn, with the tasks that ended for it. */
export const withdrawnConsentAnswer = v.strictObject({
  ...consentAnswer.entries,
  ended_tasks: v.pipe(v.number(), v.integer(), v.minValue(0)),
  ended: v.pipe(v.array(v.string()), v.description("Tasks that this call has ended, sub-agents' included.")),
});
