import * as v from "valibot";
import { endReason } from "./fields.ts";
import { hashOf } from "./voted-records.ts";

/** Fields by which the hub redeems the code of a sign-in. */
export const signInCode = {
  code: v.pipe(v.string(), v.minLength(1), v.maxLength(2_048)),
  code_verifier: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  redirect_uri: v.pipe(v.string(), v.minLength(1), v.maxLength(2_048)),
};

/** Fields of a vote for an act, beside the signature. */
const ofAct = {
  nonce: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22,64}$/), v.description("128 random bits of the act's record.")),
  created_at: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(Number.MAX_SAFE_INTEGER),
    v.description("Time of the act's record; epoch seconds, at most 300 s ago."),
  ),
};

const votedBy = {
  vote: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(16_384),
    v.description("ID token of your issuer for the client for approvals; its `nonce` is the hash of the act."),
  ),
  ...ofAct,
};

const HASH = `The hash is ${hashOf("act", "the canonical JSON of `{version: 1, hub, act: {method, path, body}, nonce, created_at}`")} \`body\` is this body without \`step_up\`.`;

/** Schema of the vote for an act, where `stepUp` is on. */
export const stepUp = v.pipe(
  v.strictObject(votedBy),
  v.description(`Where \`stepUp\` is on: the vote for this request. ${HASH} Ignored where \`stepUp\` is off.`),
);

/** Schema of a vote that every deployment requires, whatever its `stepUp`. */
export const signature = v.pipe(
  v.union([
    v.strictObject(votedBy),
    v.pipe(
      v.strictObject({ ...signInCode, ...ofAct }),
      v.description("Where your issuer's `tokenExchange` is `hub`: the code of the sign-in, which the hub redeems."),
    ),
  ]),
  v.description(`The vote for this request. ${HASH}`),
);

/** Schema of the body of an act that has only its vote. */
export const actVote = v.strictObject({ step_up: v.exactOptional(stepUp) });

/** Schema of the body of an act on an agent: a reason, and the vote. */
export const votedReason = v.strictObject({ ...endReason.entries, step_up: v.exactOptional(stepUp) });

/** Schema of the hash of an act that its person has voted for. */
export const actHash = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/),
  v.description(`${hashOf("act", "the record as canonical JSON (RFC 8785)")} The \`nonce\` of the vote was this hash.`),
);
