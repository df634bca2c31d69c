import type { Permitted } from "./decide.ts";
import { allowsOf, deniesOf } from "./rules.ts";
import { harmlessUnder } from "./wider-denies.ts";

/**
 * True where both grants keep all that they allow in one session: a Deny of the one holds there for the pairs of the other, too, and must deny nothing
 * of them that the other's own Denies leave.
 */
export const canShare = (one: readonly Permitted[], other: readonly Permitted[]): boolean =>
  isHarmlessTo(one, other) && isHarmlessTo(other, one);

function isHarmlessTo(denying: readonly Permitted[], granted: readonly Permitted[]): boolean {
  const [allowed, denied] = [allowsOf(granted), deniesOf(granted)];
  return deniesOf(denying).every(({ action, resource, condition }) =>
    harmlessUnder(condition, denied, allowed)(action, resource),
  );
}
