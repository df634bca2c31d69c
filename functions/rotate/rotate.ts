import type { Clock, Log } from "../core/ports.ts";
import { Refusal, reasonOf } from "../core/refusal.ts";
import { type RotatingSecret, WRITE_PAUSE_SECONDS } from "../core/secrets/rotating-secret.ts";
import { type DuePorts, rotateDue } from "./rotate-due.ts";
import { mendFinished, STEPS, type StepName, type StepPorts } from "./steps.ts";

export interface RotatePorts extends StepPorts, DuePorts {
  readonly clock: Clock;
  readonly log: Log;
}

/** Mode in the event that the rule sends each minute. All other events are steps from Secrets Manager. */
const DUE = "due";

/**
 * Runs one step of a rotation that Secrets Manager has begun or, on the minute's event, the rotations that are due. After any error, Secrets Manager begins
 * again with the first step.
 * @throws {Refusal} malformed_request for an event that is neither; any error of the step.
 */
export async function rotate(event: unknown, ports: RotatePorts): Promise<void> {
  const given = (typeof event === "object" && event !== null ? event : {}) as Readonly<Record<string, unknown>>;
  if (given.mode === DUE) return rotateDue(ports);
  const { Step: step, SecretId: id, ClientRequestToken: token } = given;
  if (typeof step !== "string" || !Object.hasOwn(STEPS, step) || typeof id !== "string" || typeof token !== "string") {
    ports.log.write({ level: "error", event: "rotation_refused", why: "an event that is no step" });
    throw new Refusal("malformed_request");
  }
  await takeStep(step as StepName, id, token, ports);
}

async function takeStep(step: StepName, id: string, token: string, ports: RotatePorts): Promise<void> {
  let name: string | undefined;
  let begun: RotatingSecret | undefined;
  try {
    const secret = await ports.rotating.describe(id);
    name = secret?.name;
    const stages = secret?.versions[token] ?? [];
    // Accepts only rotations that Secrets Manager has begun: it labels the version before it calls.
    if (!secret || !(stages.includes("AWSPENDING") || stages.includes("AWSCURRENT")))
      throw new Refusal("connector_refused", { why: "no rotation of ours under this token" });
    begun = secret;
    if (!stages.includes("AWSCURRENT")) await STEPS[step]({ secret, token }, ports);
    else if (step === "finishSecret") await mendFinished({ secret, token }, ports);
    ports.log.write({ level: "info", event: "rotation_step", secret: secret.name, step });
  } catch (error) {
    const why = (error instanceof Refusal ? error.detail.why : undefined) ?? reasonOf(error);
    ports.log.write({ level: "error", event: "rotation_failed", secret: name, step, why });
    if (begun && step === "finishSecret") await requestAgain(begun, ports);
    throw error;
  }
}

/**
 * Requests another rotation after a failed last step. No other step can leave a current value that does not work, and a further run mends it. Secrets Manager
 * does not document when it retries, so the minute's run starts the retry.
 */
async function requestAgain({ name, arn }: RotatingSecret, { locks, clock }: RotatePorts): Promise<void> {
  // Back-dated by the shortest time between two values. The pending value then counts as newer than this request, and today's value does not.
  const atSeconds = Math.floor(clock.nowMs() / 1_000) - WRITE_PAUSE_SECONDS;
  // Best effort: the caller throws the original error.
  await locks.requestRotation({ name, arn }, "rotate", atSeconds).catch(() => undefined);
}
