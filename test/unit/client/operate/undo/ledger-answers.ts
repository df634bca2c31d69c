import { answers, ok } from "../operator-stage.ts";
import { TASK } from "./task-changes-fixture.ts";

/** Row of a ledger as the hub gives it. */
export const aRow = (over: object = {}) => ({
  ...{ action: "s3:PutObject", resource: "arn:aws:s3:::acme-data/a", asked: true, granted: true, effect: "change" },
  ...{ used: 1, denied: 0, visibility: "data_event_selected", first: 1_764_063_010, last: 1_764_063_020 },
  ...over,
});

/** Answers to what `tasks changes` and `tasks undo` ask of a task, with the ledgers of the tasks below it. */
export function answerLedgers(
  rows: readonly object[],
  {
    task = {},
    below = {},
  }: { readonly task?: object; readonly below?: Readonly<Record<string, readonly object[]>> } = {},
): void {
  const listed = {
    ...{ id: TASK, agent: "reports", status: "expired", purpose: "weekly", opened_at: "2025-11-25T09:30:00.000Z" },
    ...{ ended_at: "2025-11-25T09:31:00.000Z", expires_at: "2025-11-25T10:30:00.000Z", authorization_details: [] },
    ...task,
  };
  answers[`GET /v1/tasks?task=${TASK}`] = ok({ tasks: [listed] });
  answers[`GET /v1/tasks/${TASK}/receipt`] = ok({ task: TASK, below: Object.keys(below) });
  for (const [id, list] of Object.entries({ [TASK]: rows, ...below }))
    answers[`GET /v1/tasks/${id}/ledger`] = ok({ task: id, agent: "reports", forwarded: [], rows: list });
}
