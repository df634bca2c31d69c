import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Statement } from "./iam-text.ts";
import type { Against } from "./objections.ts";
import type { Told } from "./told-tags.ts";
import type { UnnamedCalls } from "./unnamed-calls.ts";

/** The statements about one action. */
export interface About {
  readonly action: CatalogueAction;
  readonly denies: readonly Statement[];
  readonly asked: readonly Statement[];
  readonly above: readonly (readonly (readonly Statement[])[])[];
  readonly nevers: readonly Against[];
  /** Calls that name no resource; undefined where the statements are about the calls that name one. */
  readonly unnamed: UnnamedCalls | undefined;
  /** Each resource of each Allow, by its place in it, and the ways in which AWS may tell its tags. */
  readonly allowed: readonly {
    readonly allow: Statement;
    readonly place: number;
    readonly tolds: readonly Told[];
  }[];
  /** All of these ways. */
  readonly tolds: ReadonlySet<Told>;
  /** All that tells the statements about one action, and what no task may do of it, from those about another. */
  readonly key: string;
}
