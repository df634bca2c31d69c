import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ORPHANED } from "../../../functions/connectors/postgres/catalog-sql.ts";
import type { Database } from "../../../functions/connectors/postgres/databases.ts";
import { postgresConnector } from "../../../functions/connectors/postgres/postgres-connector.ts";
import type { Connector } from "../../../functions/core/connectors/connector.ts";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../local/running-postgres.ts";
import { planFor } from "../connectors/connector.contract.ts";
import { adminDatabases, connectWith, ORDERS, setUpOrders } from "./orders-database.ts";

const ROUNDS = 25;

describe.skipIf(whyNoPostgres !== undefined)("I5: a login whose holder keeps connecting", () => {
  let postgres: RunningPostgres;
  let orders: Database;
  beforeAll(async () => {
    postgres = await startPostgres();
    await setUpOrders(postgres);
    orders = { ...ORDERS, port: postgres.port };
  });
  afterAll(() => postgres?.close());

  it("has no session left once it is revoked, and no session is reported as orphaned", async () => {
    const connector: Connector = postgresConnector({
      deployment: { databases: [orders] },
      databases: adminDatabases(),
      random: { bytes: (count) => randomBytes(count) },
    });
    const detail = { type: "postgres", database: "orders", privileges: ["SELECT"], tables: ["sales.orders"] };
    const root = await postgres.connect({ database: "orders" });
    for (let round = 0; round < ROUNDS; round += 1) {
      const plan = planFor({ connector, asked: () => detail, nowSeconds: () => Math.floor(Date.now() / 1_000) });
      const { lease, credential } = await connector.issue(plan);
      let isOver = false;
      const holders = Array.from({ length: 4 }, async () => {
        while (!isOver) await connectWith(postgres, credential).catch(() => undefined);
      });
      expect(await connector.revoke(lease)).toBe("revoked");
      isOver = true;
      await Promise.all(holders);
      expect((await root.query(ORPHANED)).rows).toEqual([]);
    }
    await root.end();
  });
});
