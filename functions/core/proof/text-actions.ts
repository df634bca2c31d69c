import type { Catalogue } from "../catalogue/catalogue.ts";
import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { actionMatcher } from "./iam-pattern.ts";
import { type Statement, Unreadable } from "./iam-text.ts";

type Actions = Pick<Catalogue, "service" | "prefixes">;

/**
 * Yields the actions that the text's Allows name, each once. A generator, since there may be thousands.
 * @throws {Unreadable} for a literal action that the catalogue does not know: Cedar's decision on it is unknown.
 */
export function* actionsOf(statements: readonly Statement[], catalogue: Actions): Generator<CatalogueAction> {
  const seen = new Set<string>();
  for (const statement of statements.filter(({ effect }) => effect === "Allow")) {
    const { isNot, patterns } = statement.actions;
    for (const pattern of isNot ? ["*"] : patterns) {
      for (const action of named(pattern, catalogue)) {
        if (seen.has(action.name) || !statement.appliesTo(action.name)) continue;
        seen.add(action.name);
        yield action;
      }
    }
  }
}

function* named(pattern: string, catalogue: Actions): Generator<CatalogueAction> {
  const [prefix, name = prefix] = pattern.split(":") as [string, string?];
  if (!/[*?]/.test(pattern)) {
    const action = catalogue.service(prefix.toLowerCase())?.action(name);
    if (action === undefined) throw new Unreadable("action");
    yield action;
    return;
  }
  // Yields all actions of the matching services. The caller's `appliesTo` selects those that the pattern names.
  for (const each of catalogue.prefixes.filter(actionMatcher([prefix]))) {
    const service = catalogue.service(each);
    if (service === undefined) continue;
    for (const known of service.names) yield service.action(known) as CatalogueAction;
  }
}
