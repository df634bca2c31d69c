import type { PanicState } from "../../contract/panic.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { Panic } from "../core/revocation/panic.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { changePanic } from "../operators/change-panic.ts";
import { describePanic } from "../operators/describe-panic.ts";
import { operation } from "../operators/operation.ts";
import { stepUp, type VotedAct } from "../operators/step-up.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import { describeOutage } from "../steps/revocation/describe-outage.ts";

/** Answers `POST /v1/panic/lift`: credentials are issued again. Sessions and tasks from before the panic stay dead. May be repeated. */
export const liftPanic = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<PanicState>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:LiftPanic", "deployment", ports);
    const latest = await ports.panics.read();
    const isDeclared = latest !== undefined && latest.liftedAt === undefined;
    const voted = isDeclared ? await stepUp(operator, event, "POST /v1/panic/lift", ports) : undefined;
    const panic = isDeclared ? await lift(latest, operator.id, voted, ports) : latest;
    return describePanic(panic, ports.clock.nowMs() / 1_000);
  });

/** Lifts the panic that was read for the operator. A panic that was declared since then stays. @throws {Refusal} contended, sign_in_used. */
const lift = (
  { declaredAt }: Panic,
  by: string,
  voted: VotedAct | undefined,
  ports: Pick<Ports, "panics" | "clock">,
): Promise<Panic | undefined> =>
  changePanic(
    "panic.lifted",
    by,
    ports,
    (latest, nowSeconds) => {
      if (latest?.liftedAt !== undefined) return undefined;
      if (latest?.declaredAt !== declaredAt) throw new Refusal("contended", { retryAfterSeconds: 1 });
      return { ...latest, liftedAt: nowSeconds, liftedBy: by };
    },
    voted,
  );

/** Answers `GET /v1/panic` with the latest panic, and with the accounts where IAM cannot be written. */
export const readPanic = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<PanicState>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ReadPanic", "deployment", ports);
    const panic = await ports.panics.read();
    return describePanic(panic, ports.clock.nowMs() / 1_000, await describeOutage(panic, ports));
  });
