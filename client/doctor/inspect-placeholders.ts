import { existsSync } from "node:fs";
import { policyFiles } from "../../functions/policy/read/files-in.ts";
import { placeholdersIn, unfilledIn } from "../../infra/config/placeholders.ts";
import type { Config } from "../../infra/config/schema.ts";
import { bad, type Finding, ok } from "./finding.ts";
import type { Inspected } from "./inspected.ts";

/** The policy file of the guided tour, whose agents a deployment does not have. */
const TOUR = "demo.cedar";

/** Most places in one finding. */
const NAMED = 6;

/**
 * Finds what is not filled in: placeholders in `valetkey.json`, the tour's policies, and policies about accounts that
 * are no targets.
 */
export function inspectPlaceholders(config: Config, { configFile, policiesDir }: Inspected): readonly Finding[] {
  const accounts: ReadonlySet<string> = new Set([config.hub.account, ...config.accounts.map(({ id }) => id)]);
  const files = existsSync(policiesDir) ? policyFiles(policiesDir) : [];
  const places = [
    ...placeholdersIn(config).map(({ place, value }) => `${place} is ${value}`),
    ...unfilledIn(new Map(files.map(({ name, text }) => [name, text]))).map(
      ({ file, line, value }) => `${file}:${line} has ${value}`,
    ),
  ];
  const others = files
    .filter(({ name }) => name !== TOUR)
    .flatMap(({ name, text }) =>
      accountsIn(text)
        .filter((account) => !accounts.has(account))
        .map((account) => `${name} speaks of the account ${account}, which is no target`),
    );
  const tour = files.some(({ name }) => name === TOUR) ? [`${TOUR} is the guided tour's`] : [];
  return [
    places.length === 0
      ? ok("placeholders", `${configFile} and the policies have none`)
      : bad("placeholders", listed(places), "write your own there"),
    tour.length + others.length === 0
      ? ok("policies", `are about ${accounts.size === 1 ? "the account" : "the accounts"} of ${configFile}`)
      : bad(
          "policies",
          listed([...tour, ...others]),
          `take the tour's out of ${policiesDir}, and name your own accounts`,
        ),
  ];
}

/** Lists the accounts that a policy's text names in quotes or in an ARN, comments not counted. */
const accountsIn = (text: string): readonly string[] => [
  ...new Set([...text.replaceAll(/\/\/.*$/gm, "").matchAll(/(?<=["':])\d{12}(?=["':])/g)].map(([account]) => account)),
];

const listed = (places: readonly string[]): string =>
  `${places.slice(0, NAMED).join("; ")}${places.length > NAMED ? `; and ${places.length - NAMED} more` : ""}`;
