import type { Ledger as LedgerAnswer } from "../../contract/ledger.ts";
import type { Denial } from "../../contract/refusals.ts";
import type { ActionPattern } from "../core/catalogue/action-name.ts";
import type { JournalEvent } from "../core/journal/event.ts";
import { pairsOf, type RequestedPair } from "../core/ledger/coverage.ts";
import { effectOf } from "../core/ledger/effect-of.ts";
import type { Ledger } from "../core/ledger/ledger.ts";
import { ledgerOf, type Seen } from "../core/ledger/ledger-view.ts";
import { seenIn } from "../core/ledger/seen-in.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { taskFor } from "./task-for.ts";

export interface LedgerPorts extends Ports {
  readonly ledger: Pick<Ledger, "list">;
}

/** Answers `GET /v1/tasks/{task}/ledger` with the actions that were requested, granted, used and denied, and with those whose use is not visible. */
export const readLedger = (event: HttpEvent, ports: LedgerPorts): Promise<HttpAnswer> =>
  operation<LedgerAnswer>(event, ports, async (operator) => {
    const path = await taskFor(operator, "valetkey:ReadLedger", event.pathParameters?.task ?? "", ports);
    const [task, uses, opening] = await Promise.all([
      ports.tasks.read(path),
      ports.ledger.list(path),
      ports.tasks.opening(path),
    ]);
    if (!task) throw new Refusal("task_unknown");
    const seenOf = (id: string): Seen => seenIn(ports.deployment, id);
    const accounts = [...new Set(task.details.flatMap(pairsOf).map(({ account }) => account))];
    return {
      task: path,
      agent: task.agent,
      forwarded: accounts.map((account) => ({ account, regions: seenOf(account).regions })),
      rows: ledgerOf(task.details, ungrantedIn(opening), uses, seenOf).map(({ versions, ...row }) => ({
        ...row,
        effect: effectOf(row.action, ports.catalogue),
        ...(versions === undefined ? {} : { versions: [...versions] }),
      })),
    };
  });

/**
 * Lists the pairs of AWS that the agent requested with `mode=narrow` and was not granted. The journal has the actions
 * in the catalogue's spelling.
 */
function ungrantedIn(opening: JournalEvent | undefined): readonly RequestedPair[] {
  const denials = opening?.facts.denials;
  return (Array.isArray(denials) ? denials : []).flatMap((denial: Partial<Denial>) => {
    const { action, target } = denial;
    const isOfAws = typeof action === "string" && (target === "*" || target?.startsWith("arn:") === true);
    return isOfAws && action.includes(":") ? [{ action: action as ActionPattern, resource: String(target) }] : [];
  });
}
