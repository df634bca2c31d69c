import { createHash } from "node:crypto";
import { type FakeWorld, fakeWorld } from "../../fakes/world/world.ts";

/** Makes a world of fakes without randomness, so that every build has the same examples. */
export function exampleWorld(): FakeWorld {
  let count = 0;
  const bytes = (size: number): Uint8Array => {
    count += 1;
    return createHash("sha512").update(`example ${count}`).digest().subarray(0, size);
  };
  return fakeWorld({ random: { bytes } });
}
