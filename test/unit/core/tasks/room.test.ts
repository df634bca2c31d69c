import { describe, expect, it } from "vitest";
import type { TaskPath } from "../../../../functions/core/task-path.ts";
import { placeIn } from "../../../../functions/core/tasks/room.ts";

const paths = (text: string): TaskPath[] => [...text].map((each) => each as TaskPath);
const place = (order: string, own: string, most: number, handedOut = "") =>
  placeIn(paths(order), own as TaskPath, most, new Set(paths(handedOut)));

describe("a task's place among those that count against a limit", () => {
  it.each([
    ["ab", "b", 2, "", "in"],
    ["abc", "c", 2, "", "out"],
    ["abc", "b", 2, "", "waiting"],
    ["abc", "a", 2, "", "waiting"],
    ["abc", "b", 2, "c", "out"],
    ["abc", "a", 2, "c", "waiting"],
    ["abc", "a", 2, "bc", "out"],
    // A task that is handed out and listed before it counts once.
    ["abc", "b", 2, "a", "waiting"],
    // The task itself does not count either.
    ["abc", "b", 2, "b", "waiting"],
    ["abc", "x", 2, "", "out"],
    ["ab", "x", 2, "", "in"],
  ] as const)(
    "of %s, %s is, where there may be %d and %j are handed out: %s",
    (order, own, most, handedOut, expected) => {
      expect(place(order, own, most, handedOut)).toBe(expected);
    },
  );
});

/** Stage of one request for a task. Its own entry is in the list from `written` until `gone`. */
type Stage = "idle" | "written" | "looked" | "in" | "handed out" | "leaving" | "gone";

/**
 * The requests' stages, in the order of their entries; the list as each request last read it; how many of those handed
 * out may still end.
 */
interface State {
  readonly stages: readonly Stage[];
  readonly seen: readonly (string | undefined)[];
  readonly endings: number;
}

const LISTED = new Set<Stage>(["written", "looked", "in", "handed out", "leaving"]);
const NAMES = "abcdefgh";
const listOf = ({ stages }: State) =>
  [...NAMES.slice(0, stages.length)].filter((_, index) => LISTED.has(stages[index] as Stage)).join("");

/** Every state that one step of anybody leads to. A look is two steps: the list is read, and only then who was handed out. */
function stepsFrom(state: State, most: number): State[] {
  const to = (index: number, stage: Stage, seen?: string): State => ({
    ...state,
    stages: state.stages.with(index, stage),
    seen: state.seen.with(index, seen),
  });
  return state.stages.flatMap((stage, index): State[] => {
    const own = NAMES[index] as string;
    if (stage === "idle") return [to(index, "written")];
    if (stage === "written") return [to(index, "looked", listOf(state))];
    if (stage === "looked") {
      const order = state.seen[index] ?? "";
      const handedOut = [...order].filter((each) => state.stages[NAMES.indexOf(each)] === "handed out").join("");
      const verdict = place(order, own, most, handedOut);
      return [to(index, verdict === "in" ? "in" : verdict === "out" ? "leaving" : "written")];
    }
    // STS or the record may fail once it has room.
    const failing = stage === "in" && state.endings > 0;
    if (failing) return [to(index, "handed out"), { ...to(index, "leaving"), endings: state.endings - 1 }];
    if (stage === "in") return [to(index, "handed out")];
    if (stage === "leaving") return [to(index, "gone")];
    if (stage === "handed out" && state.endings > 0) return [{ ...to(index, "gone"), endings: state.endings - 1 }];
    return [];
  });
}

const CODES = { idle: "i", written: "w", looked: "l", in: "n", "handed out": "h", leaving: "v", gone: "g" } as const;
const key = ({ stages, seen, endings }: State): string =>
  `${stages.map((stage) => CODES[stage]).join("")} ${seen.map((each) => each ?? "-").join()} ${endings}`;
const admitted = ({ stages }: State) => stages.filter((stage) => stage === "in" || stage === "handed out").length;
/** True where no request has a step left but an ending, which may happen at any time. */
const isSettled = ({ stages }: State) => stages.every((stage) => stage === "gone" || stage === "handed out");

/** Every state that can be reached, with those that each leads to. */
function explore(first: State, most: number): Map<string, { readonly state: State; readonly next: readonly string[] }> {
  const found = new Map<string, { readonly state: State; readonly next: readonly string[] }>();
  const open = [first];
  for (let state = open.pop(); state; state = open.pop()) {
    const name = key(state);
    if (found.has(name)) continue;
    const next = stepsFrom(state, most);
    found.set(name, { state, next: next.map(key) });
    open.push(...next);
  }
  return found;
}

/** Returns the states from which no settled state can be reached. */
function stuckIn(found: ReturnType<typeof explore>): readonly State[] {
  const before = new Map<string, string[]>();
  for (const [from, { next }] of found)
    for (const to of next) {
      const known = before.get(to);
      if (known) known.push(from);
      else before.set(to, [from]);
    }
  const ends = new Set<string>();
  const open = [...found].filter(([, { state }]) => isSettled(state)).map(([name]) => name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (ends.has(name)) continue;
    ends.add(name);
    open.push(...(before.get(name) ?? []));
  }
  return [...found].filter(([name]) => !ends.has(name)).map(([, { state }]) => state);
}

const start = (asking: number, endings: number, handedOut: readonly number[] = []): State => ({
  stages: Array.from({ length: asking + handedOut.length }, (_, index) =>
    handedOut.includes(index) ? "handed out" : "idle",
  ),
  seen: Array(asking + handedOut.length).fill(undefined),
  endings,
});

/** Expects at most `most` in every state, at least `atLeast` in each settled one, and a way to settle from each. */
function expectSound(found: ReturnType<typeof explore>, most: number, atLeast: number): void {
  const states = [...found.values()].map(({ state }) => state);
  expect(states.filter((state) => admitted(state) > most)).toEqual([]);
  expect(states.filter((state) => isSettled(state) && admitted(state) < atLeast)).toEqual([]);
  expect(stuckIn(found)).toEqual([]);
}

describe("in every interleaving of writes, looks, answers and withdrawals", () => {
  const cases = [
    ...[1, 2, 3, 4].flatMap((asking) => [1, 2, 3].map((most) => [asking, most] as const)),
    // 200,000 states.
    [5, 2] as const,
  ];

  it.each(cases)(
    "of %d simultaneous requests where there may be %d, as many as fit are given, and never more",
    (asking, most) => {
      const found = explore(start(asking, 0), most);
      expectSound(found, most, Math.min(asking, most));
    },
  );

  it.each([
    [3, 2, [0]],
    [3, 2, [3]],
    [3, 3, [1, 4]],
    [4, 3, [2]],
  ] as const)(
    "%d requests, up to %d, beside tasks that exist already, wherever in the order",
    (asking, most, handedOut) => {
      const found = explore(start(asking, 0, handedOut), most);
      expectSound(found, most, most);
    },
  );

  it.each([
    [3, 1, 1],
    [4, 2, 1],
    [4, 2, 2],
  ])(
    "%d requests, up to %d, while %d of those that were given end: never more, and nobody waits for ever",
    (asking, most, endings) => {
      const found = explore(start(asking, endings), most);
      expectSound(found, most, 0);
    },
  );
});
