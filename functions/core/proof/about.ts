import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Applying } from "./applying.ts";
import type { Against } from "./objections.ts";
import type { Told } from "./told-tags.ts";
import type { UnnamedCalls } from "./unnamed-calls.ts";

/** All that a proof looks at of one action. */
export interface About {
  readonly action: CatalogueAction;
  /** Calls that name no resource; undefined where the statements are about the calls that name one. */
  readonly unnamed: UnnamedCalls | undefined;
  readonly applying: Applying;
  /** The ways in which AWS may tell the tags of each allowed resource. */
  readonly tolds: readonly (readonly Told[])[];
  readonly nevers: readonly Against[];
  /** All that tells calls of one action from calls of another, for texts, for policy, and for what no task may do. */
  readonly key: string;
}
