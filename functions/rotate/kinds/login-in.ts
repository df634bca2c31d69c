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

/** A JSON object, or nothing. Not its parser's message: it would quote the secret. */
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

/** `{"username": ..., "password": ...}`, as RDS writes it, and whatever else stands beside. @throws {Refusal} connector_refused. */
export function loginIn(text: string): LoginName {
  const { username, password } = objectIn(text) ?? {};
  if (typeof username !== "string" || typeof password !== "string") throw unfit("the value is no login");
  // PostgreSQL would cut a longer name off, and mean another user.
  if (nameProblem(username) !== undefined) throw unfit("the user's name is none");
  return { username, password };
}

/** The same secret with another login in it. */
export const withLogin = (text: string, login: LoginName): string => JSON.stringify({ ...objectIn(text), ...login });

/** 256 bits. */
export const newPassword = ({ random }: Pick<RotationNeeds, "random">): string =>
  Buffer.from(random.bytes(32)).toString("base64url");

/** The reviewed configuration says where it is, and not the secret: who writes a value must not choose where we log in. */
export function databaseOf({ database: name }: RotatingSecret, { deployment }: RotationNeeds): Database {
  const database = deployment.databases?.find((each) => each.name === name);
  if (!database) throw unfit("valetkey:database names none of valetkey.json");
  return database;
}

/** Whether the server lets this login in. @throws {Refusal} connector_unavailable where it cannot be asked. */
export async function letsIn(database: Database, login: LoginName, { databases }: RotationNeeds): Promise<boolean> {
  try {
    await databases.sessionAs(database, login, async () => undefined);
    return true;
  } catch (error) {
    if (error instanceof Refusal && LOGIN_REFUSED.has(error.detail.why ?? "")) return false;
    throw error;
  }
}

/** The server keeps that password from now on; what it is sent is the verifier only, so that no log of statements holds it. */
export const setPassword = (session: DatabaseSession, login: LoginName, needs: RotationNeeds): Promise<void> =>
  session.run(passwordSql(login, needs));

export const passwordSql = ({ username, password }: LoginName, { random }: RotationNeeds): string =>
  `ALTER ROLE ${quoted(username)} PASSWORD '${scramVerifier(password, random.bytes(16))}'`;
