import type { Clock, Log } from "../core/ports.ts";
import { Refusal, reasonOf } from "../core/refusal.ts";
import { type RotatingSecret, WRITE_PAUSE_SECONDS } from "../core/secrets/rotating-secret.ts";
import { type DuePorts, rotateDue } from "./rotate-due.ts";
import { mendFinished, STEPS, type StepName, type StepPorts } from "./steps.ts";

export interface RotatePorts extends StepPorts, DuePorts {
  readonly clock: Clock;
  readonly log: Log;
}

/** What the minute's rule sends. Everything else is a step of Secrets Manager's. */
const DUE = "due";

/**
 * One step of a rotation that Secrets Manager has begun; or, each minute, what waits for a rotation after its use.
 * Whatever it throws, Secrets Manager begins again with the first step.
 */
export async function rotate(event: unknown, ports: RotatePorts): Promise<void> {
  const asked = (typeof event === "object" && event !== null ? event : {}) as Readonly<Record<string, unknown>>;
  if (asked.mode === DUE) return rotateDue(ports);
  const { Step: step, SecretId: id, ClientRequestToken: token } = asked;
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
    // Only what Secrets Manager has begun: it labels the version before it calls.
    if (!secret || !(stages.includes("AWSPENDING") || stages.includes("AWSCURRENT")))
      throw new Refusal("connector_refused", { why: "no rotation of ours under this token" });
    begun = secret;
    if (!stages.includes("AWSCURRENT")) await STEPS[step]({ secret, token }, ports);
    else if (step === "finishSecret") await mendFinished({ secret, token }, ports);
    ports.log.write({ level: "info", event: "rotation_step", secret: secret.name, step });
  } catch (error) {
    const why = (error instanceof Refusal ? error.detail.why : undefined) ?? reasonOf(error);
    ports.log.write({ level: "error", event: "rotation_failed", secret: name, step, why });
    if (begun && step === "finishSecret") await askAgain(begun, ports);
    throw error;
  }
}

/**
 * The last step is the only one that can leave a value in force that does not work, and a further run mends that. When Secrets Manager tries again it
 * does not say; so the minute's run has it try.
 */
async function askAgain({ name, arn }: RotatingSecret, { locks, clock }: RotatePorts): Promise<void> {
  // The pending value, which is minutes old, answers it once it is in force; the one in force is older than any two values may be apart.
  const atSeconds = Math.floor(clock.nowMs() / 1_000) - WRITE_PAUSE_SECONDS;
  // What has failed is what has to be told, whatever comes of this.
  await locks.requestRotation({ name, arn }, "rotate", atSeconds).catch(() => undefined);
}
