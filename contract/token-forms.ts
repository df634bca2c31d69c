import * as v from "valibot";
import { requestedDetails } from "./authorization-details.ts";
import { delegationToken, oidcToken, taskToken } from "./fields.ts";
import {
  FENCE_SECONDS,
  LIMITS,
  MOST_TOOLS,
  ON_BEHALF_SECONDS,
  RATE_LIMITS,
  STANDING_LIMITS,
  TASK_SECONDS,
  TOKEN_LIMITS,
  TREE_LIMITS,
} from "./limits.ts";
import { AGENT_ID, DELIVERIES, GRANT_TYPES, TOKEN_TYPES } from "./names.ts";
import { readableLine } from "./readable-text.ts";

// Forms are open: unknown parameters are ignored, and one without a value counts as omitted (RFC 6749, section 3.2). The
// exchange refuses parameters of another grant, which no schema here has.

const grantType = v.pipe(v.literal(GRANT_TYPES.exchange), v.description("RFC 8693."));

/** Makes a parameter that contains a JSON array; `contentSchema` describes its elements. @param most bound on its text; characters. */
const detailsParameter = (most: number = LIMITS.bodyBytes) =>
  v.pipe(
    v.string(),
    v.check((text) => text.length <= most),
    v.metadata({
      description: "Requested actions and resources, as JSON (RFC 9396).",
      contentMediaType: "application/json",
      contentSchema: { $ref: "#/components/schemas/AuthorizationDetails" },
    }),
    v.parseJson(),
    requestedDetails,
  );

/** True for terms of a standing approval within the limits: 2 to 30 uses, in 1 hour to 30 days. */
function areWithinLimits(standing: string): boolean {
  const [uses = "", window = ""] = standing.split("/");
  const seconds = Number.parseInt(window, 10) * (window.endsWith("d") ? 86_400 : 3_600);
  return Number(uses) >= 2 && Number(uses) <= STANDING_LIMITS.uses && seconds <= STANDING_LIMITS.window;
}

const taskTtl = v.pipe(
  v.string(),
  v.metadata({
    type: "integer",
    minimum: 1,
    maximum: TASK_SECONDS.most,
    default: TASK_SECONDS.default,
    description: `Seconds that the task may live, cut to the agent's own limit. The keys live ${FENCE_SECONDS} seconds at most and are renewed meanwhile.`,
  }),
  v.transform((text) => (/^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN)),
  v.number(),
  v.maxValue(TASK_SECONDS.most),
);

/** Parameters of every new task. */
const taskEntries = {
  requested_token_type: v.exactOptional(
    v.pipe(v.picklist([TOKEN_TYPES.accessToken, TOKEN_TYPES.task]), v.description("Either is a task token.")),
  ),
  purpose: v.pipe(
    readableLine(LIMITS.purposeCharacters),
    v.description(
      `Purpose of the task, in the agent's words: 1 to ${LIMITS.purposeCharacters} characters, without control characters or ones that change the direction of text. Policies and people read it.`,
    ),
  ),
  authorization_details: detailsParameter(),
  task_ttl: v.exactOptional(taskTtl),
  mode: v.exactOptional(
    v.pipe(
      v.picklist(["all", "narrow"]),
      v.metadata({
        default: "all",
        description:
          "`all`: the details are granted as a whole or not at all. `narrow`: what policy permits of them is granted, and `denials` of the answer has the rest.",
      }),
    ),
  ),
  deliver: v.exactOptional(
    v.pipe(
      v.picklist(DELIVERIES),
      v.description(
        "`sign`: no AWS key is handed out for the task. The sessions stay in the hub, which signs one request at a time (`POST /v1/tasks/{task}/sign`). Policy may require it (`@deliver`).",
      ),
    ),
  ),
  standing: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9][0-9]?\/[1-9][0-9]{0,2}[hd]$/),
      v.check(areWithinLimits),
      v.description(
        "Uses of one approval, and their window: `5/7d`. One approval then covers so many tasks of exactly this request, within the terms of policy (`@standing`). A repeat of the request uses that approval at once. 2 to 30 uses, 1 hour to 30 days.",
      ),
    ),
  ),
  idempotency_key: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^[!-~]{1,128}$/),
      v.description(
        `The same request under the same key, by the same subject, is the same task. The answer has a further token for it (${TOKEN_LIMITS.tokens} in all) and fresh credentials.`,
      ),
    ),
  ),
} as const;

const identityType = v.picklist([TOKEN_TYPES.jwt, TOKEN_TYPES.idToken, TOKEN_TYPES.accessToken]);

/** Schema of the form that starts a task. */
export const startTaskForm = v.pipe(
  v.object({
    grant_type: grantType,
    subject_token: v.pipe(
      oidcToken,
      v.description(
        "The agent's OIDC token from a configured issuer, with this deployment's `audiences.exchange` as its only audience.",
      ),
    ),
    subject_token_type: v.pipe(
      identityType,
      v.description("The issuer's name for its token; all types are verified alike."),
    ),
    ...taskEntries,
  }),
  v.title("Start a task"),
  v.description("An agent for itself. `actor_token` is not accepted."),
);

/** Schema of the form that starts a task for a person. */
export const startTaskForPersonForm = v.pipe(
  v.object({
    grant_type: grantType,
    subject_token: v.pipe(
      oidcToken,
      v.description(
        `The person's token from a people's issuer with \`onBehalf\`, issued in the last ${ON_BEHALF_SECONDS.token / 60} minutes. The only audience is this deployment's \`audiences.exchange\`. The claim \`may_act\` has only the \`iss\` and the \`sub\` of the agent's token.`,
      ),
    ),
    subject_token_type: identityType,
    actor_token: v.pipe(oidcToken, v.description("The agent's own OIDC token, as if it started a task for itself.")),
    actor_token_type: identityType,
    ...taskEntries,
  }),
  v.title("Start a task for a person"),
  v.description(
    `An agent for a person. Policy decides each pair for the agent and for the person, and the task gets what both may. The task ends at the latest ${ON_BEHALF_SECONDS.task / 60} minutes after the person's token was issued.`,
  ),
);

/** Schema of the form that moves the deadline of a task for a person. */
export const prolongForm = v.pipe(
  v.object({
    grant_type: grantType,
    subject_token: v.pipe(
      oidcToken,
      v.description(
        "A fresh token of the task's person, with the form of one that starts a task. It must be younger than every earlier token of the task.",
      ),
    ),
    subject_token_type: identityType,
    actor_token: v.pipe(taskToken, v.description("The task token.")),
    actor_token_type: v.literal(TOKEN_TYPES.task),
  }),
  v.title("Prolong a task for a person"),
  v.description(
    `The task's ${ON_BEHALF_SECONDS.task / 60} minutes count from the fresh token, up to the task's requested lifetime. The person's groups are those of the fresh token. Nothing is issued: credentials are renewed as before. Not for a sub-agent's task: start another one.`,
  ),
);

/** Schema of the form that starts a task below another. */
export const startTaskBelowForm = v.pipe(
  v.object({
    grant_type: grantType,
    subject_token: v.pipe(
      delegationToken,
      v.description("The delegation token from the parent task's holder, which opens one task."),
    ),
    subject_token_type: v.literal(TOKEN_TYPES.delegation),
    actor_token: v.pipe(
      oidcToken,
      v.description(
        "The sub-agent's own OIDC token, as if it started a task for itself. The delegation names the sub-agent.",
      ),
    ),
    actor_token_type: identityType,
    ...taskEntries,
  }),
  v.title("Start a task below another"),
  v.description(
    `A sub-agent for the task that delegated to it. Policy decides as for any agent, and each part must lie within the parent's grants. The task inherits the parent's conditions, denials and deadline. At most ${TREE_LIMITS.depth} levels below the root, and ${TREE_LIMITS.children} live tasks below one.`,
  ),
);

/** Schema of the form that requests a delegation token. */
export const delegationForm = v.pipe(
  v.object({
    grant_type: grantType,
    subject_token: v.pipe(taskToken, v.description("The task token.")),
    subject_token_type: v.picklist([TOKEN_TYPES.accessToken, TOKEN_TYPES.task]),
    requested_token_type: v.literal(TOKEN_TYPES.delegation),
    audience: v.pipe(v.string(), v.regex(AGENT_ID), v.description("The registered id of the sub-agent.")),
    authorization_details: v.exactOptional(detailsParameter(TREE_LIMITS.detailCharacters)),
    task_ttl: v.exactOptional(
      v.pipe(
        v.string(),
        v.metadata({
          type: "integer",
          minimum: 1,
          maximum: TASK_SECONDS.most,
          description:
            "Lifetime of the token, and of the task that is opened with it; seconds, at most the rest of this task's life.",
        }),
        v.transform((text) => (/^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN)),
        v.number(),
        v.maxValue(TASK_SECONDS.most),
      ),
    ),
  }),
  v.title("Get a delegation token"),
  v.description(
    `With it one sub-agent can open one task below this one. \`authorization_details\` is the most that it may request, in ${TREE_LIMITS.detailCharacters} characters; without it, all grants of this task. At most ${TREE_LIMITS.pending} that wait to be used for a task, and ${RATE_LIMITS.delegation} a minute for an agent.`,
  ),
);

/** Schema of the form that requests a presentation token. */
export const presentationForm = v.pipe(
  v.object({
    grant_type: grantType,
    subject_token: v.pipe(taskToken, v.description("The task token.")),
    subject_token_type: v.picklist([TOKEN_TYPES.accessToken, TOKEN_TYPES.task]),
    requested_token_type: v.literal(TOKEN_TYPES.presentation),
    audience: v.pipe(
      v.string(),
      v.regex(AGENT_ID),
      v.description("The registered id of the tool server; the task's grants must have a tool of this server."),
    ),
  }),
  v.title("Get a presentation token"),
  v.description(
    `A token for one tool server, which can only introspect it. At most ${TOKEN_LIMITS.presentations} live ones for a task, and ${RATE_LIMITS.presentation} a minute for an agent.`,
  ),
);

/** Schema of the form that polls for people's decision about a waiting task. */
export const pollForm = v.pipe(
  v.object({
    grant_type: grantType,
    subject_token: v.pipe(taskToken, v.description("The task token.")),
    subject_token_type: v.literal(TOKEN_TYPES.task),
    requested_token_type: v.literal(TOKEN_TYPES.task),
  }),
  v.title("Poll for people's decision"),
  v.description(
    `A poll of a task that waits (RFC 8628, section 3.4): \`authorization_pending\` until people have decided, then the answer of a started task, or a refusal. At most ${RATE_LIMITS.poll} a minute for a task.`,
  ),
);

/** Schema of the form that exchanges an agent's assertion for a token of one tool server. */
export const federateForm = v.pipe(
  v.object({
    grant_type: v.pipe(v.literal(GRANT_TYPES.assertion), v.description("RFC 7523.")),
    assertion: v.pipe(
      oidcToken,
      v.description(
        "The agent's OIDC token, as if it started a task for itself. A token is good for one exchange, here or there.",
      ),
    ),
    resource: v.pipe(
      v.string(),
      v.url(),
      v.description("Address of the tool server, one of `protected_resources` (RFC 8707)."),
    ),
    scope: v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9_.:/-]{1,128}( [A-Za-z0-9_.:/-]{1,128})*$/),
      v.check((scope) => new Set(scope.split(" ")).size <= MOST_TOOLS),
      v.description(`Names of the server's tools, 1 to ${MOST_TOOLS}. All of them are granted, or none.`),
    ),
    purpose: v.exactOptional(taskEntries.purpose),
    task_ttl: v.exactOptional(taskTtl),
  }),
  v.title("Get a token for a tool server by an assertion"),
  v.description(
    "The grant by which MCP clients federate a workload's identity (SEP-1933), where `valetkey.json` names tool servers. The task that it opens has no task token: it ends at its deadline, or when its token is revoked.",
  ),
);

export const tokenForm = v.union([
  startTaskForm,
  startTaskForPersonForm,
  prolongForm,
  startTaskBelowForm,
  presentationForm,
  delegationForm,
  pollForm,
  federateForm,
]);

/** Schemas of the forms, by their names in the document. */
export const TOKEN_FORMS = {
  TokenRequest: tokenForm,
  StartTask: startTaskForm,
  StartTaskBelow: startTaskBelowForm,
  StartTaskForPerson: startTaskForPersonForm,
  ProlongTask: prolongForm,
  GetPresentationToken: presentationForm,
  GetDelegationToken: delegationForm,
} as const;
