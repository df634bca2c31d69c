import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES, JOURNALS } from "../../../../contract/journal-types.ts";
import { type ArchivedEvent, entryOf, sha256Of } from "../../../../functions/core/archive/entry.ts";
import { ocsfOf } from "../../../../functions/core/siem/ocsf.ts";
import type { OcsfEvent } from "../../../../functions/core/siem/ocsf-event.ts";
import { checkEvent } from "../../../fakes/checked-events.ts";
import { ocsfFaults } from "../../../judges/ocsf/ocsf-faults.ts";
import { SAMPLES, sampleOf } from "./journal-samples.ts";

const HUB = { account: "999900001111", region: "eu-central-1" };
const mapped = (event: ArchivedEvent): OcsfEvent => JSON.parse(JSON.stringify(ocsfOf(event, HUB))) as OcsfEvent;

describe("the samples of journal events", () => {
  it.each(SAMPLES.map((event) => [event.type, event] as const))("are as the contract has them: %s", (_, event) => {
    expect(() => checkEvent(event)).not.toThrow();
    expect(EVENT_TYPES[event.type].in).toContain(event.journal);
  });
});

describe("a journal event as OCSF", () => {
  it.each(SAMPLES.map((event) => [event.type, event] as const))("is valid by OCSF's own schema: %s", (_, event) => {
    expect(ocsfFaults(mapped(event))).toEqual([]);
  });

  it("has the classes that the SIEM's rules expect", () => {
    const classes = Object.fromEntries(SAMPLES.map((event) => [event.type, mapped(event).class_uid]));
    expect(classes).toMatchObject({
      "task.opened": 3003,
      "task.refused": 3003,
      "approval.voted": 3003,
      "task.ended": 3004,
      "agent.suspended": 3004,
      "panic.declared": 3004,
      "operation.refused": 6003,
      "event.refused": 6003,
    });
  });

  it("has a uid that follows from the event's content, and names the event in the archive", () => {
    const event = sampleOf("task.opened");
    const { uid, original_event_uid } = mapped(event).metadata;
    expect(uid).toBe(sha256Of(entryOf(event).bytes));
    expect(mapped({ ...event }).metadata.uid).toBe(uid);
    expect(original_event_uid).toBe("tasks/5pziufisgdts./1");
  });

  it("is not taken for another event whose hash it claims", () => {
    const event = sampleOf("task.opened");
    const hidden = { ...event, facts: { ...event.facts, agent: "other" } };
    expect(mapped(hidden).metadata.uid).not.toBe(mapped(event).metadata.uid);
  });

  it("names who acted: a person by issuer and name, an agent, a part of valetkey", () => {
    const actors = (["agent.suspended", "task.ended", "secret.rotated", "panic.declared"] as const).map(
      (type) => (mapped(sampleOf(type)).actor as { user: object }).user,
    );
    expect(actors).toEqual([
      { uid: "staff|ann", type_id: 1 },
      { uid: "ci-deployer", type_id: 4 },
      { uid: "use", type_id: 3 },
      { uid: "staff|ann", type_id: 1 },
    ]);
  });

  it("separates an agent's text, and shows what is hidden in it", () => {
    const { unmapped, message } = mapped(sampleOf("task.opened"));
    expect(unmapped).toMatchObject({ untrusted: { purpose: "deploy\\u{202E} the page" } });
    expect(message).not.toContain("deploy");
  });

  it.each([
    ["198.51.100.7", "198.51.100.7"],
    ["2001:DB8::7", "2001:db8::7"],
    ["::ffff:198.51.100.7", "::ffff:c633:6407"],
    ["fe80::1%eth0", undefined],
    ["198.51.100.256", undefined],
    ["198.51.100", undefined],
    ["198.051.100.7", undefined],
    ["::1]:80/x[", undefined],
    ["AWS Internal", undefined],
  ])("has the address %s as %s", (source_ip, ip) => {
    const { src_endpoint } = mapped({ ...sampleOf("task.opened"), facts: { source_ip } });
    expect(src_endpoint).toEqual(ip === undefined ? undefined : { ip });
  });

  it("marks a refusal as one, with its code and policies", () => {
    expect(mapped(sampleOf("task.refused"))).toMatchObject({
      action_id: 2,
      disposition_id: 2,
      status_id: 2,
      status_code: "policy_denied",
      src_endpoint: { ip: "2001:db8::7" },
    });
  });

  it.each(["task.dreamt", "constructor", ""])("rings for a type that this version does not know: %j", (type) => {
    const ocsf = mapped({ ...sampleOf("task.opened"), type });
    expect(ocsf).toMatchObject({ class_uid: 6003, activity_id: 99, severity_id: 4 });
    expect(ocsfFaults(ocsf)).toEqual([]);
  });

  const NAMES = [
    ...["agent", "subject", "by", "operator", "purpose", "detail", "details", "policies", "bundle", "leases", "lease"],
    ...[
      "approval",
      "source_ip",
      "expires_at",
      "code",
      "why",
      "reason",
      "task",
      "name",
      "server",
      "to",
      "route",
      "asked",
    ],
    ...["request", "event", "account", "requested_by", "status", "parent", "result"],
  ];
  const TEXT = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.ipV6(),
    fc.ipV4(),
    fc.constant("x\ud800y".repeat(300)),
  );
  const anyFacts = fc.dictionary(
    fc.constantFrom(...NAMES),
    fc.oneof(
      TEXT,
      fc.array(TEXT),
      fc.integer(),
      fc.double(),
      fc.jsonValue(),
      fc.array(
        fc.dictionary(fc.constantFrom("type", "actions", "statements", "name", "id"), fc.oneof(TEXT, fc.array(TEXT))),
        { maxLength: 40 },
      ),
    ),
  );
  const anyEvent = fc.record({
    journal: fc.constantFrom(...JOURNALS),
    of: TEXT,
    n: fc.nat(),
    at: fc.double(),
    facts: anyFacts,
    type: fc.oneof(fc.constantFrom(...SAMPLES.map(({ type }) => type)), TEXT),
    previous: TEXT,
    hash: TEXT,
  });

  it("is valid, bounded and plain, whatever the journal holds", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const ocsf = mapped(event as ArchivedEvent);
        expect(ocsfFaults(ocsf)).toEqual([]);
        const text = JSON.stringify(ocsf);
        expect(text.length).toBeLessThan(64 * 1_024);
        expect(
          JSON.parse(text, (_, value) => (typeof value === "string" && /[\p{C}]/u.test(value) ? fail(value) : value)),
        ).toBeDefined();
      }),
      { numRuns: 400 },
    );
  });
});

function fail(value: string): never {
  throw new Error(`not plain: ${JSON.stringify(value)}`);
}
