import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import { type EndOfRotation, type Promotion, type Rotation, type RotationKind, unfit } from "./rotation-kind.ts";

/** Value in force, and the value that is to replace it. */
export interface Values {
  readonly current: string;
  readonly pending: string;
}

/** Kind whose next value valetkey chooses. */
export interface ChosenKind extends EndOfRotation {
  /** Makes the text of the next value. @throws {Refusal} connector_refused where the current value is not of this kind. */
  next(secret: RotatingSecret, current: string): string;
  /** Returns true where the pending value can follow the current one. Once somebody has changed the current one, returns false: the pending value is given up. */
  fits(secret: RotatingSecret, values: Values): boolean;
  /** Prepares the pending value, and leaves the current one working. */
  set(secret: RotatingSecret, values: Values): Promise<void>;
  /** @throws {Refusal} where the pending value would not work. */
  test(secret: RotatingSecret, values: Values): Promise<void>;
  /** Makes the pending value work, and makes it current. */
  finish(secret: RotatingSecret, values: Values, promotion: Promotion): Promise<void>;
}

/** Makes the four steps of a chosen kind, whose next value is in the pending version from the first step on. */
export const chosen = (kind: ChosenKind): RotationKind => ({
  create: (rotation) => create(kind, rotation),
  set: async (rotation) => kind.set(rotation.secret, await valuesOf(rotation)),
  test: async (rotation) => kind.test(rotation.secret, await valuesOf(rotation)),
  finish: async (rotation) => kind.finish(rotation.secret, await valuesOf(rotation), rotation),
  mend: kind.mend,
  retire: kind.retire,
});

/**
 * Writes the pending version's value unless it has one. Withdraws a pending value that no longer follows the current one, after somebody has changed that.
 * @throws {Refusal} connector_refused after a withdrawal.
 */
async function create(kind: ChosenKind, rotation: Rotation): Promise<void> {
  const { secret } = rotation;
  const current = await rotation.current();
  const pending = await rotation.staged();
  if (pending === undefined) await rotation.put(kind.next(secret, current));
  else if (!kind.fits(secret, { current, pending })) await rotation.giveUp();
}

async function valuesOf(rotation: Rotation): Promise<Values> {
  const [current, pending] = [await rotation.current(), await rotation.pending()];
  if (pending === undefined) throw unfit("the pending version has no value");
  return { current, pending };
}
