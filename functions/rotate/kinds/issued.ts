import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import type { EndOfRotation, Rotation, RotationKind } from "./rotation-kind.ts";

/** Kind whose provider issues the next value at the moment at which the current one stops working. All changes happen in the last step. */
export interface IssuedKind extends EndOfRotation {
  /**
   * Checks everything but the change itself.
   * @param pending value left by a run that died in the last step.
   * @returns false where `pending` is no longer in force, so that the caller gives it up.
   */
  rehearse(secret: RotatingSecret, current: string, pending: string | undefined): Promise<boolean>;
  /** Requests the next value from the provider, writes it, and makes it current. */
  finish(secret: RotatingSecret, current: string, rotation: IssuedPromotion): Promise<void>;
}

/** Part of a rotation that an issued kind uses in its last step. No value is pending before that step, unless an earlier run has died in it. */
export type IssuedPromotion = Pick<Rotation, "promote" | "isPromoted" | "pending" | "put">;

/** Makes the four steps of an issued kind. The value does not exist before the last step, so the others only check, and change nothing at the provider. */
export const issued = (kind: IssuedKind): RotationKind => {
  const rehearse = async (rotation: Rotation): Promise<void> => {
    const [current, pending] = [await rotation.current(), await rotation.pending()];
    if (!(await kind.rehearse(rotation.secret, current, pending))) await rotation.giveUp();
  };
  return {
    create: rehearse,
    set: rehearse,
    test: rehearse,
    finish: async (rotation) => kind.finish(rotation.secret, await rotation.current(), rotation),
    mend: kind.mend,
    retire: kind.retire,
  };
};
