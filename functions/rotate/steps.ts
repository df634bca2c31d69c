import {
  type RotationKind,
  type RotationNeeds,
  type Switch,
  unfit,
  type Values,
} from "../connectors/rotation/rotation-kind.ts";
import { rotationKindsBy } from "../connectors/rotation/rotation-kinds.ts";
import { type RotatingSecret, type RotatingSecrets, versionAt } from "../core/secrets/rotating-secret.ts";

export interface StepPorts extends RotationNeeds {
  readonly rotating: RotatingSecrets;
}

/** What Secrets Manager asks for: one step for one version of one secret. */
export interface StepOf {
  readonly secret: RotatingSecret;
  readonly token: string;
}

/** The four steps of Secrets Manager's contract. Each does nothing where it was done; none changes what AWSCURRENT says before the last. */
export const STEPS = {
  createSecret: createPending,
  setSecret: async (of: StepOf, ports: StepPorts) => {
    const { kind, values } = await pendingOf(of, ports);
    await kind.set(of.secret, values);
  },
  testSecret: async (of: StepOf, ports: StepPorts) => {
    const { kind, values } = await pendingOf(of, ports);
    await kind.test(of.secret, values);
  },
  finishSecret: finish,
} as const;
export type StepName = keyof typeof STEPS;

/** The version has a value that can follow the current one. One that cannot any more, since somebody changed that, is given up. */
async function createPending({ secret, token }: StepOf, ports: StepPorts): Promise<void> {
  const kind = rotationKindsBy(ports)[secret.kind];
  const current = await currentText(secret, ports);
  const pending = await ports.rotating.read(secret, "AWSPENDING");
  if (pending && kind.fits(secret, { current, pending: pending.text })) return;
  if (pending) {
    await ports.rotating.withdrawPending(secret, token);
    throw unfit("the pending value no longer follows the current one, and was withdrawn");
  }
  await ports.rotating.putPending(secret, token, kind.next(secret, current));
}

async function finish({ secret, token }: StepOf, ports: StepPorts): Promise<void> {
  const { kind, values } = await pendingOf({ secret, token }, ports);
  const from = versionAt(secret, "AWSCURRENT");
  if (from === undefined) throw unfit("no current version");
  const change: Switch = {
    makeCurrent: async () => {
      try {
        await ports.rotating.makeCurrent(secret, token, from);
      } catch (error) {
        // Another run was faster, or the answer was lost.
        if (!(await change.isCurrent().catch(() => false))) throw error;
      }
    },
    isCurrent: async () => {
      const now = await ports.rotating.describe(secret.arn);
      return now !== undefined && versionAt(now, "AWSCURRENT") === token;
    },
  };
  await kind.finish(secret, values, change);
}

/** A finished rotation that is asked to finish again: what its last run left behind is mended. */
export async function mendFinished({ secret }: StepOf, ports: StepPorts): Promise<void> {
  const previous = await ports.rotating.read(secret, "AWSPREVIOUS");
  await rotationKindsBy(ports)[secret.kind].mend(secret, await currentText(secret, ports), previous?.text);
}

async function pendingOf(
  { secret, token }: StepOf,
  ports: StepPorts,
): Promise<{ readonly kind: RotationKind; readonly values: Values }> {
  const [current, pending] = [await currentText(secret, ports), await ports.rotating.read(secret, "AWSPENDING")];
  if (pending?.versionId !== token) throw unfit("the pending version has no value");
  return { kind: rotationKindsBy(ports)[secret.kind], values: { current, pending: pending.text } };
}

async function currentText(secret: RotatingSecret, { rotating }: StepPorts): Promise<string> {
  const current = await rotating.read(secret, "AWSCURRENT");
  if (!current) throw unfit("no text is current");
  return current.text;
}
