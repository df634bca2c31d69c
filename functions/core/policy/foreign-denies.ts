import type { Permitted } from "./decide.ts";
import { allowsOf, deniesOf } from "./rules.ts";
import { harmlessUnder } from "./wider-denies.ts";

/**
 * True where two grants can share a session without losing calls. In one session, a Deny of one grant also applies to
 * the pairs of the other. Such a Deny must deny nothing that the other grant's own Denies leave allowed.
 */
export const canShare = (one: readonly Permitted[], other: readonly Permitted[]): boolean =>
  isHarmlessTo(one, other) && isHarmlessTo(other, one);

function isHarmlessTo(denying: readonly Permitted[], granted: readonly Permitted[]): boolean {
  const [allowed, denied] = [allowsOf(granted), deniesOf(granted)];
  return deniesOf(denying).every(({ action, resource, condition }) =>
    harmlessUnder(condition, denied, allowed)(action, resource),
  );
}
