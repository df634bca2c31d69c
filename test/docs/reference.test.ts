import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { escalationDetected, REPORTS, REQUESTS } from "../../contract/events.ts";
import { EVENT_TYPES } from "../../contract/journal-types.ts";
import { LIMITS, RENEWAL_SECONDS, TASK_SECONDS } from "../../contract/limits.ts";
import { MESSAGE_TYPES, webhookMessage } from "../../contract/messages.ts";
import { CALLERS } from "../../contract/operation.ts";
import { REFUSALS } from "../../contract/refusals.ts";
import { DENY_WORK, PAIR_WORK, PLANNING_WORK } from "../../functions/connectors/aws/planning-work.ts";
import { PRESETS } from "../../functions/core/identity/presets.ts";
import { SESSION_POLICY_CHARACTERS } from "../../functions/core/policy/compile.ts";
import { ROUTES } from "../../functions/routes.ts";
import { journalPage } from "../../tools/journal-page.ts";
import { filesIn, read, table } from "./pages.ts";

const EVENTS = [...Object.values(REQUESTS), ...REPORTS];

describe("the reference", () => {
  it("docs/reference/routes.md lists every route as the route table has it", () => {
    const rows = ROUTES.map(({ method, path, caller, summary }) => [`\`${method} ${path}\``, CALLERS[caller], summary]);
    const listed = table(read("docs/reference/routes.md"), "| route | accepts");
    expect(listed.toSorted()).toEqual(rows.toSorted());
  });

  it("docs/reference/journal.md is what npm run journal writes", () => {
    expect(read("docs/reference/journal.md")).toBe(journalPage());
  });

  it("docs/concepts.md lists the steps of a request in the order of exchange.ts", () => {
    const source = read("functions/exchange/exchange.ts");
    const body = source.slice(source.indexOf("export function exchange"));
    const steps = table(read("docs/concepts.md"), "| step | turns").map(([step = ""]) => step.replaceAll("`", ""));
    const places = steps.map((step) => body.indexOf(`${step}(`));
    expect(steps.length).toBeGreaterThan(3);
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("docs/reference/refusals.md explains only errors that exist", () => {
    const named = read("docs/reference/refusals.md")
      .split("\n")
      .flatMap((line) => /^\|([^|]*)\|/.exec(line)?.slice(1) ?? [])
      .flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name));
    const known = new Set<string>(Object.entries(REFUSALS).flatMap(([code, [, error]]) => [code, error]));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(8);
  });

  it("docs/events.md lists every event of approvals, with the function that writes it, and both types of notices", () => {
    const page = read("docs/events.md");
    const types = Object.keys(EVENT_TYPES).filter((type) => type.startsWith("approval."));
    const rows = table(page, "| event | written by").map((cells) => cells.map((cell) => cell.replaceAll("`", "")));
    expect(rows.map(([type]) => type)).toEqual(types);
    for (const [type = "", writer = ""] of rows) {
      const writes = filesIn(`functions/${writer}`, ".ts").some((file) => read(file).includes(`"${type}"`));
      expect([type, writer, writes]).toEqual([type, writer, true]);
    }
    const notices = table(page, "| `type` | when").map(([type = ""]) => type.replaceAll("`", ""));
    expect(notices).toEqual([...MESSAGE_TYPES]);
  });

  it("docs/events.md lists every event of the bus with its fields, and shows a message as it is sent", () => {
    const page = read("docs/events.md");
    const named = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    const rows = table(page, "| `source` | `detail-type`").map(([source, type, detail = ""]) => [
      ...[source, type],
      named(detail),
    ]);
    const fieldsOf = ({ detail }: (typeof EVENTS)[number], isOptional: boolean) =>
      Object.entries<v.GenericSchema>(detail.entries)
        .filter(([, { type }]) => (type === "exact_optional") === isOptional)
        .map(([name]) => name);
    expect(rows).toEqual(EVENTS.map((event) => [`\`${event.source}\``, `\`${event.type}\``, fieldsOf(event, false)]));
    const [, seen = ""] = /^What was seen is ([^.]*)\./m.exec(page) ?? [];
    expect(named(seen)).toEqual(fieldsOf(escalationDetected, true));
    const [, shown = ""] = /```json\n(\{\n {2}"type"[^`]*)```/.exec(page) ?? [];
    expect(v.safeParse(webhookMessage, JSON.parse(shown)).issues).toBeUndefined();
  });

  it("docs/reference/identity.md lists every preset with its pin and how often a token may be used", () => {
    const rows = table(read("docs/reference/identity.md"), "| preset | issuer").map(([preset, , pin, use]) => [
      preset,
      pin,
      use,
    ]);
    expect(rows).toEqual(
      Object.entries(PRESETS).map(([name, { pin, replay }]) => [
        `\`${name}\``,
        `\`${pin}\``,
        replay.mode === "window" ? `until it expires, ${replay.cap} times` : "once",
      ]),
    );
  });

  it("docs/design.md gives the limits of a request as the code has them", () => {
    const limits = Object.fromEntries(table(read("docs/design.md"), "| what | limit |"));
    const count = (number: number) => number.toLocaleString("en-US");
    expect(limits).toEqual({
      body: `${count(LIMITS.bodyBytes)} bytes`,
      "dividing the request into sessions": `${count(PLANNING_WORK)} units: the square of an action's pairs, ${PAIR_WORK} for a pair and ${DENY_WORK} for a Deny, at each compilation; each Deny by each Allow of another detail`,
      details: String(LIMITS.details),
      "statements in a detail": String(LIMITS.statements),
      "pairs of action and target": String(LIMITS.pairs),
      "AWS sessions": String(LIMITS.leases),
      "an ARN": `${LIMITS.arnCharacters} characters`,
      "the purpose": `1 to ${LIMITS.purposeCharacters} characters`,
      "the session policy": `${count(SESSION_POLICY_CHARACTERS)} characters, which is STS's limit`,
      "a task's life": `${TASK_SECONDS.default} s unless asked otherwise, ${count(TASK_SECONDS.most)} s at most`,
      "STS calls for one lease": `one in ${RENEWAL_SECONDS} seconds`,
    });
  });
});
