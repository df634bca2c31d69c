import { describe, expect, it } from "vitest";
import { filesIn, read, table } from "./pages.ts";

/** The row of docs/architecture.md for each file that caches something for a time. */
const ROWS = {
  "functions/adapters/dynamodb/approvals/dynamo-acceptances.ts": "acceptances of threat models",
  "functions/adapters/dynamodb/identity/dynamo-agents.ts": "bindings, agents, the last day an agent was used on",
  "functions/adapters/dynamodb/observed/dynamo-heard.ts": "an account that was heard of",
  "functions/adapters/dynamodb/stops/dynamo-cool-downs.ts": "that an agent cools down",
  "functions/adapters/dynamodb/observed/dynamo-rate-limits.ts": "who is over its rate, or has collected its refusals",
  "functions/adapters/dynamodb/leases/dynamo-role-loads.ts": "how full a role is, and whether IAM can be written there",
  "functions/adapters/eventbridge/bus-escalations.ts": "an escalation that was told of",
  "functions/adapters/oauth/oauth4webapi-providers.ts": "an OAuth provider's metadata",
  "functions/adapters/secrets-manager/secret-sealer.ts": "the key of kept tokens (sealing)",
  "functions/adapters/sts/recent-sessions.ts": "a session just issued",
  "functions/signals/handler.ts": "a security event that was passed on",
} as const;

describe("docs/architecture.md", () => {
  it("has a row for every cache that forgets after a time", () => {
    const caching = filesIn("functions", ".ts").filter((file) => read(file).includes("new TimedCache("));
    expect(caching.toSorted()).toEqual(Object.keys(ROWS).toSorted());
    const rows = table(read("docs/architecture.md"), "| what | how old at most").map(([what]) => what);
    expect(Object.values(ROWS).filter((row) => !rows.includes(row))).toEqual([]);
  });
});
