import type { MarkedEntry } from "../../core/deployment/connector-type.ts";
/** PostgreSQL database for which logins are issued: an entry of `databases` in `valetkey.json`. */
export interface Database extends MarkedEntry {
  /** Name of the database in details and policies. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Name of the database on the server. */
  readonly database: string;
  /** Name of the secret with the administrator's login: `{"username": ..., "password": ...}`. */
  readonly adminSecret: string;
}

/**
 * Returns true where a connection must use TLS with a verified host name. A loopback host, which is for development,
 * needs none: nobody can listen in.
 */
export const usesTls = ({ host }: Pick<Database, "host">): boolean => !["127.0.0.1", "::1", "localhost"].includes(host);

export type Row = Readonly<Record<string, unknown>>;

/** Connection as the database's administrator, with `search_path` set to the catalog alone. */
export interface DatabaseSession {
  /**
   * Runs one statement with parameters, and returns its rows.
   * @throws {Refusal} as `Databases.session`.
   */
  rows(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /**
   * Runs several statements in one message. A failed statement rolls its open transaction back.
   * @throws {Refusal} as `Databases.session`.
   */
  run(sql: string): Promise<void>;
}

export interface LoginName {
  readonly username: string;
  readonly password: string;
}

/** Sessions of a database's own users, and not of its administrator. */
export interface LoginSessions {
  /**
   * Does work as `Databases.session` does, logged in as that user.
   * @throws {Refusal} connector_refused where the server refuses the login, with a `why` of `LOGIN_REFUSED`.
   */
  sessionAs<T>(database: Database, login: LoginName, work: (session: DatabaseSession) => Promise<T>): Promise<T>;
}

/** SQLSTATEs of a refused login: invalid_password, invalid_authorization_specification. */
export const LOGIN_REFUSED: ReadonlySet<string> = new Set(["28P01", "28000"]);

export interface Databases {
  /**
   * Does work over one connection, closes the connection, and returns the work's result. Every wait is bounded.
   * @throws {Refusal} connector_unavailable; connector_refused where the server refuses, with its SQLSTATE as `why`.
   */
  session<T>(database: Database, work: (session: DatabaseSession) => Promise<T>): Promise<T>;
}
