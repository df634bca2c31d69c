import { readFileSync } from "node:fs";
import { type ParsedArn, parseArn } from "../../../../functions/core/catalogue/arn.ts";
import { Catalogue } from "../../../../functions/core/catalogue/catalogue.ts";
import type { CatalogueAction } from "../../../../functions/core/catalogue/catalogue-action.ts";
import { isProblem } from "../../../../functions/core/catalogue/problem.ts";

/** The catalogue as it is shipped. */
export const catalogue = Catalogue.from(
  readFileSync(new URL("../../../../functions/core/catalogue/catalogue.ndjson", import.meta.url), "utf8"),
);

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
