import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { hubWord, prefixOf } from "../../functions/hub-names.ts";
import { keptTaskRoles, MOST_TASK_ROLES } from "../../functions/names.ts";
import { accountText } from "./account-schema.ts";
import { hubPrefix } from "./hub-prefix.ts";
import type { Config } from "./schema.ts";

const instant = v.pipe(v.string(), v.isoTimestamp());
const roles = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_TASK_ROLES));
const lockSchema = v.strictObject({
  format: v.literal("valetkey.lock/1"),
  /** Prefix of the hub's names; absent for the default prefix. */
  prefix: v.exactOptional(hubPrefix),
  accounts: v.record(
    accountText,
    v.strictObject({
      /** Largest number of task roles that the pool was synthesised with, until a smaller pool is old enough. */
      taskRoles: roles,
      /** Smaller pool of new tasks, and its beginning. */
      smaller: v.exactOptional(v.strictObject({ taskRoles: roles, since: instant })),
      /** Time at which the deployed hub reported that nothing in the account can be alive. */
      retired: v.exactOptional(instant),
    }),
  ),
});

/**
 * Content of `valetkey.lock.json`: all accounts and task roles that this configuration was synthesised with, which may be deployed and have sessions. An
 * entry is removed once the hub reports that no session is alive, or after a time by which none can be (docs/decisions/0047).
 */
export type Lock = v.InferOutput<typeof lockSchema>;
type LockedAccount = Lock["accounts"][string];
type Pools = Pick<Config, "accounts" | "prefix">;

/** Time after which no task from before a smaller pool can be alive; milliseconds. The longest task, and half an hour. */
const LONGEST_MS = 12.5 * 3_600_000;

/** Names the lock beside a configuration. */
export const lockFile = (configFile: string): string => join(dirname(configFile), "valetkey.lock.json");

/** Reads the lock; undefined where there is none. @throws {Error} where the file is malformed. */
export function readLock(file: string): Lock | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), lockSchema), text);
  if (read.success) return read.output;
  throw new Error(`${file} cannot be read: take its last version from the repository`);
}

/** Writes the lock if it differs from the file. @returns true where the file changed. */
export function writeLock(file: string, lock: Lock): boolean {
  const before = readLock(file);
  if (before !== undefined && textOf(before) === textOf(lock)) return false;
  writeFileSync(file, textOf(lock));
  return true;
}

const textOf = (lock: Lock): string => {
  const accounts = Object.fromEntries(
    Object.entries(lock.accounts).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
  return `${JSON.stringify({ ...lock, accounts }, undefined, 2)}\n`;
};

/** Lists the accounts and task roles that the configuration drops while sessions of them may be alive, each with the steps that repair it. */
export function lockFaults(config: Pools, lock: Lock | undefined, nowMs: number): readonly string[] {
  if (lock && prefixOf(lock) !== prefixOf(config)) return [otherHub(prefixOf(lock), prefixOf(config))];
  return Object.entries(lock?.accounts ?? {}).flatMap(([id, locked]) => {
    const account = config.accounts.find((each) => each.id === id);
    if (!account) return locked.retired === undefined ? [goneFault(id)] : [];
    const kept = keptTaskRoles(account);
    if (kept >= locked.taskRoles || isOld(locked, kept, nowMs)) return [];
    return [
      `accounts: ${id} had ${locked.taskRoles} task roles, and tasks may be alive in each: set "formerTaskRoles": ${locked.taskRoles}, deploy, and take it out 12 and a half hours later`,
    ];
  });
}

/** Makes the fault of another prefix. A new hub would know nothing of the other hub's deployed accounts and live sessions. */
const otherHub = (locked: string, wanted: string): string =>
  `prefix: this folder deployed the hub ${locked}, and ${wanted} is another one: put the prefix back, and make a folder of its own for ${wanted} (npx valetkey init). If ${locked} was never deployed, delete valetkey.lock.json`;

const goneFault = (id: string): string =>
  `accounts: ${id} may be deployed and have keys alive, which nobody could revoke without it. In this order: put it back; npx valetkey accounts retire ${id} --reason "…" --yes, until it says retired; take it out; deploy the hub; delete the account's stacks. If it was never deployed, take it out of valetkey.lock.json`;

/** True where the roles beyond `kept` got no task for so long that no task of theirs is alive. */
const isOld = ({ smaller }: LockedAccount, kept: number, nowMs: number): boolean =>
  smaller !== undefined && kept >= smaller.taskRoles && nowMs - Date.parse(smaller.since) >= LONGEST_MS;

/** Computes the lock of a configuration without `lockFaults`: its accounts and roles, and former roles that may have live sessions. */
export function lockedWith(config: Pools, lock: Lock | undefined, nowMs: number): Lock {
  const before = lock?.accounts ?? {};
  return {
    format: "valetkey.lock/1",
    ...(hubWord(config) === undefined ? {} : { prefix: prefixOf(config) }),
    accounts: Object.fromEntries(
      config.accounts.map((account) => [account.id, lockedAccount(account, before[account.id], nowMs)]),
    ),
  };
}

function lockedAccount(
  account: Config["accounts"][number],
  before: LockedAccount | undefined,
  nowMs: number,
): LockedAccount {
  const kept = keptTaskRoles(account);
  const retired = before?.retired === undefined ? {} : { retired: before.retired };
  if (kept <= account.taskRoles) return { taskRoles: kept, ...retired };
  const earlier = before?.smaller;
  // If the pool shrank once more, further roles are former ones, so their time begins now.
  const since = earlier && earlier.taskRoles <= account.taskRoles ? earlier.since : new Date(nowMs).toISOString();
  return { taskRoles: kept, smaller: { taskRoles: account.taskRoles, since }, ...retired };
}

/** Lists the accounts and roles that a committed lock lacks. A build that cannot write the lock refuses them, since the next build would not know them. */
export const unlocked = (wanted: Lock, lock: Lock): readonly string[] =>
  Object.entries(wanted.accounts).flatMap(([id, { taskRoles }]) =>
    (lock.accounts[id]?.taskRoles ?? 0) >= taskRoles
      ? []
      : [
          `accounts: ${id} with ${taskRoles} task roles is not in valetkey.lock.json: run npx cdk synth, and commit the file`,
        ],
  );
