import type { Deployment } from "../core/deployment/deployment.ts";
import type { Bus } from "../core/escalation/bus.ts";
import { issuerOf } from "../core/identity/issuer-of.ts";
import { personId } from "../core/identity/person.ts";
import type { Tokens } from "../core/identity/tokens.ts";
import type { Clock, Log } from "../core/ports.ts";
import { Refusal, type RefusalCode } from "../core/refusal.ts";
import { readSignal, SET_TYPE } from "../core/signals/read-signal.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readText } from "../http/read-body.ts";
import { BUS_SOURCES } from "../names.ts";

/** Ports of `signals`. It reaches no table: all that it can do is to put an event on the bus. */
export interface SignalsPorts {
  readonly deployment: Pick<Deployment, "issuers" | "transmitters">;
  readonly tokens: Tokens;
  readonly bus: Bus;
  /** Tokens that this process has put on the bus lately, by the hash of what was signed. */
  readonly taken: { find(hash: string): true | undefined; keep(hash: string, taken: true): void };
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Answers `POST /v1/signals`: a Security Event Token (RFC 8417) that a transmitter pushes (RFC 8935). Verifies it, and puts on the bus what it says of a
 * person. The answer comes once the bus has it: a transmitter keeps what was not answered with 202, and pushes it again.
 */
export async function receiveSignal(event: HttpEvent, ports: SignalsPorts): Promise<HttpAnswer> {
  try {
    await take(readText(event, `application/${SET_TYPE}`), ports);
    return answer(202, undefined);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error, ports);
  }
}

async function take(token: string, ports: SignalsPorts): Promise<void> {
  const { deployment, tokens, bus, taken, clock, log } = ports;
  const { transmitters = [], issuers } = deployment;
  const named = issuerOf(
    token,
    transmitters.map(({ issuer }) => issuer),
    "people",
  );
  const transmitter = transmitters.find(({ issuer }) => issuer === named);
  if (!transmitter) throw new Refusal("issuer_unknown");
  const { claims, signingInputHash } = await tokens.verify(token, named, SET_TYPE);
  const told = { transmitter: named.name };
  try {
    const signal = readSignal(claims, transmitter, issuers, clock.nowMs() / 1_000);
    if ("ignored" in signal) {
      const isForeign = signal.ignored === "foreign_subject";
      const line = isForeign ? ({ level: "error", event: "signal_refused" } as const) : SKIPPED;
      return log.write({ ...line, ...told, why: signal.ignored });
    }
    if (taken.find(signingInputHash)) return log.write({ ...SKIPPED, ...told, why: "repeated" });
    const { event: reason, person, at: dead_until } = signal;
    await putOn(bus, { type: "person.offboard", person: personId(person), dead_until, reason, ...told });
    taken.keep(signingInputHash, true);
    log.write({ level: "info", event: "signal_taken", ...told, type: reason });
  } catch (error) {
    // A transmitter that is configured and says what cannot be taken: its signals are lost until somebody looks.
    if (error instanceof Refusal && !error.isOutage)
      log.write({ level: "error", event: "signal_refused", ...told, code: error.code, why: error.detail.why });
    throw error;
  }
}

const SKIPPED = { level: "info", event: "signal_skipped" } as const;

/** Puts an event on the bus. @throws {Refusal} store_unavailable. */
async function putOn(bus: Bus, event: Parameters<Bus["put"]>[0][number]): Promise<void> {
  try {
    await bus.put([event]);
  } catch {
    throw new Refusal("store_unavailable", { why: BUS_SOURCES.own, retryAfterSeconds: 1 });
  }
}

/** Writes a refusal as RFC 8935 has it (section 2.3): 400 with `err`, or an outage, after which the transmitter pushes again. */
function refused(refusal: Refusal, { log }: SignalsPorts): HttpAnswer {
  log.write({ level: refusal.isOutage ? "error" : "info", event: "signal_not_taken", code: refusal.code });
  if (refusal.isOutage) return answerRefusal(refusal);
  return answer(400, { err: ERR[refusal.code] ?? "invalid_request", description: refusal.sentence });
}

/** Error codes of RFC 8935, section 2.4; `invalid_request` for every other refusal. */
const ERR: Readonly<Partial<Record<RefusalCode, string>>> = {
  issuer_unknown: "invalid_issuer",
  token_audience: "invalid_audience",
  token_signature: "authentication_failed",
};
