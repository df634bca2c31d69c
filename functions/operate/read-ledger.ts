import type { Ledger } from "../core/ledger/ledger.ts";
import { type LedgerRow, ledgerOf } from "../core/ledger/ledger-view.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { taskFor } from "./task-for.ts";

export interface LedgerPorts extends Ports {
  readonly ledger: Pick<Ledger, "list">;
}

/** Ledger of a task: a row for each action and resource that it was granted or used. */
interface LedgerAnswer extends Readonly<Record<string, unknown>> {
  readonly task: string;
  readonly agent: string;
  readonly rows: readonly LedgerRow[];
}

/** `GET /v1/tasks/{task}/ledger`: asked, granted, used and denied, and what nobody can see. */
export const readLedger = (event: HttpEvent, ports: LedgerPorts): Promise<HttpAnswer> =>
  operation(event, ports, async (operator): Promise<LedgerAnswer> => {
    const path = await taskFor(operator, "valetkey:ReadLedger", event.pathParameters?.task ?? "", ports);
    const [task, uses] = await Promise.all([ports.tasks.read(path), ports.ledger.list(path)]);
    if (!task) throw new Refusal("task_unknown");
    const selected = new Map(ports.deployment.accounts.map(({ id, dataEvents }) => [id, dataEvents ?? []]));
    return {
      task: path,
      agent: task.agent,
      rows: ledgerOf(task.details, uses, (account) => selected.get(account) ?? []),
    };
  });
