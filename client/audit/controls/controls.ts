import { CLAIMS } from "./claims.ts";
import type { Claim, Control } from "./control.ts";
import { type ControlId, FRAMEWORKS } from "./frameworks.ts";

/** Every control, in the order of `FRAMEWORKS` and of their ids. */
export const CONTROLS: readonly Control[] = FRAMEWORKS.flatMap(({ name, ids }) => {
  const own: readonly ControlId[] = ids;
  const claims: Readonly<Partial<Record<ControlId, Claim>>> = CLAIMS[name];
  return own.flatMap((id) => {
    const claim = claims[id];
    return claim ? [{ framework: name, id, ...claim }] : [];
  });
});
