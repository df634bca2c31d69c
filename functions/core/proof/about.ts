import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Applying } from "./applying.ts";
import type { Against } from "./objections.ts";
import type { TagSource } from "./tag-sources.ts";
import type { UnnamedCalls } from "./unnamed-calls.ts";

/** Input of a proof for one action. */
export interface About {
  readonly action: CatalogueAction;
  /** Calls that name no resource; undefined where the statements are about the calls that name one. */
  readonly unnamed: UnnamedCalls | undefined;
  readonly applying: Applying;
  /** For each allowed resource, the ways in which IAM may get its tags. */
  readonly tagSources: readonly (readonly TagSource[])[];
  readonly nevers: readonly Against[];
  /** Equal for two actions whose calls the texts, the policies and `never` (what no task may do) treat alike. */
  readonly key: string;
}
