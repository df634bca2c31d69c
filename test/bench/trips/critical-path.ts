import type { WireCall } from "../cloud/wire-tap.ts";

/**
 * Groups calls into steps. The calls of a step began together, and the next step began after their answers.
 * @param delayMs delay of each call; the work between two calls must take less than half of it.
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
 * Computes the length of the longest chain of calls from the effect of a delay: each call of the chain adds it once.
 * The work between the calls does not count, since it is equal at both delays.
 */
export const roundTripsBetween = (
  near: { readonly delayMs: number; readonly tookMs: number },
  far: { readonly delayMs: number; readonly tookMs: number },
): number => (far.tookMs - near.tookMs) / (far.delayMs - near.delayMs);
