import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { answersUnnamed } from "./aws/lists.ts";
import type { Statement } from "./iam-text.ts";

/**
 * Yields each action as IAM evaluates it: on a resource and, where the call may name none, on `*`. A call may name none
 * where all of the action's resource types are optional, and where the action lists. Only an Allow of `*` applies to
 * such a call.
 */
export function* iamVariants(
  actions: Iterable<CatalogueAction>,
  text: readonly Statement[],
): Generator<CatalogueAction, void, undefined> {
  const isOfAny = text.some(
    ({ effect, resources }) => effect === "Allow" && (resources.isNot || resources.patterns.includes("*")),
  );
  for (const action of actions) {
    yield action;
    const { resourceTypes } = action;
    if (!isOfAny || resourceTypes.length === 0) continue;
    if (resourceTypes.some(({ required }) => required) && !answersUnnamed(action)) continue;
    yield { ...action, resourceTypes: NONE_NAMED };
  }
}

const NONE_NAMED: CatalogueAction["resourceTypes"] = [];

/** True for the variant of an action whose calls name no resource. */
export const namesNone = ({ resourceTypes }: Pick<CatalogueAction, "resourceTypes">): boolean =>
  resourceTypes === NONE_NAMED;
