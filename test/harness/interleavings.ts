import type { Around, PortCall } from "./around-calls.ts";
import { isFree, touches } from "./touches.ts";

/** Somebody who makes port calls; every one of them waits until it is its turn. */
export type Actor = (around: Around) => Promise<void>;

/** A call that waits: `0:tasks.read#1` is the second such call of the first actor. */
interface Waiting {
  readonly label: string;
  readonly call: PortCall;
  /** The number of calls that had been made when it came: it came because of the last of them. */
  readonly since: number;
  go(): void;
}

/** A place where one of several calls could have been next. */
interface Choice {
  readonly waiting: readonly Waiting[];
  readonly chosen: Waiting;
  /** Labels that need not be tried here: in another order of calls that do not touch each other, they were. */
  readonly asleep: Set<string>;
  /** Labels that are to be tried here: the one chosen first, and those that a run showed to race with what was chosen. */
  readonly tried: Set<string>;
  /** Places before this one whose calls have to come before what is chosen here, in any order that does not differ from this one. */
  readonly after: ReadonlySet<number>;
  /** Whether all of them were: then what follows is known, and is only run out. */
  readonly isKnown: boolean;
}

/**
 * Every interleaving of the actors' calls, each run from the start in a world of its own; orders that differ only in calls that touch
 * nothing in common are one (sleep sets, after P. Godefroid), and another call is tried first only where a run shows that two calls
 * race (source sets, after P. Abdulla and others). Actors must do the same in the same situation;
 * lists are in the order of paths, so an actor draws its random bytes from a `seededRandom` of its own, whoever comes first.
 * @param run sets up a world and its actors, and looks at it once all of them are done.
 * @param most stops after so many, for what is too large to be exhausted.
 * @param settled kinds of things that make no difference here, `agent` say where no agent is changed: reading them needs no order.
 * @returns how many were run, and whether that were all.
 */
export async function everyInterleaving(
  run: () => Promise<{
    readonly actors: readonly Actor[];
    readonly check: (order: readonly string[]) => Promise<void>;
  }>,
  most: number,
  settled: readonly string[] = [],
): Promise<{ readonly count: number; readonly isComplete: boolean }> {
  let path: Choice[] = [];
  let count = 0;
  do {
    const { actors, check } = await run();
    path = await follow(actors, path, settled);
    const isNew = path.every(({ isKnown }) => !isKnown);
    if (isNew) await check(path.map(({ chosen }) => chosen.label));
    count += isNew ? 1 : 0;
    path = nextPath(path);
  } while (path.length > 0 && count < most);
  return { count, isComplete: path.length === 0 };
}

/** Interleavings by chance, from a seed: for what is too large even to begin with. */
export async function someInterleavings(
  run: Parameters<typeof everyInterleaving>[0],
  count: number,
  seed: number,
): Promise<void> {
  let state = seed;
  const below = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  for (let done = 0; done < count; done += 1) {
    const { actors, check } = await run();
    const path = await follow(actors, [], [], (waiting) => waiting[below(waiting.length)]);
    await check(path.map(({ chosen }) => chosen.label));
  }
}

/** Runs the actors to their ends: the choices of the path first, then the first that is awake. What is known is left as it stands. */
async function follow(
  actors: readonly Actor[],
  path: readonly Choice[],
  settled: readonly string[],
  pick?: (waiting: readonly Waiting[]) => Waiting | undefined,
): Promise<Choice[]> {
  const waiting: Waiting[] = [];
  const taken: Choice[] = [];
  const arounds = actors.map((_, actor): Around => {
    const made = new Map<string, number>();
    return (call, work) => {
      const method = `${call.port}.${call.method}`;
      const count = made.get(method) ?? 0;
      made.set(method, count + 1);
      return new Promise<void>((go) => {
        waiting.push({ label: `${actor}:${method}#${count}`, call, since: taken.length, go });
      }).then(work);
    };
  });
  const done = Promise.all(actors.map((actor, index) => actor(arounds[index] ?? unused)));
  for (;;) {
    await quiet();
    if (waiting.length === 0) break;
    const choice = choiceAt(taken.length, path, taken.at(-1), waiting, settled, pick);
    if (choice.isKnown) return [...taken, choice];
    const isNew = taken.length >= path.length - 1;
    taken.push(isNew && !pick ? { ...choice, after: placedAfter(taken, choice.chosen, settled) } : choice);
    waiting
      .splice(
        waiting.findIndex(({ label }) => label === choice.chosen.label),
        1,
      )[0]
      ?.go();
  }
  await done;
  return taken;
}

function choiceAt(
  depth: number,
  path: readonly Choice[],
  before: Choice | undefined,
  waiting: readonly Waiting[],
  settled: readonly string[],
  pick: ((waiting: readonly Waiting[]) => Waiting | undefined) | undefined,
): Choice {
  const known = path[depth];
  if (known) {
    const chosen = waiting.find(({ label }) => label === known.chosen.label);
    if (!chosen) throw new Error(`not the same as the last time: ${known.chosen.label} does not wait`);
    return { ...known, waiting: known.waiting.length === 1 ? [chosen] : [...waiting], chosen };
  }
  const sleeps = ({ label, call }: Waiting): boolean =>
    before?.asleep.has(label) === true && !touches(call, before.chosen.call);
  const asleep = new Set(waiting.filter(sleeps).map(({ label }) => label));
  // What makes no difference to anybody comes first, and instead of nothing.
  const free = pick ? undefined : waiting.find(({ call }) => isFree(call, settled));
  const nothing = new Set<number>();
  const tried = (label: string) => new Set([label]);
  if (free) return { waiting: [free], chosen: free, asleep, tried: tried(free.label), after: nothing, isKnown: false };
  const awake = pick?.(waiting) ?? waiting.find(({ label }) => !asleep.has(label));
  const chosen = awake ?? waiting[0];
  if (!chosen) throw new RangeError("nobody waits");
  const isKnown = awake === undefined;
  return { waiting: [...waiting], chosen, asleep, tried: tried(chosen.label), after: nothing, isKnown };
}

/** The places that the call comes after; where it could have come before one of them, that is to be tried there. */
function placedAfter(taken: readonly Choice[], chosen: Waiting, settled: readonly string[]): ReadonlySet<number> {
  const cause = chosen.since - 1;
  const touched = isFree(chosen.call, settled)
    ? []
    : taken.flatMap(({ chosen: { call } }, at) => (!isFree(call, settled) && touches(call, chosen.call) ? [at] : []));
  const direct = cause < 0 ? touched : [...touched, cause];
  const indirect = new Set(direct.flatMap((at) => [...(taken[at]?.after ?? [])]));
  const after = new Set([...direct, ...indirect]);
  for (const at of touched) if (at !== cause && !indirect.has(at)) tryBefore(at, taken, chosen, after);
  return after;
}

/** Has tried, in the place of a call that races with a later one, what leads to the later one first. */
function tryBefore(at: number, taken: readonly Choice[], later: Waiting, after: ReadonlySet<number>): void {
  const place = taken[at];
  if (!place) return;
  const between = taken.flatMap((choice, each) => (each > at && !choice.after.has(at) ? [{ ...choice, each }] : []));
  const isFirst = (call: { readonly after: ReadonlySet<number> }) => !between.some(({ each }) => call.after.has(each));
  const leading = [...between, { chosen: later, after }].filter(isFirst).map(({ chosen: { label } }) => label);
  if (leading.some((label) => place.tried.has(label))) return;
  const enabled = place.waiting.map(({ label }) => label);
  const next = leading.find((label) => enabled.includes(label));
  // A cause that is not known makes what leads there unknown, too.
  for (const label of next === undefined ? enabled : [next]) place.tried.add(label);
}

/** The path up to the last place where something else, awake, can be chosen; with that chosen. */
function nextPath(path: readonly Choice[]): Choice[] {
  for (let depth = path.length - 1; depth >= 0; depth -= 1) {
    const choice = path[depth];
    if (!choice) continue;
    choice.asleep.add(choice.chosen.label);
    const other = choice.waiting.find(({ label }) => choice.tried.has(label) && !choice.asleep.has(label));
    if (other) return [...path.slice(0, depth), { ...choice, chosen: other }];
  }
  return [];
}

const unused: Around = () => Promise.reject(new RangeError("an actor without a turn"));

/** Resolves when nobody can go on without a call: the fakes do nothing but promises. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
