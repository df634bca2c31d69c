import type { Database, LoginName } from "../../connectors/postgres/databases.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import { databaseOf, letsIn, loginIn, newPassword, passwordSql, setPassword, withLogin } from "./login-in.ts";
import { type ChosenKind, type RotationNeeds, type Switch, unfit, type Values } from "./rotation-kind.ts";

/**
 * A user changes its own password. One of the two values is always wrong, so nothing is changed before the very last step, which sets the
 * password, tries it, moves AWSCURRENT, and takes it back where it could not be moved.
 */
export const postgresSingle = (needs: RotationNeeds): ChosenKind => ({
  next: (_secret, current) => withLogin(current, { ...loginIn(current), password: newPassword(needs) }),
  fits: (_secret, { current, pending }) =>
    withLogin(pending, loginIn(current)) === withLogin(current, loginIn(current)),
  set: (secret, values) => rehearse(secret, values, needs),
  test: async (secret, values) => void (await workingLogin(secret, values, needs)),
  finish: (secret, values, change) => finish(secret, values, change, needs),
  mend: (secret, current, previous) => mend(secret, current, previous, needs),
  retire: async (secret, current) =>
    needs.databases.sessionAs(databaseOf(secret, needs), loginIn(current), (session) => session.run(END_OTHERS)),
});

/** The server would take the new password from this user: all of it but the commit. */
async function rehearse(secret: RotatingSecret, values: Values, needs: RotationNeeds): Promise<void> {
  const login = await workingLogin(secret, values, needs);
  await needs.databases.sessionAs(databaseOf(secret, needs), login, (session) =>
    session.run(`BEGIN;\n${passwordSql(loginIn(values.pending), needs)};\nROLLBACK`),
  );
}

/** The pending login works where the last step died in the middle; otherwise the present one. @throws {Refusal} connector_refused where neither does. */
async function workingLogin(secret: RotatingSecret, values: Values, needs: RotationNeeds): Promise<LoginName> {
  for (const login of [loginIn(values.pending), loginIn(values.current)])
    if (await letsIn(databaseOf(secret, needs), login, needs)) return login;
  throw unfit("the server refuses the current login");
}

async function finish(secret: RotatingSecret, values: Values, change: Switch, needs: RotationNeeds): Promise<void> {
  const database = databaseOf(secret, needs);
  const next = loginIn(values.pending);
  try {
    const login = await workingLogin(secret, values, needs);
    await needs.databases.sessionAs(database, login, async (session) => {
      await session.run(ALONE);
      // Another run was in our place while we waited.
      if (await change.isCurrent()) return;
      await setPassword(session, next, needs);
      if (!(await letsIn(database, next, needs))) throw unfit("the server refuses the pending login");
      await change.makeCurrent();
    });
  } catch (error) {
    // What failed is what has to be told, whatever comes of this.
    await putBack(database, values, change, needs).catch(() => undefined);
    if (!(await isDone(change))) throw error;
  }
}

/** Where AWSCURRENT did not move, its password is the right one again. Under the lock, so that no other run moves it meanwhile. */
async function putBack(database: Database, values: Values, change: Switch, needs: RotationNeeds): Promise<void> {
  const next = loginIn(values.pending);
  if (!(await letsIn(database, next, needs))) return;
  await needs.databases.sessionAs(database, next, async (session) => {
    await session.run(ALONE);
    if (!(await isDone(change))) await setPassword(session, loginIn(values.current), needs);
  });
}

/** Where it cannot be asked, it most likely could not be moved either; if it was, the next run mends it. */
const isDone = (change: Switch): Promise<boolean> => change.isCurrent().catch(() => false);

/** AWSCURRENT has moved and the server has the password before it: it was put back by mistake. */
async function mend(
  secret: RotatingSecret,
  current: string,
  previous: string | undefined,
  needs: RotationNeeds,
): Promise<void> {
  const database = databaseOf(secret, needs);
  if (previous === undefined || (await letsIn(database, loginIn(current), needs))) return;
  if (loginIn(previous).username !== loginIn(current).username) throw unfit("the server refuses the current login");
  await needs.databases.sessionAs(database, loginIn(previous), async (session) => {
    await session.run(ALONE);
    await setPassword(session, loginIn(current), needs);
  });
}

/** Until the session is over, no other run is at this user. */
const ALONE = "SELECT pg_advisory_lock(hashtext('valetkey'), hashtext(current_user))";

const END_OTHERS =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()";
