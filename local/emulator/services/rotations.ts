import { randomUUID } from "node:crypto";
import { ServiceError } from "../service-error.ts";
import type { JsonInput } from "./json-input.ts";
import { atStage, moveStage, type Secret, type SecretVersion } from "./secrets.ts";

/** Step of a rotation, as the event of the function. */
export interface RotationStep {
  readonly Step: "createSecret" | "setSecret" | "testSecret" | "finishSecret";
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

/** Invokes the function with this ARN. */
export type InvokeRotation = (lambdaArn: string, step: RotationStep) => Promise<unknown>;

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/**
 * Rotations of every account, one at a time for each secret. The four steps run in order. A failed step ends the run.
 */
export class Rotations {
  readonly #invoke: InvokeRotation | undefined;
  readonly #now: () => number;
  readonly #running = new Map<string, Promise<void>>();

  constructor(now: () => number, invoke: InvokeRotation | undefined) {
    this.#now = now;
    this.#invoke = invoke;
  }

  /** RotateSecret: begins a rotation, or resumes an unfinished one, and does not wait for its end. */
  rotate(secret: Secret, input: JsonInput): unknown {
    const token = input.text("ClientRequestToken") ?? randomUUID();
    secret.rotationLambda = input.text("RotationLambdaARN") ?? secret.rotationLambda ?? refuse(NO_FUNCTION);
    const answer = { ARN: secret.arn, Name: secret.name, VersionId: token };
    if (input.raw("RotateImmediately") === false) return answer;
    const [current, pending] = [atStage(secret, "AWSCURRENT"), atStage(secret, "AWSPENDING")];
    if (pending && pending !== current) {
      this.#run(secret, pending.id);
      return pending.id === token
        ? answer
        : refuse("A previous rotation isn't complete. That rotation will be reattempted.");
    }
    if (current?.id === token) return answer;
    const version: SecretVersion = { id: token, createdAt: this.#now(), stages: new Set() };
    if (!secret.versions.has(token)) secret.versions.set(token, version);
    moveStage(secret, "AWSPENDING", secret.versions.get(token) ?? version);
    this.#run(secret, token);
    return answer;
  }

  /** Resolves when every running rotation has ended or failed. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  #run(secret: Secret, token: string): void {
    const lambda = secret.rotationLambda;
    if (this.#running.has(secret.arn) || lambda === undefined) return;
    const run = this.#steps(secret, token, lambda)
      // A failed rotation stays pending, and the next RotateSecret begins with the first step again.
      .catch((error: unknown) => void process.stderr.write(`rotation of ${secret.name}: ${error}\n`))
      .finally(() => this.#running.delete(secret.arn));
    this.#running.set(secret.arn, run);
  }

  async #steps(secret: Secret, token: string, lambda: string): Promise<void> {
    for (const Step of STEPS) await this.#invoke?.(lambda, { Step, SecretId: secret.arn, ClientRequestToken: token });
    secret.rotatedAt = this.#now();
  }
}

const NO_FUNCTION = "No Lambda rotation function ARN is associated with this secret.";

function refuse(message: string): never {
  throw new ServiceError("InvalidRequestException", message, 400);
}
