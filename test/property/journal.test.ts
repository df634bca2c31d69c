import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventType } from "../../contract/journal-types.ts";
import {
  EMPTY_CHAIN,
  type Fact,
  type Facts,
  headOf,
  isWholeChain,
  type JournalEvent,
  linkEvent,
} from "../../functions/core/journal/event.ts";

const { facts } = fc.letrec<{ fact: Fact | undefined; facts: Facts }>((tie) => ({
  fact: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("fact"), { maxLength: 3 }) as fc.Arbitrary<Fact>,
    tie("facts"),
  ),
  facts: fc.dictionary(fc.string(), tie("fact"), { maxKeys: 4, noNullPrototype: true }),
}));

const step = fc.record({
  type: fc.constantFrom<EventType>("task.opened", "lease.renewed", "task.ended"),
  at: fc.integer({ min: 0, max: 2 ** 42 }),
  facts,
});

const chain = fc.array(step, { minLength: 1, maxLength: 6 }).map((steps) => {
  const events: JournalEvent[] = [];
  for (const { type, at, facts } of steps) {
    const before = events.at(-1);
    events.push(linkEvent(before ? headOf(before) : EMPTY_CHAIN, "k7f3m2q9x4ab.", type, at, facts));
  }
  return events;
});

/** One field of one event changed, to a value whose JSON differs from the one before. */
const changed = (event: JournalEvent, field: keyof JournalEvent, other: JournalEvent): JournalEvent => ({
  ...event,
  [field]: JSON.stringify(event[field]) === JSON.stringify(other[field]) ? "none of them" : other[field],
});
const FIELDS = ["of", "n", "type", "at", "facts", "previous", "hash"] as const;

/** A value as a store returns it: through JSON, with its attributes in another order. */
const stored = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(stored)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([name, inner]) => [name, stored(inner)]),
        )
      : value;

describe("I7: the chain of a task's events", () => {
  it("verifies as it was written, and as a store returns it", () => {
    fc.assert(
      fc.property(chain, (events) => {
        expect(isWholeChain(events)).toBe(true);
        expect(isWholeChain(stored(JSON.parse(JSON.stringify(events))) as JournalEvent[])).toBe(true);
      }),
    );
  });

  it("fails after any change of any field of any event", () => {
    fc.assert(
      fc.property(chain, chain, fc.nat(), fc.constantFrom(...FIELDS), (events, others, place, field) => {
        const at = place % events.length;
        const [event, other] = [events[at], others[0]];
        if (!event || !other) throw new RangeError("chains are not empty");
        expect(isWholeChain(events.with(at, changed(event, field, other)))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("fails after a change deep in the facts", () => {
    fc.assert(
      fc.property(chain, fc.nat(), facts, (events, place, other) => {
        const at = place % events.length;
        const event = events[at];
        if (!event) throw new RangeError("chains are not empty");
        const wrapped = { ...event, facts: { ...event.facts, wrapped: other } };
        fc.pre(JSON.stringify(wrapped.facts) !== JSON.stringify(event.facts));
        expect(isWholeChain(events.with(at, wrapped))).toBe(false);
      }),
    );
  });

  it("fails after any swap of two events", () => {
    fc.assert(
      fc.property(chain, fc.nat(), fc.nat(), (events, a, b) => {
        const [left, right] = [a % events.length, b % events.length];
        const [one, other] = [events[left], events[right]];
        fc.pre(left !== right);
        if (!one || !other) throw new RangeError("places are in the chain");
        expect(isWholeChain(events.with(left, other).with(right, one))).toBe(false);
      }),
    );
  });

  it("fails after any removal: of an inner event by the chain itself, of the last by the recorded head", () => {
    fc.assert(
      fc.property(chain, fc.nat(), fc.integer({ min: 1, max: 6 }), (events, place, count) => {
        const at = place % events.length;
        const left = events.toSpliced(at, count);
        const head = left.map(headOf).at(-1) ?? EMPTY_CHAIN;
        expect(isWholeChain(left) && head.hash === events.at(-1)?.hash).toBe(false);
      }),
    );
  });

  it("fails where an event is replaced by the same event of another task", () => {
    fc.assert(
      fc.property(chain, chain, fc.nat(), (events, others, place) => {
        const at = place % Math.min(events.length, others.length);
        const stranger = others[at];
        if (!stranger) throw new RangeError("places are in the chain");
        fc.pre(stranger.hash !== events[at]?.hash);
        const mixed = events.with(at, stranger);
        expect(isWholeChain(mixed) && mixed.at(-1)?.hash === events.at(-1)?.hash).toBe(false);
      }),
    );
  });

  it("fails after any insertion of an event", () => {
    fc.assert(
      fc.property(chain, chain, fc.nat(), (events, others, place) => {
        const at = place % (events.length + 1);
        const stranger = others[at % others.length];
        if (!stranger) throw new RangeError("chains are not empty");
        const longer = events.toSpliced(at, 0, stranger);
        // A first event inserted at the start makes a valid chain of its own. The recorded head reveals it.
        expect(isWholeChain(longer) && headOf(longer.at(-1) ?? stranger).hash === events.at(-1)?.hash).toBe(false);
      }),
    );
  });
});
