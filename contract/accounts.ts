import * as v from "valibot";
import { accountId, instant, taskId } from "./fields.ts";
import { REASON_CHARACTERS } from "./limits.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { readableLine } from "./readable-text.ts";
import { BY_OPERATORS, BY_VOTE, WITH_BODY } from "./refused-by.ts";
import { actVote } from "./vote.ts";

/** Schema of a target account and its halt. */
export const targetAccount = v.strictObject({
  account: accountId,
  name: v.exactOptional(
    v.pipe(v.string(), v.description("Label for people, as `valetkey.json` has it. Nothing is decided by it.")),
  ),
  region: v.string(),
  retired: v.exactOptional(v.literal(true)),
  halted: v.pipe(v.boolean(), v.description("True while no task is opened and no key is renewed there.")),
  halted_at: v.exactOptional(instant),
  halted_by: v.exactOptional(v.pipe(v.string(), v.description("An operator, or `escalation:<rule>:<detection>`."))),
  reason: v.exactOptional(v.string()),
  lifted_at: v.exactOptional(v.pipe(instant, v.description("Latest lift, where the account is not halted."))),
  lifted_by: v.exactOptional(v.string()),
  retires: v.exactOptional(v.pipe(v.literal(true), v.description("The account leaves: its tasks were ended, too."))),
  dead_by: v.exactOptional(
    v.pipe(instant, v.description("Moment after which no session of a retiring account can be alive.")),
  ),
  state: v.exactOptional(
    v.pipe(
      v.picklist(["retiring", "retired"]),
      v.description("In the answer to a retirement: `retired` once nothing there can be alive."),
    ),
  ),
  ended_tasks: v.exactOptional(v.pipe(v.number(), v.description("Number of tasks that this request ended."))),
  ended: v.exactOptional(v.array(taskId)),
  left: v.exactOptional(v.pipe(v.number(), v.description("Tasks that are still to be ended: repeat the request."))),
});

const accountList = v.strictObject({ accounts: v.array(targetAccount) });

const haltOfAccount = v.strictObject({
  reason: v.pipe(
    readableLine(REASON_CHARACTERS),
    v.description("Reason, for the journal and for readers of the list of accounts."),
  ),
  retire: v.exactOptional(
    v.pipe(
      v.literal(true),
      v.description(
        "The account leaves: its tasks end, too. Needs `valetkey:Panic` as well. Repeat it until `state` is `retired`.",
      ),
    ),
  ),
});

const account = v.pipe(accountId, v.description("The target account's id."));

/** `GET /v1/accounts` */
export const listAccounts = operation({
  id: "listAccounts",
  tag: "Operators",
  method: "GET",
  path: "/v1/accounts",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ListAccounts",
  stepUp: "never",
  summary: "List the target accounts, and which are halted",
  description:
    "All target accounts, and for each whether it is halted: since when, by whom and why; or who lifted its latest halt.",
  answer: { status: 200, says: "The target accounts.", schema: accountList },
  examples: { halted: "One of them is halted", none: "None is halted" },
  refuses: BY_OPERATORS,
});

/** `POST /v1/accounts/{account}/halt` */
export const haltAccount = operation({
  id: "haltAccount",
  tag: "Operators",
  method: "POST",
  path: "/v1/accounts/{account}/halt",
  caller: "operator",
  function: "operate",
  permission: "valetkey:HaltAccount",
  stepUp: "never",
  summary: "Halt a target account: nothing is issued there",
  description:
    "From now on no task is opened and no key is renewed in the account. Keys that were handed out before work until their fence, 15 minutes at most, or until their task ends; other accounts go on. May be repeated: the latest halt is the one that counts. With `retire`, the account leaves: the tasks there end at once, and so do the tasks of sub-agents below them. `state` is `retired` once none of their sessions can be alive.",
  parameters: { account },
  body: { schema: haltOfAccount },
  answer: { status: 200, says: "The account, halted.", schema: targetAccount },
  examples: { halted: "The account is halted", retiring: "The account leaves" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, "account_not_found", "contended"],
});

/** `POST /v1/accounts/{account}/lift` */
export const liftAccount = operation({
  id: "liftAccount",
  tag: "Operators",
  method: "POST",
  path: "/v1/accounts/{account}/lift",
  caller: "operator",
  function: "register",
  permission: "valetkey:LiftAccount",
  stepUp: "always",
  summary: "Lift the halt of a target account",
  description:
    "Agents get credentials in the account again. Earlier incidents do not halt the account again, however late their events come. A halt that comes meanwhile stays. Where `stepUp` is on, the body has the vote; elsewhere it is ignored. Without a halt nothing changes.",
  parameters: { account },
  body: { schema: actVote, optional: true },
  answer: { status: 200, says: "The account, not halted.", schema: targetAccount },
  examples: {
    lifted: "A halt that was lifted just now",
    "with-a-vote": "The same, with the vote that `stepUp` asks for",
  },
  refuses: [...BY_OPERATORS, ...WITH_BODY, ...BY_VOTE, "account_not_found", "contended"],
});

export interface AccountList extends AnswerOf<typeof listAccounts> {}
export interface TargetAccount extends AnswerOf<typeof haltAccount> {}

/** Operations of target accounts, and their schemas by their names in the document. */
export const ACCOUNTS = {
  operations: [listAccounts, haltAccount, liftAccount],
  requests: { AccountReason: haltOfAccount },
  answers: { TargetAccount: targetAccount, AccountList: accountList },
} as const satisfies Noun;
