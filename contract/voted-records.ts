import * as v from "valibot";
import { accountId, agentId, approvalId } from "./fields.ts";
import { STANDING_LIMITS } from "./limits.ts";
import { HASH_DOMAINS } from "./names.ts";
import type { Frozen } from "./operation.ts";

/**
 * Records that people vote for. A vote's `nonce` is the hash of the record's canonical JSON, so that every member is
 * covered, and a member that is added needs a new version. The types of the functions that make and read records, the
 * list of members that the console and the command can show, and the API document follow from these values.
 */

const base64url = (says: string) => v.pipe(v.string(), v.regex(/^[\w-]+$/), v.description(says));
const sha256 = (says: string) => v.pipe(v.string(), v.regex(/^[\w-]{43}$/), v.description(says));
const seconds = (says: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.description(`${says}; epoch seconds.`));
const hub = v.pipe(v.string(), v.description("URL of the deployment: a vote for one hub counts at no other."));
const nonce = base64url("128 random bits.");

/** Schema of a detail, whose other members its type has. */
const detail: v.GenericSchema<{ readonly type: string }> = v.looseObject({ type: v.string() });

/** Schema of the record of a request for approval. */
export const approvalRecord = v.strictObject({
  version: v.literal(1),
  hub,
  id: approvalId,
  decision: v.literal("vend"),
  nonce,
  task: v.pipe(v.string(), v.description("Id of the task that waits.")),
  agent: v.strictObject({ id: agentId, name: v.string(), owner: v.string(), team: v.string() }),
  person: v.exactOptional(
    v.pipe(
      v.strictObject({ issuer: v.string(), value: v.string() }),
      v.description("Person on whose behalf the task acts."),
    ),
  ),
  chain: v.pipe(v.array(agentId), v.description("Agents of the tasks above, the nearest first.")),
  purpose: v.pipe(v.string(), v.description("Text of the agent, which proves nothing.")),
  authorization_details: v.pipe(v.array(detail), v.description("Details as the agent requested them.")),
  bundle: v.pipe(v.string(), v.description("Hash of the policies at the time of the request, for information.")),
  created_at: seconds("Time of the request"),
  expires_at: seconds("Time from which no vote is cast"),
  grants: v.pipe(v.array(detail), v.description("Details as they would be granted.")),
  session_policies: v.pipe(
    v.record(v.string(), v.string()),
    v.description("SHA-256 of each session policy without its fence and hour, by the lease's name; base64url."),
  ),
  accounts: v.pipe(
    v.array(accountId),
    v.description("Accounts in which the task would receive sessions, in their order."),
  ),
  ttl: v.pipe(v.number(), v.integer(), v.minValue(1), v.description("Lifetime of the task; seconds.")),
  needed: v.pipe(
    v.array(v.strictObject({ group: v.string(), count: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
    v.description("Votes that the approval needs."),
  ),
  standing: v.exactOptional(
    v.pipe(
      v.strictObject({
        uses: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(STANDING_LIMITS.uses)),
        window: v.pipe(v.number(), v.integer(), v.minValue(3_600), v.maxValue(STANDING_LIMITS.window)),
        shape: v.pipe(v.string(), v.description("SHA-256 of what shapes the agent, base64url.")),
      }),
      v.description("Uses that the same votes are good for; absent where the approval is used once."),
    ),
  ),
  break_glass: v.exactOptional(
    v.pipe(
      v.literal(true),
      v.description("True where one person may give the approval alone; absent where nobody may."),
    ),
  ),
});

/** Schema of the record of an operator's act, of a consent, and of an acceptance of a threat model. */
export const actRecord = v.strictObject({
  version: v.literal(1),
  hub,
  act: v.pipe(
    v.strictObject({
      method: v.literal("POST"),
      path: v.pipe(v.string(), v.description("Path of the route, with its parameters filled in.")),
      body: v.pipe(v.record(v.string(), v.unknown()), v.description("Body of the request, without the vote.")),
    }),
    v.description("One request of the API."),
  ),
  nonce,
  created_at: seconds("Time of the record"),
});

/** Schema of the use of an approval, as the exchange seals it, and as a reviewer of a broken glass votes for it. */
export const approvalUse = v.strictObject({
  id: approvalId,
  n: v.pipe(v.number(), v.integer(), v.minValue(1), v.description("Number of the use.")),
  task: v.pipe(v.string(), v.description("Task of the use.")),
  hash: sha256("Hash of the record."),
  votes: v.pipe(v.array(v.string()), v.description("SHA-256 of the votes' tokens, base64url, in their order.")),
  usedAt: seconds("Time of the use"),
  glass: v.exactOptional(v.pipe(v.literal(true), v.description("True where one person gave the approval alone."))),
});

export interface VotedRecord extends Frozen<v.InferOutput<typeof approvalRecord>> {}
export interface VotedAct extends Frozen<v.InferOutput<typeof actRecord>> {}
export interface VotedUse extends Frozen<v.InferOutput<typeof approvalUse>> {}

/** Words about a hash, for the API document. */
export const hashOf = (domain: keyof typeof HASH_DOMAINS, what: string): string =>
  `SHA-256 of \`${HASH_DOMAINS[domain]}\`, a line feed, and ${what}; base64url.`;
