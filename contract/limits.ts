/** Limits that the wire promises. Each is defined here only. */

/** Limits of one request (docs/design.md#limits-of-a-request). */
export const LIMITS = {
  details: 10,
  statements: 20,
  pairs: 250,
  arnCharacters: 512,
  bodyBytes: 32_768,
  purposeCharacters: 256,
  leases: 5,
} as const;

/** The most tools of one detail. */
export const MOST_TOOLS = 50;

/** The most actions of one detail, or patterns of them; its most ARNs; and the most wildcards of one ARN. */
export const [MOST_ACTIONS, MOST_RESOURCES, ARN_WILDCARDS] = [50, 100, 4] as const;

/**
 * Limits of a task's tree. Policy may set a lower depth by `context.delegation.depth`; a session's name holds ten levels.
 * `depth`: levels below a root. `children`: tasks alive at a time right below one task. `pending`: unused delegations of one task.
 */
export const TREE_LIMITS = { depth: 4, children: 20, pending: 20, detailCharacters: 4_096 } as const;

/** Longest token that is parsed; characters. */
export const TOKEN_CHARACTERS = 16_384;

/** Lifetimes of a task, by default and at most; seconds. */
export const TASK_SECONDS = { default: 900, most: 43_200 } as const;

/** Limits of an agent that sets none. */
export const DEFAULT_LIMITS = {
  liveTasks: 75,
  taskSeconds: TASK_SECONDS.most,
  tasksPerMinute: 120,
} as const;

/**
 * Limits in one minute. The limit of tasks is in the agent's own limits.
 * `stale`: refusals whose proof was a used token, or the token of an ended task. These count apart, since whoever has
 * seen such a token can send it.
 * `renewal`: renewals of one task that policy denied.
 * `poll`: polls of one task that waits for people; the client polls each five seconds.
 * `fetch`: requests for a lease of one task that waits for people. An SDK sends up to five for one call of a program.
 * `explanation`: questions of one operator about policy, each of which costs more than a request of an agent.
 * `question`: questions of one agent about itself, and about what policy would decide.
 * `vote`: votes of one person, each of which is an event; one sign-in decides up to 20 requests.
 * `code`: codes of one person that the hub sends to the person's issuer, which may lock a client out that sends junk.
 */
export const RATE_LIMITS = {
  refusal: 60,
  stale: 60,
  presentation: 60,
  delegation: 30,
  renewal: 5,
  poll: 15,
  fetch: 30,
  explanation: 30,
  question: 30,
  vote: 60,
  code: 30,
} as const;

/** Seconds between two polls (RFC 8628, section 3.2). */
export const POLL_SECONDS = 5;

/** `token`: oldest token of a person that opens a task. `task`: longest life of a task after the issue of the person's token. Seconds. */
export const ON_BEHALF_SECONDS = { token: 900, task: 3_600 } as const;

/** Upper bound on the labels of one agent. */
export const MOST_LABELS = 20;

/** Upper bound on the conditions of the world that one hub defines. */
export const MOST_CONDITIONS = 32;

/** Shortest time for which a condition of the world is set; seconds. */
export const CONDITION_SECONDS = 60;

/** Upper bounds on the budgets of one grant, on the grants that a budget counts, and on its window in seconds. */
export const BUDGET_LIMITS = { budgets: 3, count: 100, window: 31 * 86_400 } as const;

/** Upper bound on the signatures that a budget of calls allows in its window, and on the budgets of calls of one task. */
export const CALL_LIMITS = { count: 100_000, budgets: 6 } as const;

/** Upper bounds on the conflicts of one hub, on the labels of one grant that are in a conflict, and on a conflict's window in seconds. */
export const LABEL_LIMITS = { conflicts: 32, labels: 3, window: 7 * 86_400 } as const;

/** Upper bounds on the tokens that a task has at a time. */
export const TOKEN_LIMITS = { tokens: 16, presentations: 10 } as const;

/** Longest time from a session's issue to its fence; seconds. Sessions are renewed while their task lives. */
export const FENCE_SECONDS = 900;

/**
 * Longest time from a session's issue to its fence where the session stays in the hub, unless policy states another
 * one (`@fence`); seconds. A signature that was given works until then at most.
 */
export const SIGN_FENCE_SECONDS = 120;

/** Shortest such time that policy or an account may demand; seconds. A client then renews each half minute. */
export const LEAST_FENCE_SECONDS = 60;

/** Shortest time between two STS calls for one lease; seconds (docs/design.md#limits-of-a-request). */
export const RENEWAL_SECONDS = 10;

/** Time for which people see what they decided about requests; seconds. */
export const OWN_DECISIONS_SECONDS = 30 * 86_400;

/** Upper bounds on the uses of one approval, and on its window in seconds. */
export const STANDING_LIMITS = { uses: 30, window: 30 * 86_400 } as const;

/** Longest ceiling of a consent, as JSON; characters. A person reads it, and the record of each task under it contains it. */
export const CEILING_CHARACTERS = 4_096;

/** Lifetime of a consent; days: the default, and the maximum. */
export const CONSENT_DAYS = { usual: 30, most: 90 } as const;

/** Longest reason of a halt, a panic or an ending; characters. */
export const REASON_CHARACTERS = 256;

/** Largest number of records that one sign-in decides. */
export const BATCH_RECORDS = 20;
