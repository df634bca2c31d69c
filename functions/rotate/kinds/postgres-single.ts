import type { Database, LoginName } from "../../connectors/postgres/databases.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import type { ChosenKind, Values } from "./chosen.ts";
import { databaseOf, letsIn, loginIn, newPassword, passwordSql, setPassword, withLogin } from "./login-in.ts";
import { type Promotion, type RotationNeeds, unfit } from "./rotation-kind.ts";

/**
 * Makes the kind in which a user changes its own password. Only one of the two values works at any time, so nothing changes before the last step. The last step
 * sets the password, tries it, and moves AWSCURRENT. If AWSCURRENT cannot be moved, the step restores the old password.
 */
export const postgresSingle = (needs: RotationNeeds): ChosenKind => ({
  next: (_secret, current) => withLogin(current, { ...loginIn(current), password: newPassword(needs) }),
  fits: (_secret, { current, pending }) =>
    withLogin(pending, loginIn(current)) === withLogin(current, loginIn(current)),
  set: (secret, values) => rehearse(secret, values, needs),
  test: async (secret, values) => void (await workingLogin(secret, values, needs)),
  finish: (secret, values, promotion) => finish(secret, values, promotion, needs),
  mend: (secret, current, previous) => mend(secret, current, previous, needs),
  retire: async (secret, current) =>
    needs.databases.sessionAs(databaseOf(secret, needs), loginIn(current), (session) => session.run(END_OTHERS)),
});

/** Changes the password without the commit, which proves that the server accepts the change from this user. */
async function rehearse(secret: RotatingSecret, values: Values, needs: RotationNeeds): Promise<void> {
  const login = await workingLogin(secret, values, needs);
  await needs.databases.sessionAs(databaseOf(secret, needs), login, (session) =>
    session.run(`BEGIN;\n${passwordSql(loginIn(values.pending), needs)};\nROLLBACK`),
  );
}

/** Returns the login that works: the pending one if a last step died midway, the current one otherwise. @throws {Refusal} connector_refused for neither. */
async function workingLogin(secret: RotatingSecret, values: Values, needs: RotationNeeds): Promise<LoginName> {
  for (const login of [loginIn(values.pending), loginIn(values.current)])
    if (await letsIn(databaseOf(secret, needs), login, needs)) return login;
  throw unfit("the server refuses the current login");
}

async function finish(
  secret: RotatingSecret,
  values: Values,
  promotion: Promotion,
  needs: RotationNeeds,
): Promise<void> {
  const database = databaseOf(secret, needs);
  const next = loginIn(values.pending);
  try {
    const login = await workingLogin(secret, values, needs);
    await needs.databases.sessionAs(database, login, async (session) => {
      await session.run(ALONE);
      // Another run may have finished the rotation while this one waited for the lock.
      if (await promotion.isPromoted()) return;
      await setPassword(session, next, needs);
      if (!(await letsIn(database, next, needs))) throw unfit("the server refuses the pending login");
      await promotion.promote();
    });
  } catch (error) {
    // Best effort: the original error is the one to throw.
    await putBack(database, values, promotion, needs).catch(() => undefined);
    if (!(await isDone(promotion))) throw error;
  }
}

/** Restores the password of AWSCURRENT, unless AWSCURRENT has moved. Holds the lock, so that no other run moves it meanwhile. */
async function putBack(database: Database, values: Values, promotion: Promotion, needs: RotationNeeds): Promise<void> {
  const next = loginIn(values.pending);
  if (!(await letsIn(database, next, needs))) return;
  await needs.databases.sessionAs(database, next, async (session) => {
    await session.run(ALONE);
    if (!(await isDone(promotion))) await setPassword(session, loginIn(values.current), needs);
  });
}

/** Returns true where AWSCURRENT has moved. A failed read counts as not moved, which is most likely. If it did move, the next run mends the password. */
const isDone = (promotion: Promotion): Promise<boolean> => promotion.isPromoted().catch(() => false);

/** Sets the password of AWSCURRENT if the server has the previous one, which an earlier run restored although AWSCURRENT had moved. */
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

/** SQL that locks this user against other runs until the session ends. */
const ALONE = "SELECT pg_advisory_lock(hashtext('valetkey'), hashtext(current_user))";

const END_OTHERS =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()";
