import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/schema.ts";
import { bad, type Finding, ok } from "./finding.ts";
import type { Inspected } from "./inspected.ts";

/** Values of the shipped files that stand for one's own: names under RFC 2606's domains, and accounts and a person that nobody is. */
const PLACEHOLDER = /(^|[/.@])example\.(com|org|net)\b|replace-with-|^(111122223333|999900001111|444455556666)$/;

/** The policy file of the guided tour, whose agents a deployment does not have. */
const TOUR = "demo.cedar";

/** Most places in one finding. */
const NAMED = 6;

/** Finds what nobody has filled in: placeholders in `valetkey.json`, the tour's policies, and policies about accounts of the documentation. */
export function inspectPlaceholders(config: Config, { configFile, policiesDir }: Inspected): readonly Finding[] {
  const places = placesIn(config, "").map(({ place, value }) => `${place} is ${value}`);
  const accounts = new Set([config.hub.account, ...config.accounts.map(({ id }) => id)]);
  const files = existsSync(policiesDir) ? readdirSync(policiesDir).filter((name) => name.endsWith(".cedar")) : [];
  const others = files
    .filter((name) => name !== TOUR)
    .flatMap((name) =>
      accountsIn(readFileSync(join(policiesDir, name), "utf8"))
        .filter((account) => !accounts.has(account))
        .map((account) => `${name} speaks of the account ${account}, which is no target`),
    );
  const tour = files.includes(TOUR) ? [`${TOUR} is the guided tour's`] : [];
  return [
    places.length === 0
      ? ok("placeholders", `${configFile} has none`)
      : bad("placeholders", listed(places), `write your own into ${configFile}`),
    tour.length + others.length === 0
      ? ok("policies", `are about ${accounts.size === 1 ? "the account" : "the accounts"} of ${configFile}`)
      : bad(
          "policies",
          listed([...tour, ...others]),
          `take the tour's out of ${policiesDir}, and name your own accounts`,
        ),
  ];
}

interface Found {
  readonly place: string;
  readonly value: string;
}

function placesIn(value: unknown, place: string): readonly Found[] {
  if (typeof value === "string") return PLACEHOLDER.test(value) ? [{ place, value }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => placesIn(each, place === "" ? name : `${place}.${name}`));
}

/** Lists the accounts that a policy's text names in quotes or in an ARN, comments not counted. */
const accountsIn = (text: string): readonly string[] => [
  ...new Set([...text.replaceAll(/\/\/.*$/gm, "").matchAll(/(?<=["':])\d{12}(?=["':])/g)].map(([account]) => account)),
];

const listed = (places: readonly string[]): string =>
  `${places.slice(0, NAMED).join("; ")}${places.length > NAMED ? `; and ${places.length - NAMED} more` : ""}`;
