import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { postgresConnector } from "../../../functions/connectors/postgres/postgres-connector.ts";
import { scramVerifier } from "../../../functions/core/connectors/scram-verifier.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { FakeDatabases } from "../../fakes/secrets/databases.ts";
import { ORDERS } from "../postgres/orders-database.ts";
import { connectorContract, planFor, type TestedConnector } from "./connector.contract.ts";

describe("the postgres connector, on a fake server", () => {
  let databases: FakeDatabases;
  let tested: TestedConnector;
  beforeAll(() => {
    databases = new FakeDatabases();
    tested = {
      connector: postgresConnector({
        deployment: { databases: [ORDERS] },
        databases,
        random: { bytes: (count) => randomBytes(count) },
      }),
      asked: () => ({ type: "postgres", database: "orders", privileges: ["SELECT"], tables: ["sales.orders"] }),
      nowSeconds: () => Math.floor(Date.now() / 1_000),
      works: async ({ username, password }) => {
        const verifier = databases.logins.get(String(username)) ?? "";
        const salt = Buffer.from(verifier.split(/[:$]/)[2] ?? "", "base64");
        return verifier === scramVerifier(String(password), salt);
      },
      doesBeside: async () => [],
      dies: true,
      remains: async ({ made }) => databases.logins.has(String(made.role)),
      forget: async ({ made }) => void databases.logins.delete(String(made.role)),
      provider: (state) => {
        databases.before = () => {
          if (state !== "well") throw new Refusal("connector_unavailable");
        };
      },
      boundMs: 1_000,
      traces: async () => JSON.stringify([databases.statements, [...databases.logins]]),
      secretsIn: ({ password }) => [String(password)],
    };
  });

  connectorContract(() => tested);

  it("names a table that does not exist", async () => {
    databases.missing.add("sales.orders");
    await expect(tested.connector.issue(planFor(tested))).rejects.toMatchObject({ code: "intent_invalid" });
    databases.missing.clear();
  });
});
