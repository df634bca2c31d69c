import { matchesGlob } from "node:path";

/** Every test file: what `npm run test:all` runs. */
export const ALL = "test/**/*.test.ts";

/**
 * Tests that `npm test` leaves to `npm run test:all`, by what they try. Every other test file is in the daily ring: a
 * new file is in it until a glob here names it.
 */
export const LEFT_TO_ALL = {
  "whole clouds": [
    "test/contract/**/*-in-cloud.test.ts",
    "test/contract/{action,audit-of-a-bucket,deadlines,doctor-{before,counts}*,events,hub-redeems-codes,login}.test.ts",
    "test/contract/{mcp-*,oauth4webapi,owner-migration,probe-sessions,recipes*,restored-table,tool-guard}.test.ts",
    "test/contract/local/*.test.ts",
    "test/infra/{foreign-principals,rights-in-use}.test.ts",
  ],
  "lost calls": ["test/faults/lost-*.test.ts"],
  "outages of IAM": ["test/faults/iam-outage.test.ts"],
  packages: ["test/contract/package/*.test.ts", "test/unit/doctor/synthesise.test.ts"],
  "what the MCP SDK and gRPC check": [
    "test/unit/client/identity/spiffe-workload-api.test.ts",
    "test/unit/client/mcp/mcp.test.ts",
  ],
  "contracts of the store and of AWS": [
    "test/contract/{assumptions,aws-adapters,client-sdk,offboarding,rotation,store}.test.ts",
    "test/contract/{embedded-aws/aws-command,small-client/aws-service}.test.ts",
    "test/unit/{doctor/assumptions/answers,emulator/dynamodb}.test.ts",
  ],
  PostgreSQL: [
    "test/contract/postgres/{outliving-sessions,postgres-logins}.test.ts",
    "test/contract/connectors/postgres-connector.test.ts",
  ],
  "properties, broken copies and the second evaluator": [
    "test/property/**/*.test.ts",
    "test/unit/threat/every-*.test.ts",
  ],
  "races and broken-off endings": ["test/path/**/{*races,broken-off-endings}.test.ts"],
  "stolen functions": ["test/infra/stolen-*.test.ts"],
  fuzz: ["test/hostile/fuzz*.test.ts", "test/unit/openapi/anything.test.ts"],
  "documented answers under outages": ["test/unit/openapi/outages.test.ts"],
  "builds of changed sources": ["test/types/imaginary-members.test.ts"],
  "commands that wait": ["test/unit/client/{ended-elsewhere,operate/perform}.test.ts"],
} as const satisfies Record<string, readonly string[]>;

/** Globs of `LEFT_TO_ALL`, without what they try. */
export const LONG: readonly string[] = Object.values(LEFT_TO_ALL).flat();

/** Counts the globs that name a test file. */
export const globsFor = (file: string): number => LONG.filter((glob) => matchesGlob(file, glob)).length;
