import type { Effect } from "../../../contract/names.ts";
import { isChanging } from "../catalogue/access-level.ts";
import { type ActionPattern, namesAction } from "../catalogue/action-name.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";

/**
 * Returns the effect of calls of an action, by its access levels in the catalogue.
 * @param action a name, a pattern such as `s3:Put*`, or the name of an event that IAM has no action for.
 */
export function effectOf(action: string, catalogue: Catalogue): Effect {
  const [prefix = "", name = ""] = action.split(":");
  const service = catalogue.service(prefix.toLowerCase());
  const exact = service?.action(name);
  const named = exact
    ? [exact]
    : (service?.names ?? [])
        .map((each) => service?.action(each))
        .filter((each) => each !== undefined)
        .filter((each) => namesAction(action as ActionPattern, each.name));
  if (named.length === 0) return "unknown";
  return named.some(({ levels }) => isChanging(levels)) ? "change" : "read";
}
