import * as v from "valibot";
import { targetAccount } from "./accounts.ts";
import { agentId } from "./fields.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { panicState } from "./panic.ts";
import { BY_OPERATORS } from "./refused-by.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const overview = v.strictObject({
  live: v.pipe(count, v.description("Live tasks, of all agents of the list.")),
  agents: v.pipe(
    v.array(v.strictObject({ id: agentId, name: v.string(), team: v.string(), status: v.string(), live: count })),
    v.description("Agents that have live tasks, by id."),
  ),
  approvals: v.pipe(
    v.array(v.strictObject({ group: v.string(), waiting: count })),
    v.description("Waiting requests, by group of approvers; a request to two groups is in both."),
  ),
  escalations: v.pipe(
    v.strictObject({
      found: v.pipe(count, v.description("Escalations that the last 24 hours have had, among the latest 50.")),
      more: v.pipe(v.boolean(), v.description("True where there are more than that.")),
    }),
    v.description("Detections of the rules of escalation, as `GET /v1/escalations` lists them."),
  ),
  panic: panicState,
  halted_accounts: v.array(targetAccount),
});

/** `GET /v1/overview` */
export const readOverview = operation({
  id: "readOverview",
  tag: "Operators",
  method: "GET",
  path: "/v1/overview",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadOverview",
  stepUp: "never",
  summary: "Read what is alive, what waits for people, what is halted, and how many escalations a day has had",
  description:
    "Live tasks by agent, requests that wait for people by group, the panic, and the accounts that are halted. The counts of tasks are at most 3 seconds old; agents whose tasks policy does not let the operator list are left out. Made for repeated requests: send the `ETag` of the last answer as `If-None-Match`, and the answer is 304 while nothing has changed.",
  answer: { status: 200, says: "The overview.", schema: overview },
  examples: { busy: "One live task, a halted account, and a panic", quiet: "No live task, and no waiting request" },
  refuses: BY_OPERATORS,
});

export interface Overview extends AnswerOf<typeof readOverview> {}

/** Operations of the overview, and their schemas by their names in the document. */
export const OVERVIEW = {
  operations: [readOverview],
  requests: {},
  answers: { Overview: overview },
} as const satisfies Noun;
