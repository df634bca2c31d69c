import * as v from "valibot";
import { EARLIER_OUTCOMES } from "./decision/earlier-in-words.ts";
import { accountNames, approvalId, instant, personName } from "./fields.ts";
import { BATCH_RECORDS } from "./limits.ts";
import { OWN_DECISIONS } from "./names.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS, WITH_BODY } from "./refused-by.ts";
import { signInCode } from "./vote.ts";
import { approvalRecord, approvalUse, hashOf } from "./voted-records.ts";

const hash = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/),
  v.description(`${hashOf("approval", "the record as canonical JSON (RFC 8785)")} A vote's \`nonce\` is this hash.`),
);

/** Schema of a request's state. */
export const approvalStatus = v.pipe(
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

const reviewState = v.pipe(
  v.strictObject({
    use: v.pipe(
      approvalUse,
      v.description(
        `The use as the exchange has sealed it. A reviewer's \`nonce\` is ${hashOf("review", "its canonical JSON")}`,
      ),
    ),
    by: v.exactOptional(
      v.pipe(
        personName,
        v.description(
          "The person who broke the glass. Absent where the vote that the use names is not stored any more.",
        ),
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
  why: v.exactOptional(
    v.pipe(
      v.string(),
      v.description("Rule or state for which you may not vote. With `group_full` you may still deny."),
    ),
  ),
});

const usedBy = v.pipe(
  v.strictObject({ id: v.string(), live: v.boolean() }),
  v.description("Task of the latest use. While it lives, `POST /v1/tasks/{task}/end` ends it."),
);

const approvalList = v.strictObject({
  approvals: v.array(
    v.strictObject({
      id: approvalId,
      hash,
      status: approvalStatus,
      needed,
      agent: v.strictObject({ id: v.string(), name: v.string(), team: v.string() }),
      purpose: v.pipe(v.string(), v.description("Text of the agent, which proves nothing.")),
      may: v.pipe(
        v.string(),
        v.description("The requested grants in one line, some values left out. Decide by the whole record alone."),
      ),
      created_at: instant,
      expires_at: instant,
      standing: v.exactOptional(standing),
      review: v.exactOptional(reviewState),
      task: v.exactOptional(usedBy),
      you,
      decided: v.exactOptional(
        v.pipe(
          v.strictObject({ as: v.picklist(OWN_DECISIONS), at: instant }),
          v.description("Your latest decision about the request. Only in the list `mine`."),
        ),
      ),
    }),
  ),
  next: v.exactOptional(v.pipe(v.string(), v.description("Mark of the next page, which `after` takes."))),
});

const approval = v.strictObject({
  record: v.pipe(
    approvalRecord,
    v.description("The whole record of the decision. Compute the hash from it, and believe no other."),
  ),
  hash,
  account_names: accountNames,
  status: approvalStatus,
  needed,
  standing: v.exactOptional(standing),
  review: v.exactOptional(reviewState),
  task: v.exactOptional(usedBy),
  votes: v.array(
    v.strictObject({
      group,
      by: v.pipe(personName, v.description("The voter. Their token proves it, and is not shown.")),
      cast_at: instant,
      you: v.boolean(),
      void: v.exactOptional(
        v.pipe(
          v.literal(true),
          v.description("The vote does not count any more: its person has left since, at their issuer or here."),
        ),
      ),
    }),
  ),
  ended_by: v.exactOptional(
    v.pipe(
      v.string(),
      v.description(
        "With `cancelled`: who or what ended the task before anybody decided, such as `condition:change-freeze`.",
      ),
    ),
  ),
  outcome: v.exactOptional(
    v.strictObject({
      decision: v.picklist(["denied", "withdrawn"]),
      by: v.exactOptional(
        v.pipe(personName, v.description("The person who decided. Absent where the stored outcome names nobody.")),
      ),
      at: instant,
      reason: v.exactOptional(v.string()),
      rejected: v.exactOptional(v.array(count)),
    }),
  ),
  you,
  notices: v.exactOptional(
    v.pipe(
      v.array(v.strictObject({ channel: v.string(), told: v.boolean(), failed_at: v.exactOptional(instant) })),
      v.description("Notifications to the channels of the groups; `failed_at`: when a message to one failed."),
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

const earlierRequests = v.strictObject({
  since: v.pipe(instant, v.description("Begin of the time that is looked at: 30 days before the request.")),
  cut: v.pipe(
    v.boolean(),
    v.description(
      "True where the agent made more requests in that time than are read: the list lacks the oldest ones.",
    ),
  ),
  requests: v.pipe(
    v.array(
      v.strictObject({
        id: approvalId,
        asked_at: instant,
        outcome: v.pipe(
          v.picklist(EARLIER_OUTCOMES),
          v.description(
            "`approved`: and the agent has got its key. `uncollected`: approved, and the agent has got none. `cancelled`: its task ended before anybody decided. `void`: what it would have given had changed. `pending`: people have not decided.",
          ),
        ),
        at: v.exactOptional(
          v.pipe(instant, v.description("Time of the outcome: of the first use, the decision, or the end.")),
        ),
        by: v.pipe(
          v.array(personName),
          v.description("People who approved, or the one who denied or withdrew; empty for other outcomes."),
        ),
        glass: v.exactOptional(
          v.pipe(v.literal(true), v.description("One person broke the glass, and approved it alone.")),
        ),
      }),
    ),
    v.description("The latest first. Without any text of the agent."),
  ),
});

const decided = v.strictObject({ status: approvalStatus, needed });

const hashes = v.pipe(
  v.array(hash),
  v.minLength(1),
  v.maxLength(BATCH_RECORDS),
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
const reviewOfGlass = v.union([
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

const reviewed = v.strictObject({ status: v.literal("reviewed") });

const decision = v.union([
  v.strictObject({
    decision: v.literal("approve"),
    vote,
    hashes: v.exactOptional(hashes),
  }),
  v.pipe(
    v.strictObject({ decision: v.literal("break_glass"), vote }),
    v.description(
      `Approves alone, where the record has \`break_glass\`. The vote's \`nonce\` is ${hashOf("glass", "the hash")} In place of the vote it takes a code, as an approval does.`,
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

/** `GET /v1/approvals` */
export const listApprovals = operation({
  id: "listApprovals",
  tag: "Approvals",
  method: "GET",
  path: "/v1/approvals",
  caller: "operator",
  function: "approve",
  permission: "valetkey:Approve",
  stepUp: "never",
  summary: "List the requests that wait for people (`?group=`)",
  description:
    "Waiting requests, the first to expire first, at most 50. Only those that policy lets you approve (`valetkey:Approve`).",
  query: {
    group: v.pipe(v.exactOptional(v.string()), v.description("A group of approvers; all groups by default.")),
    status: v.pipe(
      v.exactOptional(
        v.pipe(v.string(), v.regex(/^((pending|standing|review|decided)(,(pending|standing|review|decided))*|mine)$/)),
      ),
      v.description(
        "`pending`, the default; `standing`: approvals for several uses that may be used again; `review`: broken glasses that nobody has reviewed; `decided`: requests that you have approved and can withdraw, or whose task lives. Separate several by commas. `mine`, alone: what you decided within the last 30 days, the latest first.",
      ),
    ),
    after: v.pipe(v.exactOptional(v.string()), v.description("The `next` of the page before.")),
  },
  answer: { status: 200, says: "The requests.", schema: approvalList },
  examples: { approvals: "One request that waits for one vote" },
  // A list leaves out what policy denies, and is never refused for it.
  refuses: [
    "operator_token_invalid",
    "too_many_requests",
    "issuer_unreachable",
    "store_unavailable",
    "malformed_request",
  ],
});

const parameters = { approval: v.pipe(approvalId, v.description("The approval's id.")) };

/** `GET /v1/approvals/{approval}` */
export const readApproval = operation({
  id: "readApproval",
  tag: "Approvals",
  method: "GET",
  path: "/v1/approvals/{approval}",
  caller: "operator",
  function: "approve",
  permission: "valetkey:Approve",
  stepUp: "never",
  summary: "Read a request: the record that people decide about, its hash and its votes",
  description:
    "The record that people decide about, its hash, its votes by group, person and time, the notifications to people, and the sign-in by which you vote. Contains no vote's token.",
  parameters,
  answer: { status: 200, says: "The request as of now.", schema: approval },
  examples: { approval: "A request that waits" },
  refuses: [...BY_OPERATORS, "approval_unknown"],
});

/** `GET /v1/approvals/{approval}/earlier` */
export const listEarlierRequests = operation({
  id: "listEarlierRequests",
  tag: "Approvals",
  method: "GET",
  path: "/v1/approvals/{approval}/earlier",
  caller: "operator",
  function: "approve",
  permission: "valetkey:Approve",
  stepUp: "never",
  summary: "List the agent's earlier requests for the same, with their outcomes",
  description:
    "Requests of the same agent, for the same person, actions, targets and accounts, in the 30 days before this request. Only those that policy lets you approve (`valetkey:Approve`): no other is counted. For information: nothing is decided by it.",
  parameters,
  answer: { status: 200, says: "The earlier requests.", schema: earlierRequests },
  examples: { earlier: "One request, which was denied" },
  refuses: [...BY_OPERATORS, "approval_unknown"],
});

/** Refusals of an act on a request that has ended. */
const ENDED = ["already_used", "approval_denied", "approval_expired", "approval_void", "task_ended"] as const;

/** `POST /v1/approvals/{approval}/decide` */
export const decide = operation({
  id: "decide",
  tag: "Approvals",
  method: "POST",
  path: "/v1/approvals/{approval}/decide",
  caller: "operator",
  function: "approve",
  permission: "valetkey:Approve",
  stepUp: "never",
  summary: "Approve a request by an ID token over its hash, or deny it with a reason",
  description:
    "Approves or denies. An approval takes an ID token that proves a new sign-in of yours for exactly this record; where policy permits it, one person alone can break the glass. A denial takes a reason. The exchange verifies each vote again before it hands out anything.",
  parameters,
  body: { schema: decision },
  answer: { status: 200, says: "The request after the decision.", schema: decided },
  examples: { approved: "A vote, the only one that is needed", denied: "A denial" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, ...ENDED, "approval_unknown", "vote_invalid", "not_eligible"],
});

/** `POST /v1/approvals/{approval}/withdraw` */
export const withdraw = operation({
  id: "withdraw",
  tag: "Approvals",
  method: "POST",
  path: "/v1/approvals/{approval}/withdraw",
  caller: "operator",
  function: "approve",
  permission: "valetkey:Approve",
  stepUp: "never",
  summary: "Withdraw one's own approval before it is used",
  description:
    "Withdraws your own approval before its use, or before its last use where it is for several. That ends the request. The body is ignored.",
  parameters,
  answer: { status: 200, says: "The request, withdrawn.", schema: decided },
  examples: { withdrawn: "An approval that was withdrawn" },
  refuses: [...BY_OPERATORS, ...ENDED, "approval_unknown", "not_eligible"],
});

/** `POST /v1/approvals/{approval}/review` */
export const review = operation({
  id: "review",
  tag: "Approvals",
  method: "POST",
  path: "/v1/approvals/{approval}/review",
  caller: "operator",
  function: "exchange",
  permission: "valetkey:Approve",
  stepUp: "never",
  summary: "Review a broken glass, as another person than the one who broke it",
  description:
    "Reviews a broken glass, as another person than the one who broke it. Takes an ID token that proves a new sign-in of yours for exactly this use. The exchange verifies it. Without a review within 24 hours the agent is suspended.",
  parameters,
  body: { schema: reviewOfGlass },
  answer: { status: 200, says: "The use is reviewed.", schema: reviewed },
  examples: { reviewed: "A use that another person reviewed" },
  refuses: [
    ...BY_OPERATORS,
    ...WITH_BODY,
    "approval_unknown",
    "already_used",
    "approval_expired",
    "sign_in_used",
    "vote_invalid",
    "not_eligible",
  ],
});

export interface ApprovalList extends AnswerOf<typeof listApprovals> {}
export interface Approval extends AnswerOf<typeof readApproval> {}
export interface EarlierRequests extends AnswerOf<typeof listEarlierRequests> {}
export interface Decided extends AnswerOf<typeof decide> {}
export interface Reviewed extends AnswerOf<typeof review> {}

/** Operations of requests for approval, and their schemas by their names in the document. */
export const APPROVALS = {
  operations: [listApprovals, readApproval, listEarlierRequests, decide, withdraw, review],
  requests: { Decision: decision, Review: reviewOfGlass },
  answers: {
    ApprovalList: approvalList,
    Approval: approval,
    EarlierRequests: earlierRequests,
    Decided: decided,
    Reviewed: reviewed,
  },
} as const satisfies Noun;
