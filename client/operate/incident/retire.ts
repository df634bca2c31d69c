import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { counted } from "../../../contract/decision/counted.ts";
import { ClientError } from "../../exit-codes.ts";
import type { Reporter } from "../../reporter.ts";
import type { OperatorApi } from "../operator-api.ts";
import { type Shown, shown } from "../print/shown.ts";
import { coloured } from "../print/table.ts";

type Body = Readonly<Record<string, unknown>>;

/** File beside `valetkey.json` with the accounts and task roles that were ever synthesised. */
const LOCK = "valetkey.lock.json";

/** Names the lock beside a configuration. */
export const lockBeside = (config: string): string => join(dirname(config), LOCK);

interface Retiring {
  /** File of the lock. */
  readonly lock: string;
  readonly api: OperatorApi;
  readonly report: Reporter;
  print(body: Body, text: () => Shown): void;
}

/**
 * Retires a target account: nothing is issued there, and every task with a key there ends. Once nothing there can be alive, notes the account as retired
 * in the folder's lock. `cdk synth` then accepts its removal.
 * @throws {ClientError} later while something may be alive.
 */
export async function retire(id: string, reason: string, { lock, api, print, report }: Retiring): Promise<number> {
  const request = () =>
    report.patiently(
      "ending what lives there",
      api.call("POST /v1/accounts/{account}/halt", { parameters: { account: id }, body: { reason, retire: true } }),
    );
  let state = await request();
  let ended = state.ended_tasks ?? 0;
  while ((state.left ?? 0) > 0) {
    report.note("waiting", `${state.left} of its tasks are left ...`);
    state = await request();
    ended += state.ended_tasks ?? 0;
  }
  const isRetired = state.state === "retired";
  const isNoted = isRetired && noteRetired(lock, id, new Date().toISOString());
  print({ ...state, ended_tasks: ended, locked: isNoted }, () =>
    describe(id, { ...state, ended_tasks: ended }, isNoted, hubOf(lock)),
  );
  if (!isRetired)
    throw new ClientError("later", "retiring", `a key there may be alive until ${state.dead_by}: run it again then`);
  return 0;
}

function describe(id: string, { state, ended_tasks: ended }: Body, isNoted: boolean, hub: string): Shown {
  if (state !== "retired")
    return shown`${id} is ${coloured("retiring", "red")}: ${counted(Number(ended ?? 0), "task")} ended just now.\n`;
  const noted = isNoted ? `${LOCK} records it.` : `No ${LOCK} of this folder knows the account.`;
  return shown`${id} is ${coloured("retired", "green")}: nothing there can be alive. ${noted}

Next
  remove ${id} from valetkey.json, and commit that file with ${LOCK}
  npx cdk deploy ${hub}
  delete the account's stacks: docs/operating.md, "An account that leaves"
`;
}

/**
 * Notes in a lock that an account is retired, or, without a time, that it is not retired any more.
 * @returns true where the lock knows the account.
 */
export function noteRetired(file: string, id: string, retired: string | undefined): boolean {
  const lock = readLock(file);
  const account = lock?.accounts?.[id];
  if (!lock || !account) return false;
  const { retired: _, ...others } = account;
  const accounts = { ...lock.accounts, [id]: retired === undefined ? others : { ...others, retired } };
  writeFileSync(file, `${JSON.stringify({ ...lock, accounts }, undefined, 2)}\n`);
  return true;
}

/** Names the hub's stack of a folder's deployment. */
const hubOf = (lock: string): string => `${readLock(lock)?.prefix ?? "valetkey"}-hub`;

interface Lock {
  /** Prefix of the names of a hub beside another one. */
  readonly prefix?: string;
  readonly accounts?: Readonly<Record<string, { readonly retired?: string }>>;
}

function readLock(file: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new ClientError(
      "usage",
      "lock_unreadable",
      `${file} cannot be read: take its last version from the repository`,
    );
  }
}
