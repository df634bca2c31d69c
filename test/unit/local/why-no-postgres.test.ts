import { expect, it } from "vitest";
import { whyNoPostgres, whyNoPostgresOn } from "../../../local/running-postgres.ts";

it.each([
  ["win32", "x64", "not started on Windows yet"],
  ["linux", "s390x", "no PostgreSQL binaries for linux-s390x"],
])("there is no PostgreSQL on %s, %s: %s", (platform, arch, why) => {
  expect(whyNoPostgresOn(platform, arch)).toContain(why);
});

it("this machine's reason is that of its platform", () => {
  expect(whyNoPostgres).toBe(whyNoPostgresOn(process.platform, process.arch));
});
