import type {
  Connector,
  GrantedDetail,
  HealthFault,
  IssuedCredential,
  LeaseTask,
  PlannedIssue,
} from "../../core/connectors/connector.ts";
import { scramVerifier } from "../../core/connectors/scram-verifier.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Random } from "../../core/random.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { leaseDeadline } from "../../core/tasks/lease-deadline.ts";
import { opaqueTask } from "../../core/tasks/opaque-task.ts";
import { revocationOf } from "../revocation-of.ts";
import { CHECK, EXTENSION_FUNCTIONS, LEFT_BEHIND, ORPHANED, PUBLIC_RISKS } from "./catalog-sql.ts";
import { type Database, type Databases, usesTls } from "./databases.ts";
import { describePostgres, narrowPostgres } from "./describe-postgres.ts";
import { type PostgresDetail, parsePostgres, tablesOf } from "./postgres-detail.ts";
import { createRole, endRole } from "./role-sql.ts";
import { tableText } from "./table-name.ts";

export interface PostgresNeeds {
  readonly deployment: Pick<Deployment, "databases">;
  readonly databases: Databases;
  readonly random: Random;
  /** Computes the verifier of a password; by default PostgreSQL's own SCRAM verifier, which takes a millisecond. */
  readonly verifierOf?: typeof scramVerifier;
}

/**
 * Makes the connector that issues logins to PostgreSQL databases, with exactly the requested privileges on the
 * requested tables.
 */
export const postgresConnector = (ports: PostgresNeeds): Connector<PostgresDetail> => ({
  type: "postgres",
  isFoundByName: true,
  parse: (detail, place) => parsePostgres(detail, place, ports.deployment.databases ?? []),
  describe: describePostgres,
  narrow: narrowPostgres,
  plan,
  issue: (planned) => issue(planned, ports),
  revoke: (lease) => revocationOf(end(lease, ports)),
  health: async () => (await Promise.all((ports.deployment.databases ?? []).map((each) => check(each, ports)))).flat(),
});

function plan(
  granted: GrantedDetail<PostgresDetail>,
  task: LeaseTask,
  nowSeconds: number,
): PlannedIssue<PostgresDetail> {
  const { detail, index, terms } = granted;
  const named = { path: task.path, name: `postgres-${index}` };
  const lease: ConnectorLease = {
    ...named,
    type: "postgres",
    detail: index,
    state: "issuing",
    startedAt: Math.floor(nowSeconds),
    expiresAt: leaseDeadline(task, terms, nowSeconds),
    made: { database: detail.database, role: roleNameOf(named) },
  };
  return { lease, detail };
}

/**
 * Issues a login in two round trips beside those of connecting. One checks the request against the catalog; the other
 * creates the login in one transaction.
 */
async function issue({ lease, detail }: PlannedIssue<PostgresDetail>, ports: PostgresNeeds): Promise<IssuedCredential> {
  const { database, role } = madeOf(lease, ports);
  const tables = tablesOf(detail);
  const password = Buffer.from(ports.random.bytes(32)).toString("base64url");
  const { verifierOf = scramVerifier } = ports;
  const verifier = verifierOf(password, ports.random.bytes(16));
  const { privileges } = detail;
  const login = { role, verifier, validUntil: lease.expiresAt, database: database.database, privileges, tables };
  await inTurn((isPolite) =>
    ports.databases.session(database, async (session) => {
      const [found] = await session.rows(CHECK, [JSON.stringify(tables), role]);
      refuseMissing(detail, found?.table_missing ?? found?.column_missing);
      // A login with the privileges of PUBLIC could do more than policy permitted.
      if (found?.risks !== 0) throw new Refusal("connector_refused", { why: "PUBLIC has privileges" });
      // Drops the login of an earlier attempt or issue, with its sessions: nobody may use its password any longer.
      if (found.role_exists === true) await session.run(endRole(role, isPolite));
      await session.run(createRole(login, isPolite));
    }),
  );
  const { host, port } = database;
  return {
    lease: { ...lease, state: "issued" },
    credential: {
      type: "postgres",
      name: lease.name,
      host,
      port,
      database: database.database,
      username: role,
      password,
      sslmode: usesTls(database) ? "verify-full" : "disable",
      expires_at: new Date(lease.expiresAt * 1_000).toISOString(),
    },
  };
}

function refuseMissing(detail: PostgresDetail, place: unknown): void {
  const table = typeof place === "number" ? tablesOf(detail)[place] : undefined;
  if (!table) return;
  throw new Refusal("intent_invalid", {
    say: `The database ${detail.database} has no table ${tableText(table)}${table.columns ? " with all of these columns" : ""}.`,
  });
}

async function end(lease: ConnectorLease, ports: PostgresNeeds): Promise<void> {
  const { database, role } = madeOf(lease, ports);
  try {
    await inTurn((isPolite) => ports.databases.session(database, (session) => session.run(endRole(role, isPolite))));
  } catch (error) {
    if (sqlStateOf(error) !== UNDEFINED_OBJECT) throw error;
  }
}

/** @throws {Refusal} connector_refused where the database was taken out of the configuration while it had logins. */
function madeOf(lease: ConnectorLease, ports: PostgresNeeds): { readonly database: Database; readonly role: string } {
  const { database: name, role } = lease.made;
  const database = ports.deployment.databases?.find((each) => each.name === name);
  if (!database || typeof role !== "string" || !ROLE_NAME.test(role))
    throw new Refusal("connector_refused", { why: "a lease on a database that is not configured" });
  return { database, role };
}

async function check(database: Database, ports: PostgresNeeds): Promise<readonly HealthFault[]> {
  try {
    const rows = await ports.databases.session(database, async (session) => [
      ...(await session.rows(PUBLIC_RISKS, [])),
      ...(await session.rows(LEFT_BEHIND, [])),
      ...(await session.rows(ORPHANED, [])),
      ...(await session.rows(EXTENSION_FUNCTIONS, [])),
    ]);
    return rows.map(({ problem, mend }) => ({
      subject: database.name,
      problem: String(problem),
      mend: String(mend),
    }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const problem = error.isOutage ? "cannot be reached" : `refuses the administrator (${error.detail.why})`;
    return [{ subject: database.name, problem }];
  }
}

const UNDEFINED_OBJECT = "42704";
/**
 * SQLSTATEs of a conflict: another transaction changed the same catalog row or holds the lock, or sessions use the
 * login.
 */
const CONTENDED = new Set(["XX000", "55P03", "40001", "40P01", "55006"]);
const ATTEMPTS = 4;

/**
 * Retries work after a conflict. Only the first attempt waits for the advisory lock, so that nobody can block the work
 * by holding the lock.
 */
async function inTurn(work: (isPolite: boolean) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt === 1);
    } catch (error) {
      if (attempt === ATTEMPTS || !CONTENDED.has(sqlStateOf(error) ?? "")) throw error;
    }
  }
}

const sqlStateOf = (error: unknown): string | undefined => (error instanceof Refusal ? error.detail.why : undefined);

/**
 * Makes the name of a lease's login: `vk_` + 32 hexadecimal characters + `_postgres_0`. The name is derived from the
 * task's path, so a login is found again after a crash. Every login can list the server's logins, so the name does not
 * reveal the path. The journal's `connector_leases` name the login.
 */
export const roleNameOf = ({ path, name }: Pick<ConnectorLease, "path" | "name">): string =>
  `vk_${opaqueTask(path, "postgres")}_${name.replaceAll("-", "_")}`;

/** Form of such a name. Only a name of this form is put into a statement as a login, wherever the name was read. */
export const ROLE_NAME = /^vk_[a-z0-9]{12,48}_postgres_[0-9]$/;
