import { setTimeout as sleep } from "node:timers/promises";
import type { Cloud } from "./cloud/start-cloud.ts";
import type { DemoDatabase } from "./demo-database.ts";
import { complete, exchange } from "./tour.ts";

/** Results of the database's tour; absent where this machine has no PostgreSQL. */
export interface DatabaseReport {
  readonly login_works: boolean;
  readonly other_table_refused: boolean;
  readonly ended_login_refused: boolean;
}

const ORDERS = { type: "postgres", database: "orders", privileges: ["SELECT"], tables: ["public.orders"] };
/** Longest wait for the end of the login; milliseconds. */
const WITHIN_MS = 10_000;
/** Pause between two logins; milliseconds. */
const PAUSE_MS = 20;

/** Shows a task that gets its own login to a real PostgreSQL. The login ends with the task. */
export async function databaseTour(
  api: string,
  cloud: Cloud,
  database: DemoDatabase | { readonly why: string },
  say: (line: string) => void,
): Promise<DatabaseReport | undefined> {
  say("6. A database is no different: a task gets a login of its own, for one table.");
  if ("why" in database) {
    say(`   (left out: ${database.why})`);
    return undefined;
  }
  const answer = await exchange(api, await cloud.agents.mint({ sub: "agent:demo" }), [ORDERS]);
  const login = answer.credentials.find(({ type }) => type === "postgres");
  const { username = "", password = "" } = login ?? {};
  say(`   -> task ${answer.task.id}  login ${username}`);
  const own = await database.query({ username, password }, "SELECT * FROM public.orders");
  const other = await database.query({ username, password }, "SELECT * FROM public.customers");
  say(
    `     SELECT * FROM public.orders    -> ${own}\n     SELECT * FROM public.customers -> ${other} (insufficient_privilege)`,
  );
  const endedAt = performance.now();
  await complete(api, answer);
  // 28000: the login is disabled; 28P01: the login does not exist.
  let after = "200";
  while (after === "200" && performance.now() - endedAt < WITHIN_MS) {
    after = await database.query({ username, password }, "SELECT 1");
    await sleep(PAUSE_MS);
  }
  say(`     the task ends, and the login with it -> ${after} (${Math.round(performance.now() - endedAt)} ms)`);
  return {
    login_works: own === "200",
    other_table_refused: other === "42501",
    ended_login_refused: ["28000", "28P01"].includes(after),
  };
}
