/** A PostgreSQL database that logins are handed out to: an entry of `databases` in `valetkey.json`. */
export interface Database {
  /** As details and policies name it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Name of the database on the server. */
  readonly database: string;
  /** The secret with the administrator's login: `{"username": ..., "password": ...}`. */
  readonly adminSecret: string;
}

/** On a loopback host, which is for development, nothing listens in; everywhere else TLS with a verified name is a must. */
export const usesTls = ({ host }: Pick<Database, "host">): boolean => !["127.0.0.1", "::1", "localhost"].includes(host);

export type Row = Readonly<Record<string, unknown>>;

/** One connection as the database's administrator, with `search_path` set to the catalog alone. */
export interface DatabaseSession {
  /** The rows of one statement with parameters. @throws {Refusal} as `Databases.session`. */
  rows(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Several statements in one message. What a failed one had begun is undone. @throws {Refusal} as `Databases.session`. */
  run(sql: string): Promise<void>;
}

export interface LoginName {
  readonly username: string;
  readonly password: string;
}

/** Sessions of a database's own users, as against its administrator's. */
export interface LoginSessions {
  /**
   * As `Databases.session`, logged in as that user.
   * @throws {Refusal} connector_refused with `why` of `LOGIN_REFUSED` where the server does not let it in.
   */
  sessionAs<T>(database: Database, login: LoginName, work: (session: DatabaseSession) => Promise<T>): Promise<T>;
}

/** invalid_password, invalid_authorization_specification. */
export const LOGIN_REFUSED: ReadonlySet<string> = new Set(["28P01", "28000"]);

export interface Databases {
  /**
   * Returns what the work returns. The connection is closed afterwards; every wait is bounded.
   * @throws {Refusal} connector_unavailable; connector_refused where the server said no. `why` is its SQLSTATE.
   */
  session<T>(database: Database, work: (session: DatabaseSession) => Promise<T>): Promise<T>;
}
