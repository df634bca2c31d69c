import * as v from "valibot";
import { agentId, instant, personName } from "../../contract/fields.ts";

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** Schema of the hashes of a threat model. */
export const modelHashes = v.strictObject({
  reach: v.pipe(
    v.record(v.string(), sha256),
    v.description("Parts of the reach: `everybody`, `team:<team>`, `agent:<id>`, as far as policies name them."),
  ),
  connectors: v.pipe(v.record(v.string(), sha256), v.description("Connectors that the reach uses, by their types.")),
  deployment: v.pipe(
    v.record(v.string(), sha256),
    v.description(
      "Configuration that every model has (`deployment`), and that of the issuers whose tokens make somebody the agent (`issuer:github`). Acceptances of earlier versions have none.",
    ),
  ),
  registration: sha256,
});

/** Schema of an acceptance. */
export const acceptedThreatModelAnswer = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  agent: agentId,
  person: personName,
  accepted_at: instant,
  covers: v.pipe(
    v.boolean(),
    v.description("True where it holds for the model as it is deployed: the same, or proven narrower."),
  ),
  model: modelHashes,
  hash: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9_-]{43}$/),
    v.description(
      "SHA-256 of `valetkey/act/v1`, a line feed, and the record as canonical JSON (RFC 8785); base64url. The `nonce` of the vote was this hash.",
    ),
  ),
  record: v.pipe(
    v.looseObject({ version: v.literal(1) }),
    v.description("The whole record that the person has signed."),
  ),
});

/** Schema of a threat model as it is deployed. */
export const threatModelAnswer = v.strictObject({
  agent: agentId,
  model: modelHashes,
  status: v.pipe(
    v.picklist(["accepted", "stale", "none"]),
    v.description("`stale`: other models were accepted, and this one is not proven to lie within one of those."),
  ),
  production: v.pipe(
    v.array(v.string()),
    v.description(
      "What is marked as production: accounts by their ids, and entries of connectors, such as `postgres:orders`.",
    ),
  ),
  required_from: v.exactOptional(
    v.pipe(instant, v.description("Moment from which production gives the agent nothing without an acceptance.")),
  ),
  acceptances: v.array(acceptedThreatModelAnswer),
});
