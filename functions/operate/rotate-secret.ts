import type { ManagedSecret } from "../../contract/secrets.ts";
import { Refusal } from "../core/refusal.ts";
import { ROTATION_KINDS } from "../core/secrets/rotating-secret.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import { describeSecret } from "./describe-secret.ts";
import { readersOf, secretIn } from "./read-secret.ts";
import type { SecretPorts } from "./secret-ports.ts";

/**
 * Answers `POST /v1/secrets/{secret}/rotate`: records the request. The function `rotate` rotates the secret within minutes, even while a task holds it. `operate`
 * itself has no right to rotate anything. May be repeated.
 */
export const rotateSecret = (event: HttpEvent, ports: SecretPorts): Promise<HttpAnswer> =>
  operation<ManagedSecret>(
    event,
    ports,
    async (operator) => {
      await authoriseOperation(operator, "valetkey:RotateSecret", "deployment", ports);
      const entry = await secretIn(event, ports);
      if (!ROTATION_KINDS.some((kind) => kind === entry.kind)) throw new Refusal("secret_not_rotated");
      const state = await ports.locks.requestRotation(entry, operator.id, Math.floor(ports.clock.nowMs() / 1_000));
      return describeSecret(entry, state, await readersOf(entry, ports));
    },
    202,
  );
