import * as v from "valibot";
import { accountId, agentId, givenTaskId, taskId } from "./fields.ts";
import { EFFECTS } from "./names.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS } from "./refused-by.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const seconds = v.pipe(count, v.description("Epoch seconds."));

const ledger = v.strictObject({
  task: taskId,
  agent: agentId,
  forwarded: v.pipe(
    v.array(v.strictObject({ account: accountId, regions: v.array(v.string()) })),
    v.description("Regions whose calls reach the hub, by account. Calls of a task in another Region are not known."),
  ),
  rows: v.array(
    v.strictObject({
      action: v.pipe(
        v.string(),
        v.description("IAM action; `<service>:<event>` of CloudTrail where IAM has none; `other` beyond 500 rows."),
      ),
      resource: v.pipe(v.string(), v.description("ARN, or `*` where the event names none.")),
      asked: v.pipe(v.boolean(), v.description("True where the agent requested it, granted or not.")),
      granted: v.pipe(v.boolean(), v.description("True where the task's intent covers it.")),
      effect: v.pipe(
        v.picklist(EFFECTS),
        v.description(
          "By AWS's access level of the action: `change` for Write, Tagging and Permissions management, also of a pattern that names such an action; `unknown` where IAM has no such action.",
        ),
      ),
      used: v.pipe(count, v.description("Calls that IAM allowed, whatever their outcome.")),
      denied: v.pipe(count, v.description("Calls that IAM refused.")),
      visibility: v.pipe(
        v.picklist([
          "management",
          "data_event_selected",
          "data_event_not_selected",
          "region_not_forwarded",
          "never_logged",
        ]),
        v.description(
          "`data_event_not_selected`: no trail of the account selects such events; `region_not_forwarded`: nobody forwards the Region's calls; `never_logged`: the action has no event of its own. In each case, the use is not known.",
        ),
      ),
      first: v.exactOptional(seconds),
      last: v.exactOptional(seconds),
      region: v.exactOptional(v.string()),
      source_ip: v.exactOptional(v.string()),
      error: v.exactOptional(v.pipe(v.string(), v.description("Error code of the latest call that had one."))),
      versions: v.exactOptional(
        v.pipe(
          v.array(v.string()),
          v.description(
            "Versions of an S3 object, delete markers too, that the calls have made; some 20 at most, in no order.",
          ),
        ),
      ),
    }),
  ),
});

/** `GET /v1/tasks/{task}/ledger` */
export const readLedger = operation({
  id: "readLedger",
  tag: "Operators",
  method: "GET",
  path: "/v1/tasks/{task}/ledger",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadLedger",
  stepUp: "never",
  summary: "Read a task's ledger: what it was granted, what it used, what AWS denied, and which uses are not visible",
  description:
    "Grants of a task and its calls: a row for each action and resource. CloudTrail reports minutes later, and reports data events only where a trail of the account selects them: see `visibility`. An invisible row does not mean that the grant was not used.",
  parameters: {
    task: givenTaskId,
  },
  answer: { status: 200, says: "The ledger, with the calls that CloudTrail has reported so far.", schema: ledger },
  examples: { ledger: "A task that used one grant and was denied one call" },
  refuses: [...BY_OPERATORS, "malformed_request", "task_unknown"],
});

export interface Ledger extends AnswerOf<typeof readLedger> {}
export type LedgerRow = Ledger["rows"][number];

/** Operations of ledgers, and their schemas by their names in the document. */
export const LEDGER = {
  operations: [readLedger],
  requests: {},
  answers: { Ledger: ledger },
} as const satisfies Noun;
