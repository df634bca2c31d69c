import { expect, it } from "vitest";
import { type Connector, type Connectors, connectorOf } from "../../../../functions/core/connectors/connector.ts";
import { typesOf } from "../../../../functions/core/intent/detail-reader.ts";

const OAUTH = { type: "oauth" } as Connector;
const GITHUB = { type: "github" } as Connector;
const CONNECTORS: Connectors = { oauth: OAUTH, github: GITHUB };

it("names the types of connectors in the order of their list", () => {
  expect(typesOf(CONNECTORS)).toEqual(["oauth", "github"]);
});

it.each([
  ["github", GITHUB],
  ["oauth", OAUTH],
  ["postgres", undefined],
  ["constructor", undefined],
  ["__proto__", undefined],
  ["", undefined],
])("finds for the type %j the function's own connector, and nothing that every object has", (type, connector) => {
  expect(connectorOf(type, CONNECTORS)).toBe(connector);
});
