import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Account } from "../../functions/core/deployment/deployment.ts";
import { Problem } from "../problem.ts";

/** What the tools know of a target account. */
export type KnownAccount = Pick<Account, "id" | "ceiling">;

/**
 * Reads the target accounts of the `valetkey.json` that stands beside the folder of policies, as far as the tools need them; none where there is no
 * such file. Only the build checks the file.
 * @throws {Problem} where it is no JSON.
 */
export function knownAccounts(folder: string): readonly KnownAccount[] {
  const file = join(dirname(resolve(folder)), "valetkey.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  try {
    const { accounts }: { accounts?: unknown } = Object(JSON.parse(text));
    return (Array.isArray(accounts) ? accounts : []).flatMap(knownAccount);
  } catch {
    throw new Problem(`${file} is not JSON`);
  }
}

function knownAccount(entry: unknown): readonly KnownAccount[] {
  const { id, ceiling }: { id?: unknown; ceiling?: unknown } = Object(entry);
  if (typeof id !== "string") return [];
  return [{ id, ...(Array.isArray(ceiling) ? { ceiling: ceiling.map(String) } : {}) }];
}
