import { createHash } from "node:crypto";
import { type FakeWorld, fakeWorld } from "../../fakes/fake-world.ts";

/** A deployment on the fakes in which the same story is told in the same words: its chance is none. */
export function exampleWorld(): FakeWorld {
  let count = 0;
  const bytes = (size: number): Uint8Array => {
    count += 1;
    return createHash("sha512").update(`example ${count}`).digest().subarray(0, size);
  };
  return fakeWorld({ random: { bytes } });
}
