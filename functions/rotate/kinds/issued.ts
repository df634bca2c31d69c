import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import type { EndOfRotation, Rotation, RotationKind } from "./rotation-kind.ts";

/** Kind whose provider issues the next value at the moment at which the current one stops working, so that all changes happen in the last step. */
export interface IssuedKind extends EndOfRotation {
  /**
   * Checks everything but the change itself.
   * @param pending value left by a run that died in the last step.
   * @returns false where `pending` is no longer in force, so that the caller gives it up.
   */
  rehearse(secret: RotatingSecret, current: string, pending: string | undefined): Promise<boolean>;
  /** Has the next value issued, writes it, and makes it current. */
  finish(secret: RotatingSecret, current: string, rotation: IssuedPromotion): Promise<void>;
}

/** Part of a rotation that an issued kind uses in its last step: before it nothing is pending, unless an earlier run has died there. */
export type IssuedPromotion = Pick<Rotation, "promote" | "isPromoted" | "pending" | "put">;

/** Makes the four steps of an issued kind. The value does not exist before the last one, so the others check only and change nothing at the provider. */
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
