import type { AccountHalts } from "../core/escalation/account-halt.ts";
import { EMPTY_CHAIN, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { rootPath } from "../core/task-path.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { accountFor } from "../operators/account-for.ts";
import { describeAccount } from "../operators/describe-account.ts";
import { operation } from "../operators/operation.ts";
import { requiredReason } from "../operators/reason-in.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";

/** Ports of the routes that list and halt target accounts: no port of these lifts a halt. */
export interface AccountPorts extends Ports {
  readonly accountHalts: Pick<AccountHalts, "list" | "halt">;
}

/** `GET /v1/accounts`: every target account, halted or not. */
export const listAccounts = (event: HttpEvent, ports: AccountPorts): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
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

/** `POST /v1/accounts/{account}/halt`: from here on nothing is issued there. May be repeated; the latest halt is the one that a lift has to lift. */
export const haltAccount = (event: HttpEvent, ports: AccountPorts): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const account = await accountFor(operator, "valetkey:HaltAccount", event, ports);
    const nowMs = ports.clock.nowMs();
    const reason = requiredReason(event);
    const halt = { account: account.id, at: Math.floor(nowMs / 1_000), by: operator.id, reason };
    const facts = { account: account.id, by: operator.id, reason };
    const root = rootPath(ports.random.bytes(32));
    await ports.accountHalts.halt(halt, linkEvent(EMPTY_CHAIN, root, "account.halted", nowMs, facts));
    return describeAccount(account, halt, undefined);
  });
