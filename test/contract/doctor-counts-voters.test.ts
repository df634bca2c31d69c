import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../client/doctor/finding.ts";
import type { PolicyDocument } from "../../local/emulator/policy-document.ts";
import { callClient } from "../unit/client/call-client.ts";
import { type ApprovingCloud, runApprovingCloud } from "./approving-cloud.ts";

const HUB = "999900001111";
const policy = (statement: object) => ({ Version: "2012-10-17", Statement: [statement] }) as unknown as PolicyDocument;

let running: ApprovingCloud;
beforeAll(async () => {
  running = await runApprovingCloud();
  const hub = running.cloud.aws.admin(HUB);
  const trust = policy({ Effect: "Deny", Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
  const reads = { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" };
  await hub.createRole({ name: "auditor", trust, permissions: { reads: policy(reads) } });
  const lists = policy({ ...reads, Action: "s3:ListAllMyBuckets" });
  await hub.createRole({ name: "visitor", trust, permissions: { lists } });
  await running.register("publisher");
  const task = await running.ask("publisher", "published/weekly.csv");
  expect(await running.voting.approve("person:bob", task.approval)).toBe("200 approved");
  expect((await running.poll(task)).key).toBeDefined();
  await running.cloud.settled();
  await running.cloud.hosts.archive.invoke({});
});
afterAll(() => running.close());

/** Runs `valetkey doctor` with the keys of a role of the hub's account. */
async function approversSeenBy(role: string | undefined): Promise<readonly string[]> {
  const { endpoint } = running.cloud.aws;
  const keys = role === undefined ? undefined : running.cloud.aws.keysFor(`arn:aws:iam::${HUB}:role/${role}`, "ann");
  const env = {
    VALETKEY_URL: running.url,
    AWS_ENDPOINT_URL: endpoint,
    ...(keys
      ? {
          AWS_ACCESS_KEY_ID: keys.accessKeyId,
          AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
          AWS_SESSION_TOKEN: keys.sessionToken ?? "",
        }
      : {}),
  };
  const argv = ["doctor", "--config", running.configFile, "--policies", running.policiesDir, "--json"];
  const { stdout } = await callClient(argv, env);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  return findings.flatMap(({ check, state, found, mend }) =>
    check === "approvers" ? [`${state} ${found} / ${mend ?? ""}`] : [],
  );
}

describe("valetkey doctor, of the people who can fill a group's slots", { timeout: 120_000 }, () => {
  it("counts the voters in the deployed hub's own log, where AWS credentials may read it", async () => {
    expect(await approversSeenBy("auditor")).toEqual([
      expect.stringMatching(
        /^unknown policies require 1 vote of sre, .*; 1 person of sre voted within 90 days \/ make sure there/,
      ),
    ]);
    const task = await running.ask("publisher", "published/monthly.csv");
    expect(await running.voting.approve("person:carol", task.approval)).toBe("200 approved");
    expect((await running.poll(task)).key).toBeDefined();
    await running.cloud.settled();
    await running.cloud.hosts.archive.invoke({});
    expect(await approversSeenBy("auditor")).toEqual([
      "ok 2 people of sre voted within 90 days, and policies require 1 vote / ",
    ]);
  });

  it("names the missing right, and counts nobody", async () => {
    expect(await approversSeenBy("visitor")).toEqual([
      expect.stringMatching(
        /^skipped AWS says AccessDenied .*allow s3:GetObject and s3:ListBucket on valetkey-archive-/,
      ),
      expect.stringMatching(/^unknown policies require 1 vote of sre, and staff alone knows/),
    ]);
  });

  it("reports without credentials that it does not know", async () => {
    expect(await approversSeenBy(undefined)).toEqual([
      expect.stringMatching(/--log <folder> counts those who have voted/),
    ]);
  });
});
