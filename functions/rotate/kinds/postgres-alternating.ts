import type { DatabaseSession } from "../../connectors/postgres/databases.ts";
import { nameProblem, quoted } from "../../connectors/postgres/table-name.ts";
import { Refusal } from "../../core/refusal.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import type { ChosenKind, Values } from "./chosen.ts";
import { databaseOf, letsIn, loginIn, newPassword, passwordSql, setPassword, withLogin } from "./login-in.ts";
import { type RotationNeeds, unfit } from "./rotation-kind.ts";

/**
 * Makes the kind that alternates between two users. The database's administrator sets a new password for the user that is not in force. The user in force is
 * not touched: a reader of the secret can log in until the next but one rotation, or until that user is retired.
 */
export const postgresAlternating = (needs: RotationNeeds): ChosenKind => ({
  next: (secret, current) => withLogin(current, { username: otherOf(secret, current), password: newPassword(needs) }),
  fits: (secret, { current, pending }) => loginIn(pending).username === otherOf(secret, current),
  set: (secret, values) => set(secret, values, needs),
  test: (secret, values) => test(secret, values, needs),
  finish: async (_secret, _values, { promote }) => promote(),
  mend: async () => undefined,
  retire: (secret, current, isStill) => retire(secret, current, isStill, needs),
});

const CLONE = "_clone";

/**
 * Returns the name of the user that is not in force. Accepts only the two users that the tag names. The administrator can set any password, so a writer of the
 * value could otherwise obtain another user's login.
 * @throws {Refusal} connector_refused.
 */
function otherOf({ user }: RotatingSecret, current: string): string {
  if (user === undefined || nameProblem(user + CLONE) !== undefined) throw unfit("valetkey:user names no user");
  const { username } = loginIn(current);
  if (username === user) return user + CLONE;
  if (username === user + CLONE) return user;
  throw unfit("the current login is of neither user that valetkey:user names");
}

async function set(secret: RotatingSecret, { current, pending }: Values, needs: RotationNeeds): Promise<void> {
  const login = loginIn(pending);
  if (login.username !== otherOf(secret, current)) throw unfit("the pending login is of the user that is in force");
  await needs.databases.session(databaseOf(secret, needs), async (session) => {
    await session.run(BEGIN);
    if (!(await exists(session, login.username))) {
      if (!login.username.endsWith(CLONE)) throw unfit("the user that valetkey:user names does not exist");
      await session.run(createClone(login.username, loginIn(current).username));
    }
    await setPassword(session, login, needs);
    await session.run("COMMIT");
  });
}

async function test(secret: RotatingSecret, { pending }: Values, needs: RotationNeeds): Promise<void> {
  const isLetIn = await letsIn(databaseOf(secret, needs), loginIn(pending), needs);
  if (!isLetIn) throw unfit("the server refuses the pending login");
}

/**
 * Gives the other user a password that nobody knows, and ends its sessions. Calls `isStill` between the change and its commit. A rotation that is about to set
 * that user's password waits for the lock; a rotation that has set it is noticed.
 * @throws {Refusal} contended where another rotation has begun.
 */
async function retire(
  secret: RotatingSecret,
  current: string,
  isStill: () => Promise<boolean>,
  needs: RotationNeeds,
): Promise<void> {
  const username = otherOf(secret, current);
  await needs.databases.session(databaseOf(secret, needs), async (session) => {
    await session.run(BEGIN);
    if (!(await exists(session, username))) return;
    // Ending a user's sessions requires membership in the user, except for a superuser.
    await session.run(
      `${passwordSql({ username, password: newPassword(needs) }, needs)};\nGRANT ${quoted(username)} TO CURRENT_USER`,
    );
    if (!(await isStill())) throw new Refusal("contended", { why: "another rotation has begun" });
    await session.run("COMMIT");
    await session.rows("SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE usename = $1", [username]);
  });
}

async function exists(session: DatabaseSession, username: string): Promise<boolean> {
  return (await session.rows("SELECT 1 FROM pg_roles WHERE rolname = $1", [username])).length > 0;
}

/** Builds the SQL for a clone with the first user's rights. Objects that the clone creates belong to the first user. */
const createClone = (clone: string, user: string): string =>
  [
    `CREATE ROLE ${quoted(clone)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS IN ROLE ${quoted(user)}`,
    `ALTER ROLE ${quoted(clone)} SET role TO ${quoted(user)}`,
  ].join(";\n");

/** SQL that begins a transaction under an advisory lock: concurrent changes of one row of the catalog would fail. */
const BEGIN = "BEGIN;\nSET LOCAL lock_timeout = '2s';\nSELECT pg_advisory_xact_lock(hashtext('valetkey'))";
