import { type AccountList, haltAccount as HALT, type TargetAccount } from "../../contract/accounts.ts";
import type { Account } from "../core/deployment/deployment.ts";
import { type AccountHalt, type AccountHalts, deadBy } from "../core/escalation/account-halt.ts";
import { EMPTY_CHAIN, nextEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { rootPath } from "../core/task-path.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readBodyOf } from "../http/read-body-of.ts";
import { accountFor } from "../operators/account-for.ts";
import { describeAccount } from "../operators/describe-account.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import { endAllIn } from "../steps/tasks/end-all-in.ts";

/** Ports of the routes that list and halt target accounts, without the lift of a halt. */
export interface AccountPorts extends Ports {
  readonly accountHalts: Pick<AccountHalts, "list" | "halt">;
}

/** Answers `GET /v1/accounts` with every target account, halted or not. */
export const listAccounts = (event: HttpEvent, ports: AccountPorts): Promise<HttpAnswer> =>
  operation<AccountList>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ListAccounts", "deployment", ports);
    const { halts, lifts } = await ports.accountHalts.list();
    const accounts = ports.deployment.accounts.map((account) =>
      describeAccount(
        account,
        halts.find((halt) => halt.account === account.id),
        lifts.find((lift) => lift.account === account.id),
      ),
    );
    return { accounts };
  });

/**
 * Answers `POST /v1/accounts/{account}/halt`: from now on nothing is issued in the account. May be repeated; a lift lifts the latest halt. With
 * `"retire": true` the account leaves: its tasks end too, and a repeat keeps the time of the first halt.
 */
export const haltAccount = (event: HttpEvent, ports: AccountPorts): Promise<HttpAnswer> =>
  operation<TargetAccount>(event, ports, async (operator) => {
    const account = await accountFor(operator, "valetkey:HaltAccount", event, ports);
    const { reason, retire } = readBodyOf(event, HALT);
    const retires = retire && { retires: true as const };
    // Like a panic, retiring an account ends tasks of every agent, so it needs the permission of a panic too.
    if (retires) await authoriseOperation(operator, "valetkey:Panic", "deployment", ports);
    const before = retires
      ? (await ports.accountHalts.list()).halts.find((each) => each.account === account.id)
      : undefined;
    const halt = before?.retires ? before : await putHalt(account, { by: operator.id, reason, ...retires }, ports);
    const description = describeAccount(account, halt, undefined);
    if (!retires) return description;
    const { ended, left } = await endAllIn(account, operator.id, ports);
    const isOver = left === 0 && ports.clock.nowMs() / 1_000 > deadBy(halt);
    return { ...description, state: isOver ? "retired" : "retiring", ended_tasks: ended.length, ended, left };
  });

/** Puts a halt with its journal event. */
async function putHalt(
  { id }: Account,
  facts: Pick<AccountHalt, "by" | "reason" | "retires">,
  { accountHalts, clock, random }: AccountPorts,
): Promise<AccountHalt> {
  const nowMs = clock.nowMs();
  const halt = { account: id, at: Math.floor(nowMs / 1_000), ...facts };
  const root = rootPath(random.bytes(32));
  await accountHalts.halt(halt, nextEvent(EMPTY_CHAIN, root, "account.halted", nowMs, { account: id, ...facts }));
  return halt;
}
