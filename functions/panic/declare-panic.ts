import type { PanicState } from "../../contract/panic.ts";
import { EMPTY_CHAIN } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { changePanic } from "../operators/change-panic.ts";
import { describePanic } from "../operators/describe-panic.ts";
import { operation } from "../operators/operation.ts";
import { requiredReason } from "../operators/reason-in.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";

/** Answers `POST /v1/panic`: from now on nothing is issued, all sessions are denied, and all tasks are ended. May be repeated. */
export const declarePanic = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<PanicState>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:Panic", "deployment", ports);
    const reason = requiredReason(event);
    const panic = await changePanic("panic.declared", operator.id, ports, (latest, nowSeconds) =>
      latest && latest.liftedAt === undefined
        ? undefined
        : { declaredAt: nowSeconds, declaredBy: operator.id, reason, chain: latest?.chain ?? EMPTY_CHAIN },
    );
    return describePanic(panic, ports.clock.nowMs() / 1_000);
  });
