import { expect, it } from "vitest";
import { optionsFor } from "../../../functions/adapters/postgres/pg-databases.ts";
import { usesTls } from "../../../functions/connectors/postgres/databases.ts";

it.each([
  ["127.0.0.1", false],
  ["::1", false],
  ["localhost", false],
  ["db.internal", true],
  ["127.0.0.1.example.com", true],
  ["10.0.0.1", true],
])("a database at %s is spoken to over TLS: %s, and then its certificate is verified", (host, expected) => {
  const database = { name: "orders", host, port: 5_432, database: "orders", adminSecret: "databases/orders" };
  expect(usesTls(database)).toBe(expected);
  const { ssl } = optionsFor(database, { connectMs: 1, statementMs: 10 });
  expect(ssl).toEqual(expected ? { rejectUnauthorized: true } : false);
});
