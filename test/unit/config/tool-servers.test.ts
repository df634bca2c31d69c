import * as v from "valibot";
import { expect, it } from "vitest";
import { toolServerFaults, toolServers, toolServersOf } from "../../../infra/config/tool-servers.ts";

const TICKETS = { tickets: { resource: "https://tickets.acme.test/mcp" } };

it("reads tool servers by the ids of their agents", () => {
  expect(toolServersOf(v.parse(toolServers, TICKETS))).toEqual([
    { id: "tickets", resource: "https://tickets.acme.test/mcp" },
  ]);
  expect(toolServerFaults(TICKETS)).toEqual([]);
  expect(toolServerFaults(undefined)).toEqual([]);
});

const refused: readonly (readonly [string, unknown])[] = [
  ["a name that no agent can have", { "Tickets!": TICKETS.tickets }],
  ["a resource over http", { tickets: { resource: "http://tickets.acme.test/mcp" } }],
  ["a resource with a query", { tickets: { resource: "https://tickets.acme.test/mcp?a=b" } }],
  ["a resource with a fragment", { tickets: { resource: "https://tickets.acme.test/mcp#a" } }],
  ["another field", { tickets: { ...TICKETS.tickets, audience: "x" } }],
];
it.each(refused)("refuses %s", (_, section) => {
  expect(v.safeParse(toolServers, section).success).toBe(false);
});

it("finds two servers with one address, however it is spelled, and an empty section", () => {
  const twins = { a1: { resource: "https://tickets.acme.test" }, b1: { resource: "https://TICKETS.acme.test/" } };
  expect(toolServerFaults(twins)).toEqual([
    'toolServers: "b1" has the resource of another, https://TICKETS.acme.test/',
  ]);
  expect(toolServerFaults({})).toEqual(["toolServers: it names none; take it out"]);
});
