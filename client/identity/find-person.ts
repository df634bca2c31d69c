import { ClientError } from "../exit-codes.ts";
import type { IdentitySource } from "./source.ts";

/** Source of a person's token: an existing token, or a sign-in of the person for this task. */
export type PersonSource = IdentitySource | { readonly kind: "login" };

/**
 * Finds the source of the person's token: a file, an address, `env` for VALETKEY_PERSON_TOKEN, or `login` for a sign-in. The command line must choose
 * it, so that a variable alone never makes a command act for a person.
 * @throws {ClientError} usage where the variable is empty.
 */
export function findPerson(from: string, env: NodeJS.ProcessEnv): PersonSource {
  if (from === "login") return { kind: "login" };
  if (/^https?:/.test(from)) return { kind: "url", url: from };
  if (from !== "env") return { kind: "file", path: from };
  const token = env.VALETKEY_PERSON_TOKEN;
  if (token) return { kind: "token", token };
  throw new ClientError(
    "usage",
    "usage",
    "--on-behalf-of env reads the person's token from VALETKEY_PERSON_TOKEN, which is empty",
  );
}
