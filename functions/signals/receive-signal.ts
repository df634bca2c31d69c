import { BUS_SOURCES } from "../../contract/names.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Bus } from "../core/escalation/bus.ts";
import { issuerOf } from "../core/identity/issuer-of.ts";
import { personId } from "../core/identity/person.ts";
import type { Tokens } from "../core/identity/tokens.ts";
import type { Clock, Log } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { readSignal, SET_TYPE } from "../core/signals/read-signal.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readText } from "../http/read-body.ts";

/** Ports of `signals`. The function has no access to the table: it can only put events on the bus. */
export interface SignalsPorts {
  readonly deployment: Pick<Deployment, "issuers" | "transmitters">;
  readonly tokens: Tokens;
  readonly bus: Bus;
  /** Tokens that this process has put on the bus lately, by the hash of what was signed. */
  readonly forwarded: { find(hash: string): true | undefined; keep(hash: string, forwarded: true): void };
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Answers `POST /v1/signals`: a transmitter pushes (RFC 8935) a Security Event Token (RFC 8417). Verifies the token, and puts its event about a person on the
 * bus. Answers 202 only once the bus has the event: a transmitter pushes a token again until then.
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
  const { deployment, tokens, bus, forwarded, clock, log } = ports;
  const { transmitters = [], issuers } = deployment;
  const named = issuerOf(
    token,
    transmitters.map(({ issuer }) => issuer),
    "people",
  );
  const transmitter = transmitters.find(({ issuer }) => issuer === named);
  if (!transmitter) throw new Refusal("issuer_unknown");
  const { claims, signingInputHash } = await tokens.verify(token, named, SET_TYPE);
  const about = { transmitter: named.name };
  try {
    const signal = readSignal(claims, transmitter, issuers, clock.nowMs() / 1_000);
    if ("ignored" in signal) {
      const isForeign = signal.ignored === "foreign_subject";
      const line = isForeign ? ({ level: "error", event: "signal_refused" } as const) : SKIPPED;
      return log.write({ ...line, ...about, why: signal.ignored });
    }
    if (forwarded.find(signingInputHash)) return log.write({ ...SKIPPED, ...about, why: "repeated" });
    const { event: reason, person, at: dead_until } = signal;
    await putOn(bus, { type: "person.offboard", person: personId(person), dead_until, reason, ...about });
    forwarded.keep(signingInputHash, true);
    log.write({ level: "info", event: "signal_taken", ...about, type: reason });
  } catch (error) {
    // A configured transmitter sends tokens that are refused: its signals are lost until a person acts.
    if (error instanceof Refusal && !error.isOutage)
      log.write({ level: "error", event: "signal_refused", ...about, code: error.code, why: error.detail.why });
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

/** Writes a refusal in the form of RFC 8935, section 2.3: 400 with `err`. An outage is answered as one, so that the transmitter pushes again. */
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
