import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  agentOffboard,
  agentSuspend,
  conditionSet,
  escalationDetected,
  personOffboard,
  personSignal,
  type REQUESTS,
  taskEnd,
  taskOverdue,
} from "../../contract/events.ts";
import type { BusRequestType } from "../../contract/names.ts";
import type { DeployedCondition } from "../../functions/core/deployment/deployed-condition.ts";
import type { Transmitter } from "../../functions/core/deployment/transmitter.ts";
import { taskRoleName } from "../../functions/hub-names.ts";
import { readBusEvent } from "../../functions/intake/bus-request.ts";
import { readEscalation } from "../../functions/intake/escalation-event.ts";
import { fakeWorld } from "../fakes/world/world.ts";

const NOW_MS = Date.UTC(2026, 10, 27, 12);
const NOW = NOW_MS / 1_000;
const { deployment: DEPLOYMENT } = fakeWorld().ports;
const [STAFF] = DEPLOYMENT.issuers.filter(({ name }) => name === "staff");
if (!STAFF) throw new Error("the fake world has no people");
const TRANSMITTER: Transmitter = {
  issuer: { ...STAFF, name: "idp" },
  audience: "https://valetkey.test",
  people: "staff",
  subjects: "opaque",
};
const OWN = DEPLOYMENT.bus.own;
const [PUBLISHER = OWN] = DEPLOYMENT.bus.publishers;
const SCOPES = ["hub", "account", "team", "agent"] as const;
const FREEZE: DeployedCondition = {
  ...{ name: "freeze", kind: "restricts", scopes: SCOPES, longestSeconds: 3_600 },
  bus: { publishers: [PUBLISHER], scopes: SCOPES, endsAnHour: 1 },
};
const HUB = { ...DEPLOYMENT, conditions: [FREEZE], transmitters: [TRANSMITTER] };

type Values = readonly unknown[];

/** A field: mostly one of the good values, at times an odd one, and at times left out. */
const some = (good: Values, odd: Values): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );

/** A field that may be left out. */
const optional = (good: Values, odd: Values): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 1, arbitrary: some(good, odd) }, { weight: 1, arbitrary: fc.constant(undefined) });

const ODD_TEXTS = ["a\nb", "a\u202eb", "\ud800", "\u{1f511}".repeat(129), "x".repeat(257), 7, null, ["a"]];
const words = some(["done", " ", "a".repeat(256), "\u{1f511}".repeat(128)], ["", ...ODD_TEXTS]);
const seen = optional(["s3:GetObject", "", "a".repeat(256)], ODD_TEXTS);
const version = some(["1"], ["2", 1, ""]);
const task = some(["k7f3m2q9x4ab.", "k7f3m2q9x4ab.c1x9."], ["k7f3m2q9x4ab", "K7f3m2q9x4ab.", "", 7]);
const agent = some(["demo", "a".repeat(64)], ["a", "Demo", "-a", "a-", "", 7]);
const person = some(
  ["staff|ann", "staff|a b", `staff|${"a".repeat(256)}`, "staff|\u{1f511}", "staff|a|b"],
  ["staff|", "staff| a", "staff|a ", "staff|a\u200bb", `staff|${"a".repeat(257)}`, "ann@example.com", "|ann", 7],
);
const oddPerson = fc.constantFrom(`staff|${"\u{1f511}".repeat(129)}`, "staff|a\u2028b", "staff|\ue000");
const unknown = fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant("x") });
const sha256 = ["A".repeat(43), `${"_-".repeat(21)}a`];
const noSha256 = ["A".repeat(42), "A".repeat(44), `${"A".repeat(42)}=`, 7];

const requested = { version, reason: words, requested_by: words, unknown };
const reported = { version, requested_by: fc.constant("valetkey"), unknown };
const people = fc.oneof({ weight: 9, arbitrary: person }, { weight: 1, arbitrary: oddPerson });

const setting = {
  ...requested,
  condition: some(["freeze"], ["Freeze", "", "a".repeat(33), 7]),
  scope: some(
    ["hub", `account:${PUBLISHER}`, "team:data", `team:${"a".repeat(64)}`, "agent:demo"],
    ["account:1", "agent:Demo", "team:", "team:a\nb", `team:${"a".repeat(65)}`, "Hub", "", 7],
  ),
  seconds: some([60, 3_600, 999_999], [59, 60.5, -60, "60", null]),
};

const signal = {
  ...reported,
  person: people,
  // `intake` takes any reason of the hub, and any time that is past by the clock.
  reason: some(["session-revoked", "account-purged"], [""]),
  dead_until: some([0, NOW - 0.5, NOW], [-1, "0", null]),
  transmitter: some(["idp"], [7, null]),
};

const detection = {
  ...reported,
  id: some(sha256, noSha256),
  rule: some(["E1", "E8"], ["E5", "e1", 1]),
  at: some([0, NOW, -1.5], ["0", null, true]),
  account: optional(["444455556666"], ["44445555666", "", 444455556666]),
  task: optional(["k7f3m2q9x4ab."], ["k7f3m2q9x4ab", "", 7]),
  agent: optional(["demo"], ["Demo", ""]),
  role: optional([taskRoleName(0, DEPLOYMENT)], [7, "x".repeat(257)]),
  session: seen,
  key_id: seen,
  action: seen,
  resource: seen,
  error: seen,
  source_ip: seen,
  event_id: seen,
  token_sha256: optional(sha256, noSha256),
};

type Detail = Readonly<Record<string, unknown>>;

/** Event as EventBridge hands it over. */
const put = (source: string, type: string, detail: Detail) => ({
  ...{ version: "0", id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718", source, "detail-type": type, detail },
  account: source === "valetkey" ? OWN : PUBLISHER,
  time: new Date(NOW_MS).toISOString(),
});

const isRequest = (event: unknown) => !("refused" in readBusEvent(event, HUB, NOW_MS));
const isDetection = (event: unknown) =>
  !("refused" in readEscalation(event, { ...DEPLOYMENT, account: OWN, source: "valetkey" }, NOW_MS));

type Row = readonly [
  string,
  Readonly<Record<string, fc.Arbitrary<unknown>>>,
  (typeof REQUESTS)[BusRequestType] | typeof taskOverdue | typeof personSignal | typeof escalationDetected,
  (event: unknown) => boolean,
];

const EVENTS: readonly Row[] = [
  ["requests a task's end", { ...requested, task }, taskEnd, isRequest],
  ["requests an agent's suspension", { ...requested, agent }, agentSuspend, isRequest],
  ["requests an agent's offboarding", { ...requested, agent }, agentOffboard, isRequest],
  ["requests a condition", setting, conditionSet, isRequest],
  ["requests a person's offboarding", { ...requested, person: people }, personOffboard, isRequest],
  // `intake` takes any reason of the hub.
  ["reports an overdue task", { ...reported, task, reason: some(["overdue"], [""]) }, taskOverdue, isRequest],
  ["reports a transmitter's signal", signal, personSignal, isRequest],
  ["reports an escalation", detection, escalationDetected, isDetection],
];

/** Details of events, without the fields that are left out. */
const detailsOf = (fields: Row[1]): fc.Arbitrary<Detail> =>
  fc
    .record(fields)
    .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

describe("intake and the contract take the same events", () => {
  it.each(EVENTS)("one that %s", (_, fields, { source, type, detail: schema }, isRead) => {
    fc.assert(
      fc.property(detailsOf(fields), (detail) => {
        expect(isRead(put(source, type, detail))).toBe(v.is(schema, detail));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(EVENTS)("one that %s is taken at times, and refused at times", (_, fields, { detail: schema }) => {
    const taken = fc.sample(detailsOf(fields), 300).filter((detail) => v.is(schema, detail));
    expect(taken.length).toBeGreaterThan(20);
    expect(taken.length).toBeLessThan(280);
  });
});
