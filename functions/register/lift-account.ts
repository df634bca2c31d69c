import type { TargetAccount } from "../../contract/accounts.ts";
import type { AccountHalts } from "../core/escalation/account-halt.ts";
import { EMPTY_CHAIN, nextEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { rootPath } from "../core/task-path.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { accountFor } from "../operators/account-for.ts";
import { describeAccount } from "../operators/describe-account.ts";
import { operation } from "../operators/operation.ts";
import { stepUp } from "../operators/step-up.ts";

/** Ports of the route that lifts a halt, without the halt of an account. */
export interface LiftingPorts extends Ports {
  readonly accountHalts: Pick<AccountHalts, "read" | "latestLift" | "lift">;
}

/**
 * Answers `POST /v1/accounts/{account}/lift`: agents get credentials in the account again. An event from before the lift does not halt the account again. A
 * halt that is put meanwhile stays. May be repeated.
 */
export const liftAccount = (event: HttpEvent, ports: LiftingPorts): Promise<HttpAnswer> =>
  operation<TargetAccount>(event, ports, async (operator) => {
    const account = await accountFor(operator, "valetkey:LiftAccount", event, ports);
    const [halt] = await ports.accountHalts.read([account.id]);
    if (!halt) return describeAccount(account, undefined, await ports.accountHalts.latestLift(account.id));
    const voted = await stepUp(operator, event, "POST /v1/accounts/{account}/lift", ports);
    const nowMs = ports.clock.nowMs();
    const lift = { account: account.id, at: Math.floor(nowMs / 1_000), by: operator.id };
    const lifted = nextEvent(EMPTY_CHAIN, rootPath(ports.random.bytes(32)), "account.lifted", nowMs, {
      account: account.id,
      by: operator.id,
      halted_at: halt.at,
      halted_by: halt.by,
      ...voted?.facts,
    });
    await ports.accountHalts.lift(halt, lift, lifted, voted?.signIn);
    return describeAccount(account, undefined, lift);
  });
