import type { PanicState } from "../../contract/panic.ts";
import type { Receipt } from "../../contract/receipts.ts";
import { CLOCK_MARGIN_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { fakeKey } from "../fakes/tasks/sessions.ts";
import { accessKeysIn, type Held } from "../fakes/world/service.ts";
import { Triggers } from "./triggers.ts";

/** Bound that an operator read, and the end of its keys. Epoch seconds. */
export interface ToldBound {
  /** `receipt`: of one task that has ended. `panic`: of every key. */
  readonly from: "receipt" | "panic";
  readonly toldAt: number;
  readonly bound: number;
  /** Start of the outage as the operator read it; undefined where there was none. */
  readonly since: number | undefined;
  /** Moment at which the last of these keys allows nothing, by the slowest clock that AWS may have. */
  readonly diesAt: number;
  /** Moment at which the last of these keys allows nothing, by a clock that equals the hub's. */
  readonly fenceAt: number;
}

export interface Outage {
  readonly told: readonly ToldBound[];
  readonly beganAt: number;
  /** Sessions that were issued after the panic. */
  readonly issuedAfterPanic: number;
}

/** Course of an outage of IAM; seconds. */
export interface Course {
  /** Time of normal work before the outage. */
  readonly before: number;
  readonly lasts: number;
  /** Time from the start of the outage to a panic. */
  readonly panicAfter: number;
  /** Time between two rounds of requests. */
  readonly step: number;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

const READ = { task_ttl: "3600" };

/**
 * Runs an outage of IAM in virtual time: tasks begin, are renewed and end all the time, the table's stream and the sweep run as they do, and IAM refuses every
 * request. Reads each bound as an operator does, and compares it with the session policies that STS was asked for.
 */
export async function runOutage({ before, lasts, panicAfter, step, random }: Course): Promise<Outage> {
  const triggers = new Triggers();
  const { service, revocations } = triggers;
  const { world } = service;
  const live: Held[] = [];
  const ended: Held[] = [];
  const told: Omit<ToldBound, "diesAt" | "fenceAt">[] = [];
  const of: (string | undefined)[] = [];
  const startedAt = world.nowSeconds();
  const beganAt = startedAt + before;
  let sweptAt = 0;
  let panicAt: number | undefined;
  while (world.nowSeconds() < beganAt + lasts) {
    const now = world.nowSeconds();
    revocations.before = () => {
      if (now >= beganAt) throw new Error("ServiceUnavailable");
    };
    if (now - sweptAt >= 60) {
      await triggers.sweep();
      sweptAt = now;
    }
    if (panicAt === undefined && now >= beganAt + panicAfter) {
      // Requests are under way while the panic is declared.
      const [declared] = await Promise.all([
        service.panic(),
        service.exchange(READ),
        ...live.slice(0, 1).map((held) => service.renew(held)),
      ]);
      if (declared.status !== 200) throw new Error("no panic");
      panicAt = now;
      const state = (await service.operate("GET /v1/panic")).body as unknown as PanicState;
      const { since, last_key_dies_by: bound } = state.unwritable ?? {};
      if (bound !== undefined) {
        told.push({
          from: "panic",
          toldAt: now,
          bound: secondsOf(bound),
          since: since === undefined ? undefined : secondsOf(since),
        });
        of.push(undefined);
      }
    }
    service.renews = random() < 0.7;
    if (live.length < 4) {
      const { status, body } = await service.exchange(READ);
      if (status === 200 && body.task && body.access_token) live.push({ id: body.task.id, token: body.access_token });
    }
    for (const held of live) if (random() < 0.4) await service.renew(held);
    if (random() < 0.3) {
      const [held] = live.splice(Math.floor(random() * live.length), 1);
      if (held && (await service.complete(held)).status === 200) ended.push(held);
    }
    await triggers.relay();
    await triggers.reconcile();
    for (const held of ended.slice(-2)) {
      const receipt = (await service.operate("GET /v1/tasks/{task}/receipt", { parameters: { task: held.id } }))
        .body as unknown as Receipt;
      for (const lease of receipt.leases) {
        if (!("dies_by" in lease) || lease.dies_by === undefined) continue;
        const since = lease.unwritable?.since;
        told.push({
          from: "receipt",
          toldAt: now,
          bound: secondsOf(lease.dies_by),
          since: since === undefined ? undefined : secondsOf(since),
        });
        of.push(held.id);
      }
    }
    world.pass(step);
  }
  // A key that STS made, and that its agent did not get because of an ending or a panic, is nobody's.
  const handedOut = new Set(world.answers.flatMap(({ answer }) => accessKeysIn(JSON.parse(answer.body || "{}"))));
  const sessions = world.ports.sessions.asked.flatMap(({ path, policy, startedAt: at }, index) =>
    handedOut.has(fakeKey(index + 1))
      ? [{ path, at, fenceAt: secondsOf(policy.match(/"aws:CurrentTime":"([^"]+)"/)?.[1] ?? "") }]
      : [],
  );
  return {
    told: told.map((each, index) => {
      const task = of[index];
      const fences = sessions.filter(({ path }) => task === undefined || path === task).map(({ fenceAt }) => fenceAt);
      const fenceAt = Math.max(...fences);
      return { ...each, fenceAt, diesAt: fenceAt + CLOCK_MARGIN_SECONDS };
    }),
    beganAt,
    issuedAfterPanic: sessions.filter(({ at }) => panicAt !== undefined && at > panicAt).length,
  };
}

const secondsOf = (instant: string): number => Date.parse(instant) / 1_000;
