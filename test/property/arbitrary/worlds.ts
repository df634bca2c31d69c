import fc from "fast-check";
import { arbitraryListing } from "./listings.ts";
import { arbitraryScenario, type Scenario } from "./scenarios.ts";
import { arbitraryUnion } from "./unions.ts";
import { arbitraryTree } from "./wild.ts";

/** Tasks under the same policies, each below the one before. */
export type World = readonly Scenario[];

/** Single tasks under policies that come near to what the compiler knows. */
export const arbitraryTask: fc.Arbitrary<World> = arbitraryScenario.map((scenario) => [scenario]);

export const arbitraryWorld: fc.Arbitrary<World> = fc.oneof(
  arbitraryTask,
  arbitraryTree,
  arbitraryUnion,
  arbitraryListing,
);
