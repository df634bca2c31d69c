import type { Around, PortCall } from "./around-calls.ts";
import { isFree, touches } from "./touches.ts";

/** An actor that makes port calls. Every call waits for its turn. */
export type Actor = (around: Around) => Promise<void>;

/** A call that waits: `0:tasks.read#1` is the second such call of the first actor. */
interface Waiting {
  readonly label: string;
  readonly call: PortCall;
  /** Number of calls that had been made when this one arrived. The last of them caused it. */
  readonly since: number;
  go(): void;
}

/** A place where one of several calls could have been next. */
interface Choice {
  readonly waiting: readonly Waiting[];
  readonly chosen: Waiting;
  /** Labels that need not be tried here, since an equivalent order of the calls was tried. */
  readonly asleep: Set<string>;
  /** Labels to try here: the one chosen first, and those that a run showed to race with the chosen one. */
  readonly tried: Set<string>;
  /** Earlier places whose calls have to come before the call chosen here, in any equivalent order. */
  readonly after: ReadonlySet<number>;
  /** True where all labels here are asleep. The rest of the run is then known, and only runs to its end. */
  readonly isKnown: boolean;
}

/**
 * Runs every interleaving of the actors' calls, each from the start in a world of its own. Orders that differ only in
 * calls that touch nothing in common are one (sleep sets, after P. Godefroid). Another call is tried first only where a
 * run shows that two calls race (source sets, after P. Abdulla and others). Actors must do the same in the same
 * situation. Lists are in the order of paths. For that, each actor draws its random bytes from a `seededRandom` of its
 * own.
 * @param run sets up a world and its actors, and checks the world once all of them are done.
 * @param most stops after this many runs, for actors with too many interleavings.
 * @param settled kinds of things that nobody changes here, e.g. `agent`: reading them needs no order.
 * @returns the number of runs, and whether those were all.
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

/** Random interleavings from a seed, for actors with far too many interleavings. */
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

/**
 * Runs the actors to their ends: first the choices of the path, then the first label that is awake. A known rest runs
 * without new choices.
 */
async function follow(
  actors: readonly Actor[],
  path: readonly Choice[],
  settled: readonly string[],
  pick?: (waiting: readonly Waiting[]) => Waiting | undefined,
): Promise<Choice[]> {
  const waiting: Waiting[] = [];
  const history: Choice[] = [];
  const arounds = actors.map((_, actor): Around => {
    const made = new Map<string, number>();
    return (call, work) => {
      const method = `${call.port}.${call.method}`;
      const count = made.get(method) ?? 0;
      made.set(method, count + 1);
      return new Promise<void>((go) => {
        waiting.push({ label: `${actor}:${method}#${count}`, call, since: history.length, go });
      }).then(work);
    };
  });
  const done = Promise.all(actors.map((actor, index) => actor(arounds[index] ?? unused)));
  for (;;) {
    await quiet();
    if (waiting.length === 0) break;
    const choice = choiceAt(history.length, path, history.at(-1), waiting, settled, pick);
    if (choice.isKnown) return [...history, choice];
    const isNew = history.length >= path.length - 1;
    history.push(isNew && !pick ? { ...choice, after: placedAfter(history, choice.chosen, settled) } : choice);
    waiting
      .splice(
        waiting.findIndex(({ label }) => label === choice.chosen.label),
        1,
      )[0]
      ?.go();
  }
  await done;
  return history;
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
  // A call that makes no difference to any actor runs first, without an alternative.
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

/**
 * The places that the call has to come after. An order in which the call comes before one of them is added, if it is
 * possible.
 */
function placedAfter(history: readonly Choice[], chosen: Waiting, settled: readonly string[]): ReadonlySet<number> {
  const cause = chosen.since - 1;
  const touched = isFree(chosen.call, settled)
    ? []
    : history.flatMap(({ chosen: { call } }, at) => (!isFree(call, settled) && touches(call, chosen.call) ? [at] : []));
  const direct = cause < 0 ? touched : [...touched, cause];
  const indirect = new Set(direct.flatMap((at) => [...(history[at]?.after ?? [])]));
  const after = new Set([...direct, ...indirect]);
  for (const at of touched) if (at !== cause && !indirect.has(at)) tryBefore(at, history, chosen, after);
  return after;
}

/** Adds, at the place of a call that races with a later one, the label that leads to the later one. */
function tryBefore(at: number, history: readonly Choice[], later: Waiting, after: ReadonlySet<number>): void {
  const place = history[at];
  if (!place) return;
  const between = history.flatMap((choice, each) => (each > at && !choice.after.has(at) ? [{ ...choice, each }] : []));
  const isFirst = (call: { readonly after: ReadonlySet<number> }) => !between.some(({ each }) => call.after.has(each));
  const leading = [...between, { chosen: later, after }].filter(isFirst).map(({ chosen: { label } }) => label);
  if (leading.some((label) => place.tried.has(label))) return;
  const enabled = place.waiting.map(({ label }) => label);
  const next = leading.find((label) => enabled.includes(label));
  // An unknown cause has an unknown label that leads there, so all enabled labels are added.
  for (const label of next === undefined ? enabled : [next]) place.tried.add(label);
}

/** The path up to the last place where another label, awake, can be chosen, with that label chosen. */
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

/** Resolves when no actor can go on without a call: the fakes wait for promises alone. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
