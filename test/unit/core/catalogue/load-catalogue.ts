import { type ParsedArn, parseArn } from "../../../../functions/core/catalogue/arn.ts";
import type { CatalogueAction } from "../../../../functions/core/catalogue/catalogue-action.ts";
import { isProblem } from "../../../../functions/core/catalogue/problem.ts";
import { loadCatalogue } from "../../../../functions/load-catalogue.ts";

/** The catalogue as it is shipped. */
export const catalogue = loadCatalogue();

/** The catalogue's action of this full name; a test that names another is wrong. */
export function actionOf(name: string): CatalogueAction {
  const [service = "", short = ""] = name.split(":");
  const action = catalogue.service(service)?.action(short);
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
}

/** The ARN in its parts; a test that names an invalid one is wrong. */
export function arnOf(text: string): ParsedArn {
  const arn = parseArn(text);
  if (isProblem(arn)) throw new Error(`${text}: ${arn.problem}`);
  return arn;
}

/** Every action of the catalogue. */
export const everyAction = (): readonly CatalogueAction[] =>
  catalogue.prefixes.flatMap(
    (prefix) => catalogue.service(prefix)?.names.map((name) => actionOf(`${prefix}:${name}`)) ?? [],
  );
