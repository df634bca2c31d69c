import { readFile } from "node:fs/promises";
import type { Facts } from "../../functions/core/journal/event.ts";
import { jsonFields } from "../../functions/core/text/json-fields.ts";

/**
 * Reads a file of the keys of people's issuers, one member for each issuer: `iss`, `aud`, `person`, `freshness` as in
 * valetkey.json, and `keys`, a JWK Set's.
 * @returns one key with its issuer's configuration each; undefined where the file is something else.
 */
export async function readIssuerKeys(file: string): Promise<readonly Facts[] | undefined> {
  const issuers = Object.entries(jsonFields(await readFile(file, "utf8").catch(() => "")));
  const each = issuers.map(([issuer, value]) => keysOf(issuer, value));
  return each.length === 0 || each.includes(undefined) ? undefined : each.flatMap((keys) => keys ?? []);
}

function keysOf(issuer: string, value: unknown): readonly Facts[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { iss, aud, person, freshness, keys } = value as Readonly<Record<string, unknown>>;
  const isWhole = [iss, aud, person, freshness].every((text): text is string => typeof text === "string");
  if (!isWhole || !Array.isArray(keys) || keys.length === 0) return undefined;
  const configuration = { issuer, iss, aud, person, freshness } as Facts;
  return keys.every((key) => typeof key === "object" && key !== null && !Array.isArray(key))
    ? keys.map((key): Facts => ({ ...key, ...configuration }))
    : undefined;
}
