import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstUsesOf } from "../../functions/adapters/dynamodb/journal/first-uses.ts";
import { type JournalRecords, journalEventsOf } from "../../functions/adapters/dynamodb/journal/journal-events.ts";
import { signedTokensOf } from "../../functions/adapters/dynamodb/journal/signed-tokens.ts";
import { collect } from "../../functions/collect/collect.ts";
import { INCOMING } from "../../functions/core/archive/batch.ts";
import {
  ASKING_EVENT,
  JOURNAL_KINDS,
  KINDS,
  REVOKING_EVENTS,
  SIGNED_KINDS,
  TTL_REMOVER,
} from "../../functions/names.ts";
import { changesIn, type StreamEvent } from "../../functions/relay/changes.ts";
import { FakeArchive } from "../fakes/archive/archive.ts";
import { archivedWorld } from "../fakes/archive/archived-world.ts";
import { FakeSiem } from "../fakes/archive/siem.ts";

/** Numbers as DynamoDB holds them: up to 38 digits, from 1e-130 to 9.9e125. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const arbitraryNumber = fc.oneof(
  fc.integer().map(String),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), fc.integer({ min: -130, max: 87 }))
    .map(([digits, power]) => `${digits}E${power}`),
  fc.constantFrom("9.9999999999999999999999999999999999999E+125", "1E-130", "123456789012345678901"),
);

/** Attribute of any type, as a record of a stream has it in JSON. */
const { attribute: arbitraryAttribute } = fc.letrec<{ attribute: Readonly<Record<string, unknown>> }>((tie) => ({
  attribute: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "binary" }).map((S) => ({ S })),
    arbitraryNumber.map((N) => ({ N })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true }),
    fc.base64String().map((B) => ({ B })),
    fc.uniqueArray(arbitraryNumber, { minLength: 1, maxLength: 3 }).map((NS) => ({ NS })),
    fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
    fc.array(tie("attribute"), { maxLength: 3 }).map((L) => ({ L })),
    fc.dictionary(fc.string(), tie("attribute"), { maxKeys: 3 }).map((M) => ({ M })),
  ),
}));

const FIELDS = [
  "of",
  "n",
  "type",
  "at",
  "facts",
  "previous",
  "hash",
  "token",
  "action",
  "resource",
  "denied",
  "first",
  "region",
  "sourceIp",
  "lease",
  "until",
  "path",
  "name",
  "kind",
];

const arbitraryImage = fc
  .record({
    prefix: fc.constantFrom(
      ...[...JOURNAL_KINDS, ...SIGNED_KINDS, "use" as const, "timer" as const, "pendingRevocation" as const].map(
        (kind) => KINDS[kind],
      ),
    ),
    fields: fc.dictionary(fc.constantFrom(...FIELDS), arbitraryAttribute),
    type: fc.option(fc.constantFrom(...REVOKING_EVENTS, ASKING_EVENT, "task.opened"), { nil: undefined }),
    state: fc.option(fc.constant("issuing"), { nil: undefined }),
  })
  .map(({ prefix, fields, type, state }) => ({
    kind: { S: "EVENT" },
    ...fields,
    ...(type ? { type: { S: type } } : {}),
    ...(state ? { lease: { M: { ...fields, state: { S: state } } } } : {}),
    pk: { S: `${prefix}k7f3m2q9x4ab` },
    sk: { S: "k7f3m2q9x4ab.#EVENT#1" },
  }));

describe("a record forged by somebody with write access to the table", () => {
  it("stops neither the collector nor the archive: the other events of the batch reach the log and the SIEM", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryImage, { minLength: 1, maxLength: 4 }), async (images) => {
        const event = { Records: images.map((NewImage) => ({ dynamodb: { NewImage } })) } as JournalRecords;
        const [{ store, settle }, proofs, siem] = [archivedWorld(), new FakeArchive(), new FakeSiem()];
        const lines: object[] = [];
        const events = journalEventsOf(event);
        const uses = firstUsesOf(event);
        await collect(
          { events, tokens: signedTokensOf(event), uses, sinceMs: 0 },
          { store, proofs, siem, clock: { nowMs: () => 0 }, log: { write: (line) => void lines.push(line) } },
        );
        expect(siem.events).toHaveLength(events.length + uses.length);
        const waiting = () => [...store.objects.keys()].filter((key) => key.startsWith(INCOMING)).length;
        expect(waiting()).toBe(Math.min(events.length, 1));
        await settle();
        expect(waiting()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("never stops the relay", () => {
    const seen = { ended: 0, halts: 0 };
    const arbitraryRecord = fc.record({
      eventName: fc.constantFrom("INSERT", "MODIFY", "REMOVE"),
      userIdentity: fc.option(fc.constant(TTL_REMOVER), { nil: undefined }),
      dynamodb: arbitraryImage.map((NewImage) => ({ Keys: { pk: NewImage.pk, sk: NewImage.sk }, NewImage })),
    });
    fc.assert(
      fc.property(fc.array(arbitraryRecord, { minLength: 1, maxLength: 4 }), (Records) => {
        const changes = changesIn({ Records } as StreamEvent);
        seen.ended += changes.endings;
        seen.halts += Number(changes.isHalt);
        for (const { account, role } of changes.roles)
          expect([typeof account, typeof role]).toEqual(["string", "string"]);
      }),
      { numRuns: 500 },
    );
    expect(seen.ended).toBeGreaterThan(5);
    expect(seen.halts).toBeGreaterThan(2);
  });
});
