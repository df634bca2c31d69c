import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type AccountExceptions, exceptionsOf } from "../../functions/core/ceiling/exceptions.ts";
import type { Account } from "../../functions/core/deployment/deployment.ts";
import { Problem } from "../problem.ts";
import { readText } from "./read-text.ts";

/** Facts that the tools know of a target account. */
export type KnownAccount = Pick<Account, "id" | "ceiling" | "exceptions">;

/**
 * Reads the target accounts of `valetkey.json`, as far as the tools need them; none where there is no such file. Only the build checks the file.
 * @param config the file; unless given, the one in the folder of policies, as an example has it, or else the one beside the folder.
 * @throws {Problem} where the file is no JSON, or of another form, or cannot be read.
 */
export function knownAccounts(folder: string, config?: string): readonly KnownAccount[] {
  const within = join(resolve(folder), "valetkey.json");
  const file = config ?? (existsSync(within) ? within : join(dirname(resolve(folder)), "valetkey.json"));
  if (config === undefined && !existsSync(file)) return [];
  const text = readText(file);
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
