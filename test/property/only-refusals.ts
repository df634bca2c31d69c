import fc from "fast-check";
import { Refusal } from "../../functions/core/refusal.ts";

/** Returns the result, or `undefined` for a refusal. Any other error is a bug and is rethrown. */
export function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Any JSON, with names and values that are awkward in JavaScript. */
const AWKWARD = ["__proto__", "constructor", "toString", "length", "", "\ud800", "\u202e", "*", `\${x}`];
export const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 0, -0, 1.5, 1e300, ...AWKWARD),
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...AWKWARD), fc.string()), tie("tree")), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).tree;

/** The good value unchanged, or with one part replaced, removed or added at any depth. */
export const nearly = (good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 2, arbitrary: good },
    {
      weight: 5,
      arbitrary: fc.tuple(good, fc.nat(), json).map(([value, place, other]) => changeAt(value, place, other)),
    },
    { weight: 1, arbitrary: json },
  );

function changeAt(value: unknown, place: number, other: unknown): unknown {
  if (typeof value !== "object" || value === null) return other;
  const names = Object.keys(value);
  const choice = place % (names.length + 2);
  const rest = Math.floor(place / (names.length + 2));
  if (Array.isArray(value)) {
    if (choice >= names.length) return choice === names.length ? [...value, other] : other;
    return value.with(choice, changeAt(value[choice], rest, other));
  }
  const record = value as Readonly<Record<string, unknown>>;
  const name = names[choice];
  if (name === undefined)
    return choice === names.length ? { ...record, [AWKWARD[rest % AWKWARD.length] ?? ""]: other } : other;
  if (rest % 5 === 4) return Object.fromEntries(Object.entries(record).filter(([each]) => each !== name));
  return { ...record, [name]: changeAt(record[name], rest, other) };
}
