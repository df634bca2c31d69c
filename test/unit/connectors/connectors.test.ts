import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ConnectorNeeds, loadConnectors } from "../../../functions/connectors/connectors.ts";
import { FakeSecretLocks } from "../../fakes/secrets/secret-locks.ts";
import { withNoProviders } from "../../harness/no-providers.ts";

const page = (name: string) => readFileSync(new URL(`../../../docs/connectors/${name}.md`, import.meta.url), "utf8");
const CONNECTORS = (await loadConnectors())(
  withNoProviders<ConnectorNeeds>({
    deployment: {},
    ownSecrets: [],
    clock: { nowMs: Date.now },
    locks: new FakeSecretLocks(Date.now),
  }),
);

describe.each(Object.entries(CONNECTORS))("the connector %s", (type, connector) => {
  it("is in the table under its own type", () => {
    expect(connector.type).toBe(type);
  });

  it("has a page with the same five points as the others, and a row in the list of them", () => {
    const rows = [...page(type).matchAll(/^- \*\*(asked|issued|ends|a crash leaves|limits)\*\*: ./gm)].map(
      ([, name]) => name,
    );
    expect(rows).toEqual(["asked", "issued", "ends", "a crash leaves", "limits"]);
    expect(page("README")).toMatch(new RegExp(`^\\| \\[\`${type}\`\\]\\(${type}\\.md\\) \\|`, "m"));
  });

  it("has nothing to be ill of where nothing is configured", async () => {
    expect(await connector.health()).toEqual([]);
  });
});
