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

/** What Secrets Manager asks for: one step for one version of one secret. */
export interface StepOf {
  readonly secret: RotatingSecret;
  readonly token: string;
}

/** The four steps of Secrets Manager's contract. Each does nothing where it was done; none changes what AWSCURRENT says before the last. */
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

/** The version has a value that can follow the current one. One that cannot any more, since somebody changed that, is given up. */
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

/** There is no value yet, and none of the steps before the last changes anything. */
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
        // Another run was faster, or the answer was lost.
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

/** A finished rotation that is asked to finish again: what its last run left behind is mended. */
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

/** Values of the current version and of this rotation's own, where it has one yet. */
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
