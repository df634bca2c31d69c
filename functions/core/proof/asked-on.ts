import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Statement } from "./iam-text.ts";

/**
 * Actions as IAM is asked about them: on a resource, or on none. Where all types of an action are optional, a call may name none, and only an Allow of
 * `*` is about that call.
 */
export function* askedOn(
  actions: Iterable<CatalogueAction>,
  text: readonly Statement[],
): Generator<CatalogueAction, void, undefined> {
  const isOfAny = text.some(
    ({ effect, resources }) => effect === "Allow" && (resources.isNot || resources.patterns.includes("*")),
  );
  for (const action of actions) {
    yield action;
    const { resourceTypes } = action;
    if (!isOfAny || resourceTypes.length === 0 || resourceTypes.some(({ required }) => required)) continue;
    yield { ...action, resourceTypes: NONE_NAMED };
  }
}

const NONE_NAMED: CatalogueAction["resourceTypes"] = [];

/** True for calls that name none of the action's resources. */
export const namesNone = ({ resourceTypes }: Pick<CatalogueAction, "resourceTypes">): boolean =>
  resourceTypes === NONE_NAMED;
