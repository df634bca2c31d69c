import * as v from "valibot";
import { instant } from "../../contract/fields.ts";
import { signInCode } from "../../contract/vote.ts";

/** Schema of an approval's id. */
export const approvalId = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9]{16,64}$/),
  v.description("The id of the request for approval, as `task.approval.id` names it."),
);

const hash = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/),
  v.description(
    "SHA-256 of `valetkey/approval/v1`, a line feed, and the record as canonical JSON (RFC 8785); base64url. A vote's `nonce` is this hash.",
  ),
);

const status = v.pipe(
  v.picklist(["pending", "approved", "standing", "used", "denied", "withdrawn", "expired", "cancelled", "void"]),
  v.description(
    "`pending`, `approved` and `standing` (used, and may be used again) are computed from votes, uses and time. `expired` is no denial.",
  ),
);

const group = v.pipe(
  v.string(),
  v.description("A group of `approvers` in `valetkey.json`; `@person` for the person for whom the agent acts."),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const needed = v.pipe(
  v.array(v.strictObject({ group, count, have: count })),
  v.description("Votes that each group has to give, and has given. Every vote is another person's."),
);

const standing = v.pipe(
  v.strictObject({ used: count, uses: count, until: instant }),
  v.description("Only for a standing approval: its uses so far, the allowed number, and the end of its window."),
);

const review = v.pipe(
  v.strictObject({
    use: v.pipe(
      v.looseObject({ id: approvalId }),
      v.description(
        "The use as the exchange has sealed it. A reviewer's `nonce` is SHA-256 of `valetkey/review/v1`, a line feed, and its canonical JSON; base64url.",
      ),
    ),
    due_at: v.pipe(instant, v.description("Unless another person reviews it by then, the agent is suspended.")),
    done: v.boolean(),
  }),
  v.description("Only where one person broke the glass."),
);

const you = v.strictObject({
  may_vote: v.boolean(),
  groups: v.pipe(v.array(v.string()), v.description("Groups that may vote on the request and that your token proves.")),
  has_voted: v.boolean(),
  why: v.exactOptional(v.pipe(v.string(), v.description("Rule or state for which you may not vote."))),
});

const usedBy = v.pipe(
  v.strictObject({ id: v.string(), live: v.boolean() }),
  v.description("Task of the latest use. While it lives, `POST /v1/tasks/{task}/end` ends it."),
);

/** Schema of the waiting requests. */
export const approvalListAnswer = v.strictObject({
  approvals: v.array(
    v.strictObject({
      id: approvalId,
      hash,
      status,
      needed,
      agent: v.strictObject({ id: v.string(), name: v.string(), team: v.string() }),
      purpose: v.pipe(v.string(), v.description("Text of the agent, which proves nothing.")),
      created_at: instant,
      expires_at: instant,
      standing: v.exactOptional(standing),
      review: v.exactOptional(review),
      task: v.exactOptional(usedBy),
      you,
    }),
  ),
});

/** Schema of one request, with the record that people decide about. */
export const approvalAnswer = v.strictObject({
  record: v.pipe(
    v.looseObject({ id: approvalId }),
    v.description("The whole record of the decision. Compute the hash from it, and believe no other."),
  ),
  hash,
  status,
  needed,
  standing: v.exactOptional(standing),
  review: v.exactOptional(review),
  task: v.exactOptional(usedBy),
  votes: v.array(
    v.strictObject({
      group,
      cast_at: instant,
      you: v.boolean(),
      void: v.optional(
        v.pipe(
          v.literal(true),
          v.description("The vote does not count any more: its person has left since, at their issuer or here."),
        ),
      ),
    }),
  ),
  outcome: v.exactOptional(
    v.strictObject({
      decision: v.picklist(["denied", "withdrawn"]),
      at: instant,
      reason: v.exactOptional(v.string()),
      rejected: v.exactOptional(v.array(count)),
    }),
  ),
  you,
  notices: v.exactOptional(
    v.pipe(
      v.array(v.strictObject({ channel: v.string(), told: v.boolean(), failed_at: v.exactOptional(instant) })),
      v.description("Notices to the channels of the groups; `failed_at`: when a message to one failed."),
    ),
  ),
  sign_in: v.exactOptional(
    v.pipe(
      v.strictObject({
        issuer: v.string(),
        url: v.string(),
        client_id: v.string(),
        redirect_uri: v.string(),
        token_exchange: v.picklist(["browser", "hub"]),
        acr_values: v.exactOptional(v.string()),
      }),
      v.description("Sign-in by which you vote, at your own issuer. Compare it with what you know of that issuer."),
    ),
  ),
});

/** Schema of a request after a decision. */
export const decidedAnswer = v.strictObject({ status, needed });

const hashes = v.pipe(
  v.array(hash),
  v.minLength(1),
  v.maxLength(20),
  v.description("Hashes of all the records that the sign-in decides, where there are several."),
);

const vote = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(16_384),
  v.description("ID token of your issuer for the client for approvals; its `nonce` is the hash."),
);

const REDEEMED = "Where `sign_in.token_exchange` is `hub`: the code of the sign-in, which the hub redeems.";

/** Schema of a review of a broken glass. */
export const reviewBody = v.union([
  v.strictObject({
    vote: v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(16_384),
      v.description("ID token of your issuer for the client for approvals; its `nonce` is made of `review.use`."),
    ),
  }),
  v.pipe(v.strictObject(signInCode), v.description(REDEEMED)),
]);

/** Schema of the answer to a review. */
export const reviewedAnswer = v.strictObject({ status: v.literal("reviewed") });

/** Schema of a decision. */
export const decision = v.union([
  v.strictObject({
    decision: v.literal("approve"),
    vote,
    hashes: v.exactOptional(hashes),
  }),
  v.pipe(
    v.strictObject({ decision: v.literal("break_glass"), vote }),
    v.description(
      "Approves alone, where the record has `break_glass`. The vote's `nonce` is SHA-256 of `valetkey/break-glass/v1`, a line feed, and the hash; base64url. In place of the vote it takes a code, as an approval does.",
    ),
  ),
  v.pipe(
    v.strictObject({
      decision: v.picklist(["approve", "break_glass"]),
      ...signInCode,
      hashes: v.exactOptional(hashes),
    }),
    v.description(REDEEMED),
  ),
  v.strictObject({
    decision: v.literal("deny"),
    reason: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
    rejected: v.exactOptional(
      v.pipe(v.array(count), v.maxLength(100), v.description("Indices of `authorization_details` that you reject.")),
    ),
  }),
]);
