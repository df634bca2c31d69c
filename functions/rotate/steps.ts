import { type RotatingSecret, type RotatingSecrets, versionAt } from "../core/secrets/rotating-secret.ts";
import {
  type IssuedKind,
  type IssuedSwitch,
  type RotationKind,
  type RotationNeeds,
  unfit,
  type Values,
} from "./kinds/rotation-kind.ts";
import { rotationKindsBy } from "./kinds/rotation-kinds.ts";

export interface StepPorts extends RotationNeeds {
  readonly rotating: RotatingSecrets;
}

/** Secret and version (`ClientRequestToken`) that a step of Secrets Manager is about. */
export interface StepOf {
  readonly secret: RotatingSecret;
  readonly token: string;
}

/** Four steps of Secrets Manager's rotation contract. Each is safe to repeat; only the last changes AWSCURRENT. */
export const STEPS = {
  createSecret: createPending,
  setSecret: async (of: StepOf, ports: StepPorts) => {
    const kind = kindOf(of, ports);
    if (kind.isIssued) return rehearse(kind, of, ports);
    await kind.set(of.secret, await valuesOf(of, ports));
  },
  testSecret: async (of: StepOf, ports: StepPorts) => {
    const kind = kindOf(of, ports);
    if (kind.isIssued) return rehearse(kind, of, ports);
    await kind.test(of.secret, await valuesOf(of, ports));
  },
  finishSecret: finish,
} as const;
export type StepName = keyof typeof STEPS;

/**
 * Writes the pending version's value unless it has one. Withdraws a pending value that no longer follows the current one, which somebody changed
 * meanwhile. @throws {Refusal} connector_refused after a withdrawal.
 */
async function createPending(of: StepOf, ports: StepPorts): Promise<void> {
  const { secret, token } = of;
  const kind = kindOf(of, ports);
  if (kind.isIssued) return rehearse(kind, of, ports);
  const current = await currentText(secret, ports);
  const pending = await ports.rotating.read(secret, "AWSPENDING");
  if (pending && kind.fits(secret, { current, pending: pending.text })) return;
  if (pending) return giveUp(of, ports);
  await ports.rotating.putPending(secret, token, kind.next(secret, current));
}

async function giveUp({ secret, token }: StepOf, { rotating }: StepPorts): Promise<never> {
  await rotating.withdrawPending(secret, token);
  throw unfit("the pending value no longer follows the current one, and was withdrawn");
}

/** Runs a step before the last for an issued kind, whose value does not exist yet: checks only, changes nothing at the provider. */
async function rehearse(kind: IssuedKind, of: StepOf, ports: StepPorts): Promise<void> {
  const { current, pending } = await textsOf(of, ports);
  if (!(await kind.rehearse(of.secret, current, pending))) await giveUp(of, ports);
}

async function finish(of: StepOf, ports: StepPorts): Promise<void> {
  const { secret, token } = of;
  const kind = kindOf(of, ports);
  const from = versionAt(secret, "AWSCURRENT");
  if (from === undefined) throw unfit("no current version");
  const change: IssuedSwitch = {
    pending: async () => (await textsOf(of, ports)).pending,
    put: async (text) => {
      await ports.rotating.putPending(secret, token, text);
      return (await textsOf(of, ports)).pending ?? text;
    },
    makeCurrent: async () => {
      try {
        await ports.rotating.makeCurrent(secret, token, from);
      } catch (error) {
        // Another run may have moved AWSCURRENT, or the answer to this one was lost.
        if (!(await change.isCurrent().catch(() => false))) throw error;
      }
    },
    isCurrent: async () => {
      const now = await ports.rotating.describe(secret.arn);
      return now !== undefined && versionAt(now, "AWSCURRENT") === token;
    },
  };
  if (kind.isIssued) await kind.finish(secret, await currentText(secret, ports), change);
  else await kind.finish(secret, await valuesOf(of, ports), change);
}

/** Repeats the end of a finished rotation: mends a current value that its last run left not working. */
export async function mendFinished({ secret }: StepOf, ports: StepPorts): Promise<void> {
  const previous = await ports.rotating.read(secret, "AWSPREVIOUS");
  await rotationKindsBy(ports)[secret.kind].mend(secret, await currentText(secret, ports), previous?.text);
}

const kindOf = ({ secret }: StepOf, ports: StepPorts): RotationKind => rotationKindsBy(ports)[secret.kind];

async function valuesOf(of: StepOf, ports: StepPorts): Promise<Values> {
  const { current, pending } = await textsOf(of, ports);
  if (pending === undefined) throw unfit("the pending version has no value");
  return { current, pending };
}

/** Reads the current version's text and this rotation's pending text; `pending` is undefined before it is written. */
async function textsOf(
  { secret, token }: StepOf,
  ports: StepPorts,
): Promise<{ readonly current: string; readonly pending: string | undefined }> {
  const [current, pending] = [await currentText(secret, ports), await ports.rotating.read(secret, "AWSPENDING")];
  return { current, pending: pending?.versionId === token ? pending.text : undefined };
}

async function currentText(secret: RotatingSecret, { rotating }: StepPorts): Promise<string> {
  const current = await rotating.read(secret, "AWSCURRENT");
  if (!current) throw unfit("no text is current");
  return current.text;
}
