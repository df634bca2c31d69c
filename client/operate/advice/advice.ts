import { counted } from "../../../contract/decision/counted.ts";
import { isUse, usesOfGrants } from "../../../contract/decision/uses-of-grants.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { groupedBy } from "../../grouped-by.ts";
import type { ListedTask } from "../tasks/ended-tasks.ts";

type LedgerRow = Pick<
  ReadAnswer<"GET /v1/tasks/{task}/ledger">["rows"][number],
  "action" | "resource" | "granted" | "used" | "visibility" | "first" | "region"
>;
type Details = ListedTask["authorization_details"];
type AwsDetail = Extract<Details[number], { readonly actions: readonly string[] }>;

/** Least number of tasks, and least time between the first and the last of them, before an unused pair counts as unused. */
export const LEAST = { tasks: 20, days: 14 } as const;
const DAY_MS = 86_400_000;

/** Ended task with the rows of its ledger. */
export interface ReadTask {
  readonly endedAtMs: number;
  /** Grants, as the service describes them. */
  readonly details: Details;
  readonly rows: readonly LedgerRow[];
}

/** Granted action on a resource, over all tasks. */
export interface AdvisedPair {
  readonly account: string;
  readonly action: string;
  readonly resource: string;
  /** Tasks in which the pair was granted, and used or tried. */
  readonly granted: number;
  readonly used: number;
  /** `unused`: can be removed. `not_seen`: its use is unknown. `too_little`: granted in too few tasks, or over too short a time. */
  readonly verdict: "unused" | "used" | "not_seen" | "too_little";
}

export interface Advice {
  readonly tasks: number;
  readonly days: number;
  /** Missing data, in words; undefined where there is enough. */
  readonly missing: string | undefined;
  readonly pairs: readonly AdvisedPair[];
  /** Actions that are unused on every resource on which they were granted, in order. */
  readonly actions: readonly string[];
  /** Rest of the grants, as authorization_details. */
  readonly intent: readonly AwsDetail[];
}

interface Count {
  readonly account: string;
  readonly action: string;
  readonly resource: string;
  granted: number;
  used: number;
  unseen: number;
  readonly atMs: number[];
}

/**
 * Computes what an agent was granted and never used. Keeps a grant in doubt: a pair counts as unused only where every task with it shows so. An agent
 * can keep a grant by using it, and lose one by not using it. Neither changes a policy by itself.
 */
export function adviceOf(tasks: readonly ReadTask[]): Advice {
  const counts = new Map<string, Count>();
  const regions = forwardedRegions(tasks);
  for (const { details, rows, endedAtMs } of tasks) {
    const pairsOfTask = pairsOf(details);
    const useOf = usesOfGrants(rows, pairsOfTask);
    for (const pair of pairsOfTask) {
      const name = JSON.stringify([pair.account, pair.action, pair.resource]);
      const count = counts.get(name) ?? { ...pair, granted: 0, used: 0, unseen: 0, atMs: [] };
      const use = useOf(pair);
      count.granted += 1;
      count.atMs.push(endedAtMs);
      if (use === "used") count.used += 1;
      else if (use === "not_seen" || !isForwarded(pair, regions)) count.unseen += 1;
      counts.set(name, count);
    }
  }
  const pairs = [...counts.values()].map(advised).toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  const kept = new Set(pairs.filter(({ verdict }) => verdict !== "unused").map(({ action }) => action));
  const gone = pairs.filter(({ verdict }) => verdict === "unused").map(({ action }) => action);
  const days = spanDays(tasks.map(({ endedAtMs }) => endedAtMs));
  return {
    tasks: tasks.length,
    days,
    missing: missingOf(tasks.length, days),
    pairs,
    actions: [...new Set(gone)].filter((action) => !kept.has(action)).sort(),
    intent: intentOf(pairs.filter(({ verdict }) => verdict !== "unused")),
  };
}

function advised({ account, action, resource, granted, used, unseen, atMs }: Count): AdvisedPair {
  const pair = { account, action, resource, granted, used };
  if (used > 0) return { ...pair, verdict: "used" };
  if (unseen > 0) return { ...pair, verdict: "not_seen" };
  const isEnough = granted >= LEAST.tasks && spanDays(atMs) >= LEAST.days;
  return { ...pair, verdict: isEnough ? "unused" : "too_little" };
}

function missingOf(tasks: number, days: number): string | undefined {
  const wanted = [
    ...(tasks < LEAST.tasks ? [`${counted(LEAST.tasks - tasks, "more task")} (${tasks} of ${LEAST.tasks})`] : []),
    ...(days < LEAST.days ? [`tasks over ${LEAST.days} days (they are over ${days})`] : []),
  ];
  return wanted.length === 0 ? undefined : wanted.join(", and ");
}

const spanDays = (atMs: readonly number[]): number =>
  atMs.length === 0 ? 0 : Math.floor((Math.max(...atMs) - Math.min(...atMs)) / DAY_MS);

const order = ({ account, action, resource }: AdvisedPair): string => [account, action, resource].join(" ");

/** Lists the Regions whose calls have reached the hub, by account. An account without a trail has none, and a rule forwards only some Regions. */
function forwardedRegions(tasks: readonly ReadTask[]): ReadonlyMap<string, ReadonlySet<string | undefined>> {
  const forwarded = new Map<string, Set<string | undefined>>();
  for (const { details, rows } of tasks)
    for (const { account } of pairsOf(details)) {
      const regions = forwarded.get(account) ?? new Set();
      for (const row of rows) if (isUse(row)) regions.add(row.region);
      forwarded.set(account, regions);
    }
  return forwarded;
}

/** True where a call on the resource would have reached the hub: calls of its account did, and of its Region where the ARN names one. */
function isForwarded(
  { account, resource }: Pair,
  regions: ReadonlyMap<string, ReadonlySet<string | undefined>>,
): boolean {
  const forwarded = regions.get(account) ?? new Set();
  const region = resource.split(":")[3] ?? "";
  return forwarded.size > 0 && (region === "" || forwarded.has(region));
}

interface Pair {
  readonly account: string;
  readonly action: string;
  readonly resource: string;
}

/** Lists the granted pairs of AWS. */
const pairsOf = (details: Details): readonly Pair[] =>
  details
    .filter(isOfAws)
    .flatMap(({ account, actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => ({ account, action, resource }))),
    );

const isOfAws = (detail: Details[number]): detail is AwsDetail => detail.type === "aws";

/** Joins pairs to details: actions of one account with the same resources become one detail. */
function intentOf(pairs: readonly AdvisedPair[]): readonly AwsDetail[] {
  const byAction = groupedBy(pairs, ({ account, action }) => JSON.stringify([account, action]));
  const byResources = groupedBy(byAction, ([name, own]) =>
    JSON.stringify([JSON.parse(name)[0], own.map(({ resource }) => resource).sort()]),
  );
  return [...byResources].map(([name, group]) => {
    const [account, resources] = JSON.parse(name) as [string, readonly string[]];
    return { type: "aws", account, actions: group.map(([each]) => JSON.parse(each)[1]), resources };
  });
}
