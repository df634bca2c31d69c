import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type AccountExceptions, exceptionsOf } from "../../functions/core/ceiling/exceptions.ts";
import type { Account } from "../../functions/core/deployment/deployment.ts";
import { Problem } from "../problem.ts";

/** Facts that the tools know of a target account. */
export type KnownAccount = Pick<Account, "id" | "ceiling" | "exceptions">;

/**
 * Reads the target accounts of the `valetkey.json` that stands beside the folder of policies, as far as the tools need them; none where there is no
 * such file. Only the build checks the file.
 * @throws {Problem} where it is no JSON, or of another form.
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
    throw new Problem(`${file} cannot be read as valetkey.json`);
  }
}

function knownAccount(entry: unknown): readonly KnownAccount[] {
  const { id, ceiling, exceptions }: { id?: unknown; ceiling?: unknown; exceptions?: AccountExceptions } =
    Object(entry);
  if (typeof id !== "string") return [];
  // A fault of their form shows here, and not where the first request is decided.
  exceptionsOf(exceptions);
  return [
    {
      id,
      ...(Array.isArray(ceiling) ? { ceiling: ceiling.map(String) } : {}),
      ...(exceptions === undefined ? {} : { exceptions }),
    },
  ];
}
