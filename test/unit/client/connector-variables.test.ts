import { expect, it } from "vitest";
import { CONNECTOR_TYPES, IN_THE_WAY, VARIABLES } from "../../../client/credentials/connector-variables.ts";
import { DEFINITIONS } from "../../../functions/connectors/connectors.ts";
import { CONNECTOR_SCHEMAS } from "../../../functions/connectors/schemas.ts";

it("the client's list of connectors is that of their definitions: `npm run variables` writes it anew", () => {
  expect(CONNECTOR_TYPES).toEqual(DEFINITIONS.map(({ type }) => type));
  const having = <K extends "variables" | "variablesInTheWay">(key: K) =>
    Object.fromEntries(DEFINITIONS.flatMap((each) => (each[key] ? [[each.type, each[key]]] : [])));
  expect(VARIABLES).toEqual(having("variables"));
  expect(IN_THE_WAY).toEqual(having("variablesInTheWay"));
});

it.each(DEFINITIONS.map(({ type, variables = {} }) => [type, Object.keys(variables)] as const))(
  "variables for %s hold fields that its credentials have",
  (type, fields) => {
    expect(Object.keys(CONNECTOR_SCHEMAS[type].credential.entries)).toEqual(expect.arrayContaining([...fields]));
  },
);
