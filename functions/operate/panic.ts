import { EMPTY_CHAIN, type EventType, headOf, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { Panic } from "../core/revocation/panic.ts";
import { whileContended, withoutPause } from "../core/while-contended.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { requiredReason } from "../operators/reason-in.ts";
import { stepUp, type VotedAct } from "../operators/step-up.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import { describePanic } from "./describe-panic.ts";

/** Attempts while other operators act at the same moment: nobody who declares a panic should have to try again. */
const ATTEMPTS = 8;

/** Answers `POST /v1/panic`: from now on nothing is issued, all sessions are denied, and all tasks are ended. May be repeated. */
export const declarePanic = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:Panic", "deployment", ports);
    const reason = requiredReason(event);
    const panic = await change("panic.declared", operator.id, ports, (latest, nowSeconds) =>
      latest && latest.liftedAt === undefined
        ? undefined
        : { declaredAt: nowSeconds, declaredBy: operator.id, reason, chain: latest?.chain ?? EMPTY_CHAIN },
    );
    return describePanic(panic, ports.clock.nowMs() / 1_000);
  });

/** Answers `POST /v1/panic/lift`: credentials are issued again. Sessions and tasks from before the panic stay dead. May be repeated. */
export const liftPanic = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
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
  change(
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

/** Answers `GET /v1/panic` with the latest panic. */
export const readPanic = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ReadPanic", "deployment", ports);
    return describePanic(await ports.panics.read(), ports.clock.nowMs() / 1_000);
  });

/**
 * Changes the latest panic, together with its event, and returns it.
 * @param next returns the changed panic; undefined where there is nothing to change.
 * @throws {Refusal} contended.
 */
async function change(
  type: EventType,
  by: string,
  ports: Pick<Ports, "panics" | "clock">,
  next: (latest: Panic | undefined, nowSeconds: number) => Panic | undefined,
  voted?: VotedAct,
): Promise<Panic | undefined> {
  return whileContended(async () => {
    const latest = await ports.panics.read();
    const nowMs = ports.clock.nowMs();
    const changed = next(latest, Math.floor(nowMs / 1_000));
    if (!changed) return latest;
    const event = linkEvent(latest?.chain ?? EMPTY_CHAIN, "*", type, nowMs, {
      ...{ by, reason: changed.reason },
      ...voted?.facts,
    });
    const panic = { ...changed, chain: headOf(event) };
    await ports.panics.change(panic, event, voted?.signIn);
    return panic;
  }, withoutPause(ATTEMPTS));
}
