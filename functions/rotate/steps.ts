import { type RotatingSecret, type RotatingSecrets, versionAt } from "../core/secrets/rotating-secret.ts";
import { type Rotation, type RotationKind, type RotationNeeds, unfit } from "./kinds/rotation-kind.ts";
import { rotationKindsBy } from "./kinds/rotation-kinds.ts";

export interface StepPorts extends RotationNeeds {
  readonly rotating: RotatingSecrets;
}

/** Secret and version (`ClientRequestToken`) of one step. */
export interface StepOf {
  readonly secret: RotatingSecret;
  readonly token: string;
}

type Step = (of: StepOf, ports: StepPorts) => Promise<void>;

const step =
  (name: "create" | "set" | "test" | "finish"): Step =>
  async (of, ports) =>
    kindOf(of, ports)[name](rotationOf(of, ports));

/** Four steps of Secrets Manager's rotation contract. Each is safe to repeat. Only the last one changes AWSCURRENT. */
export const STEPS = {
  createSecret: step("create"),
  setSecret: step("set"),
  testSecret: step("test"),
  finishSecret: step("finish"),
} as const;
export type StepName = keyof typeof STEPS;

/** Repeats the end of a finished rotation: mends a current value that does not work after its last run. */
export async function mendFinished(of: StepOf, ports: StepPorts): Promise<void> {
  const previous = await ports.rotating.read(of.secret, "AWSPREVIOUS");
  await kindOf(of, ports).mend(of.secret, await currentText(of.secret, ports), previous?.text);
}

const kindOf = ({ secret }: StepOf, ports: StepPorts): RotationKind => rotationKindsBy(ports)[secret.kind];

function rotationOf({ secret, token }: StepOf, ports: StepPorts): Rotation {
  const { rotating } = ports;
  const from = versionAt(secret, "AWSCURRENT");
  if (from === undefined) throw unfit("no current version");
  const pending = async (): Promise<string | undefined> => {
    const staged = await rotating.read(secret, "AWSPENDING");
    return staged?.versionId === token ? staged.text : undefined;
  };
  const isPromoted = async (): Promise<boolean> => {
    const now = await rotating.describe(secret.arn);
    return now !== undefined && versionAt(now, "AWSCURRENT") === token;
  };
  return {
    secret,
    current: () => currentText(secret, ports),
    pending,
    staged: async () => (await rotating.read(secret, "AWSPENDING"))?.text,
    put: async (text) => {
      await rotating.putPending(secret, token, text);
      return (await pending()) ?? text;
    },
    giveUp: async () => {
      await rotating.withdrawPending(secret, token);
      throw unfit("the pending value no longer follows the current one, and was withdrawn");
    },
    promote: async () => {
      try {
        await rotating.makeCurrent(secret, token, from);
      } catch (error) {
        // Another run may have moved AWSCURRENT, or the answer to this one was lost.
        if (!(await isPromoted().catch(() => false))) throw error;
      }
    },
    isPromoted,
  };
}

async function currentText(secret: RotatingSecret, { rotating }: StepPorts): Promise<string> {
  const current = await rotating.read(secret, "AWSCURRENT");
  if (!current) throw unfit("no text is current");
  return current.text;
}
