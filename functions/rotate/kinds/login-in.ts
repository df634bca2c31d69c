import {
  type Database,
  type DatabaseSession,
  LOGIN_REFUSED,
  type LoginName,
} from "../../connectors/postgres/databases.ts";
import { nameProblem, quoted } from "../../connectors/postgres/table-name.ts";
import { scramVerifier } from "../../core/connectors/scram-verifier.ts";
import { Refusal } from "../../core/refusal.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import { type RotationNeeds, unfit } from "./rotation-kind.ts";

/** Parses a JSON object; undefined for any other text. Drops the parser's message, which would quote the secret. */
export function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the login of a secret's text: `{"username": ..., "password": ...}`, as RDS writes it. Ignores other fields. @throws {Refusal} connector_refused. */
export function loginIn(text: string): LoginName {
  const { username, password } = objectIn(text) ?? {};
  if (typeof username !== "string" || typeof password !== "string") throw unfit("the value is no login");
  // PostgreSQL would truncate a longer name, which may be another user's.
  if (nameProblem(username) !== undefined) throw unfit("the user's name is none");
  return { username, password };
}

/** Returns a secret's text with another login and the other fields unchanged. */
export const withLogin = (text: string, login: LoginName): string => JSON.stringify({ ...objectIn(text), ...login });

/** Makes a random password of 256 bits, base64url. */
export const newPassword = ({ random }: Pick<RotationNeeds, "random">): string =>
  Buffer.from(random.bytes(32)).toString("base64url");

/**
 * Finds the database of a secret in the reviewed configuration. The secret's text is not used: its writer must not choose where valetkey logs in.
 * @throws {Refusal} connector_refused where the configuration has no such database.
 */
export function databaseOf({ database: name }: RotatingSecret, { deployment }: RotationNeeds): Database {
  const database = deployment.databases?.find((each) => each.name === name);
  if (!database) throw unfit("valetkey:database names none of valetkey.json");
  return database;
}

/** Returns true where the server accepts the login. @throws {Refusal} connector_unavailable where the server cannot be reached. */
export async function letsIn(database: Database, login: LoginName, { databases }: RotationNeeds): Promise<boolean> {
  try {
    await databases.sessionAs(database, login, async () => undefined);
    return true;
  } catch (error) {
    if (error instanceof Refusal && LOGIN_REFUSED.has(error.detail.why ?? "")) return false;
    throw error;
  }
}

/** Sets the login's password on the server. Sends the SCRAM verifier only, so that no statement log holds the password. */
export const setPassword = (session: DatabaseSession, login: LoginName, needs: RotationNeeds): Promise<void> =>
  session.run(passwordSql(login, needs));

export const passwordSql = ({ username, password }: LoginName, { random }: RotationNeeds): string =>
  `ALTER ROLE ${quoted(username)} PASSWORD '${scramVerifier(password, random.bytes(16))}'`;
