import * as v from "valibot";
import { givenTaskId, instant, personName } from "./fields.ts";
import { BUDGET_SCOPES, CONDITION_NAME } from "./names.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS } from "./refused-by.ts";

const spent = v.strictObject({
  holder: v.pipe(
    v.string(),
    v.description(
      "Whose grants are counted together: an agent, a team, a person or the root of a tree; `*` for the hub.",
    ),
  ),
  grants: v.pipe(v.number(), v.description("Grants, or signatures, that count now.")),
  free_at: v.exactOptional(
    v.pipe(instant, v.description("Moment from which on another one is allowed; absent where one is allowed now.")),
  ),
});

const budget = v.strictObject({
  budget: v.pipe(v.string(), v.description("Its name in `@budget`.")),
  counts: v.pipe(
    v.picklist(["grants", "signatures"]),
    v.description("What it counts: the grants of `@budget`, or the signatures of `@calls`."),
  ),
  text: v.pipe(v.string(), v.description("The budget as refusals name it: `deploys 3/1d agent`.")),
  scope: v.pipe(v.picklist(BUDGET_SCOPES), v.description("Whose grants it counts together.")),
  grants: v.pipe(v.number(), v.description("Grants, or signatures, that it allows in any window.")),
  window_seconds: v.pipe(
    v.number(),
    v.description("The window, to which valetkey adds ten seconds for clocks that differ."),
  ),
  spent: v.exactOptional(
    v.pipe(
      v.array(spent),
      v.description(
        "Holders that have grants in the window now. Absent for a budget of people or of trees, unless the request names one.",
      ),
    ),
  ),
});

const budgetList = v.strictObject({
  budgets: v.array(budget),
  next: v.exactOptional(v.pipe(v.string(), v.description("Send it as `after` for the next page."))),
});

/** `GET /v1/budgets` */
export const listBudgets = operation({
  id: "listBudgets",
  tag: "Operators",
  method: "GET",
  path: "/v1/budgets",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ListBudgets",
  stepUp: "never",
  summary: "List the budgets of policy, and what is spent of each",
  description:
    "All budgets that deployed policies enforce (`@budget`, and `@calls` for signatures), and for the hub, for teams and for agents how many grants or signatures count now, and from when on a spent one allows another. 100 budgets and holders on a page; a budget whose holders go on is on the next page again. Agents that policy does not let the operator look at are left out, and teams of which the operator may look at no agent. A person's and a tree's counts are shown by name (`?person=`, `?tree=`), with the budgets of that scope alone. A budget that two permits write differently is listed twice, and has one count.",
  query: {
    name: v.exactOptional(v.pipe(v.string(), v.regex(CONDITION_NAME), v.description("A budget's name: it alone."))),
    person: v.exactOptional(personName),
    tree: v.exactOptional(v.pipe(givenTaskId, v.description("A task's id: the budgets of its tree."))),
    after: v.exactOptional(v.pipe(v.string(), v.description("`next` of the page before."))),
  },
  answer: { status: 200, says: "The budgets.", schema: budgetList },
  examples: {
    none: "No policy has a budget",
    spent: "An agent has spent its budget",
    person: "What a person has spent",
  },
  refuses: [...BY_OPERATORS, "malformed_request", "task_unknown"],
});

export interface BudgetList extends AnswerOf<typeof listBudgets> {}

/** Operations of budgets, and their schemas by their names in the document. */
export const BUDGETS = {
  operations: [listBudgets],
  requests: {},
  answers: { BudgetList: budgetList },
} as const satisfies Noun;
