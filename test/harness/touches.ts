import { ancestorsOf, parentOf, type TaskPath } from "../../functions/core/task-path.ts";
import type { PortCall } from "./around-calls.ts";

/** Things of the record: `task k7f3m2q9x4ab.`, or all of a kind: `task`. */
interface Touched {
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /**
   * Lists in which the call changes its own entry. The order of such changes matters only to calls that read the list.
   */
  readonly lists?: readonly string[];
}

/**
 * Parts of the record that each port method reads and writes. A missing method counts as touching everything, which is
 * never too little. `panics.change` is missing: with it, the races end every live task.
 */
const TOUCHED: Readonly<Record<string, (of: string) => Touched>> = {
  "tokens.verify": () => ({}),
  "sessions.assume": () => ({}),
  "rateLimits.count": () => ({}),
  "loads.read": () => ({}),
  // No race has an outage of IAM.
  "loads.writes": () => ({}),
  // No race halts an account.
  "accountHalts.read": () => ({}),
  "conditions.known": () => ({ reads: ["condition"] }),
  "conditions.read": () => ({ reads: ["condition"] }),
  "setConditions.list": () => ({ reads: ["condition"] }),
  "setConditions.set": () => ({ writes: ["condition"] }),
  "heard.all": () => ({}),
  // No race cools an agent down.
  "coolDowns.until": () => ({}),
  // No race pauses an agent.
  "pauses.find": () => ({}),
  "pauses.list": () => ({}),
  // Each journal has a root of its own.
  "journal.append": () => ({}),
  "panics.read": () => ({ reads: ["panic"] }),
  "agents.withBinding": () => ({ reads: ["agent"] }),
  "agents.find": (id) => ({ reads: [`agent ${id}`] }),
  "agents.read": (id) => ({ reads: [`agent ${id}`] }),
  "agents.record": (id) => ({ reads: [`agent ${id}`] }),
  "agents.change": (id) => ({ writes: [`agent ${id}`] }),
  "agents.markUsed": () => ({}),
  "agents.history": (id) => ({ reads: [`agent ${id}`] }),
  "agents.offboarding": () => ({ reads: ["agent"] }),
  "agents.keepReport": () => ({ writes: ["report"] }),
  "agents.report": () => ({ reads: ["report"] }),
  "agents.liveTasks": () => ({ reads: ["live"] }),
  "agents.living": () => ({ reads: ["live"] }),
  // No task of the races acts for a person.
  "tasks.openedFor": () => ({ reads: ["person"] }),
  "tasks.isTokenUsed": () => ({ reads: ["request"] }),
  "tasks.read": (path) => ({ reads: [`task ${path}`] }),
  "tasks.findToken": (path) => ({ reads: [`task ${path}`] }),
  "tasks.record": () => ({ reads: ["task", "tree"] }),
  "roles.issued": () => ({ reads: ["role"] }),
  "tasks.near": () => ({ reads: ["task", "tree"] }),
  "tasks.history": (path) => ({ reads: [`task ${path}`] }),
  "tasks.below": (path) => ({ reads: [`tree ${path}`] }),
  // Keys of requests and uses of tokens count as one object. A child uses up its parent's delegation.
  "tasks.open": (path) => ({
    writes: ["request", `task ${path}`, `task ${parentOf(path as TaskPath) ?? path}`],
    lists: ["live", "role", ...treesWith(path)],
  }),
  "tasks.confirm": (path) => ({ writes: [`task ${path}`] }),
  "tasks.renew": (path) => ({ writes: [`task ${path}`], lists: ["role"] }),
  "tasks.addToken": (path) => ({ writes: [`task ${path}`, "request"] }),
  "tasks.addDelegation": (path) => ({ writes: [`task ${path}`] }),
  "tasks.removeDelegation": (path) => ({ writes: [`task ${path}`] }),
  "tasks.addPresentation": (path) => ({ writes: [`task ${path}`] }),
  "tasks.removePresentation": (path) => ({ writes: [`task ${path}`] }),
  "tasks.end": (path) => ({ writes: [`task ${path}`], lists: ["live", "role", "ending", "ended", ...treesWith(path)] }),
  "tasks.openEndings": () => ({ reads: ["ending"] }),
  "tasks.ended": () => ({ reads: ["ended"] }),
  "tasks.closeEnding": () => ({ lists: ["ending"] }),
};
const EVERYTHING: Touched = {
  writes: ["agent", "task", "live", "tree", "request", "role", "report", "panic", "ending"],
};

/** The lists that contain the task: one below each of the tasks above it. */
const treesWith = (path: string): readonly string[] => ancestorsOf(path as TaskPath).map((above) => `tree ${above}`);

/** True where the order of two calls can make a difference: one writes what the other reads or writes. */
export function touches(a: PortCall, b: PortCall): boolean {
  const [left, right] = [touchedBy(a), touchedBy(b)];
  return disturbs(left, right) || disturbs(right, left);
}

/** True where the call touches only settled kinds. */
export function isFree(call: PortCall, settled: readonly string[]): boolean {
  const { reads = [], writes = [], lists = [] } = touchedBy(call);
  return [...reads, ...writes, ...lists].every((each) => settled.includes(each.split(" ")[0] ?? ""));
}

function touchedBy(call: PortCall): Touched {
  const { port, method, of = "" } = call;
  const touched = known.get(call) ?? TOUCHED[`${port}.${method}`]?.(of) ?? EVERYTHING;
  known.set(call, touched);
  return touched;
}
/** Remembered results by call, since each call is compared with all calls before it. */
const known = new WeakMap<PortCall, Touched>();

const disturbs = ({ writes = [], lists = [] }: Touched, other: Touched): boolean =>
  writes.some((one) => overlaps(one, [...(other.writes ?? []), ...(other.lists ?? []), ...(other.reads ?? [])])) ||
  lists.some((one) => overlaps(one, other.reads ?? []));

const overlaps = (one: string, others: readonly string[]): boolean => others.some((another) => isSame(one, another));

/** A touch without an id covers all objects of its kind. */
function isSame(one: string, another: string): boolean {
  if (one === another) return true;
  return (isOfAll(one) || isOfAll(another)) && kindOf(one) === kindOf(another);
}
const kindOf = (thing: string): string | undefined => thing.split(" ", 1)[0];
const isOfAll = (thing: string): boolean => !thing.includes(" ") || thing.endsWith(" ");
