import type { WireCall } from "../cloud/wire-tap.ts";

/**
 * The calls by when they began: those of one step began together, and the next step only when they had been answered.
 * @param delayMs how far away AWS was; far enough that the work between two calls is less than half of it.
 */
export function stepsOf<T extends Pick<WireCall, "beganAtMs">>(
  calls: readonly T[],
  delayMs: number,
): readonly (readonly T[])[] {
  const steps: T[][] = [];
  for (const call of [...calls].sort((a, b) => a.beganAtMs - b.beganAtMs)) {
    const step = steps.at(-1);
    if (step?.[0] && call.beganAtMs - step[0].beganAtMs < delayMs / 2) step.push(call);
    else steps.push([call]);
  }
  return steps;
}

/**
 * How many calls in a row the longest chain has, told by what distance costs: each added millisecond is paid once for each of them.
 * The work between the calls does not count, since it is the same at both distances.
 */
export const roundTripsBetween = (
  near: { readonly delayMs: number; readonly tookMs: number },
  far: { readonly delayMs: number; readonly tookMs: number },
): number => (far.tookMs - near.tookMs) / (far.delayMs - near.delayMs);
