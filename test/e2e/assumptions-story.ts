import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import type { AssumptionReport } from "../../client/doctor/aws/assumptions/run.ts";
import { MARKER } from "../../client/doctor/aws/assumptions/workshop.ts";
import { credentialsOf } from "./cdk.ts";
import type { Checks } from "./checks.ts";
import { HUB, TARGET, type World } from "./world.ts";

const run = promisify(execFile);

/**
 * The probes of the assumptions about AWS, by the folder's own command in the target account. MiniStack denies nothing,
 * so no probe may report that an assumption about IAM holds. Queues are all that MiniStack does as AWS does.
 */
export async function assumptionsStory(checks: Checks, { cloud }: World): Promise<void> {
  await checks.check(
    "the folder's own command probes AWS, keeps a report with evidence, and leaves nothing",
    async () => {
      const file = join(cloud.directory, "assumptions.json");
      const { accessKeyId, secretAccessKey } = credentialsOf(TARGET);
      const ended = await run("npx", ["valetkey", "doctor", "--assumptions", "--yes", "--out", file], {
        cwd: cloud.folder,
        env: {
          PATH: process.env.PATH,
          HOME: cloud.directory,
          AWS_ENDPOINT_URL: cloud.endpoint,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_REGION: cloud.region,
          AWS_EC2_METADATA_DISABLED: "true",
        },
      }).catch((error: { readonly code: number }) => error);
      // An assumption does not hold there, hence the exit code.
      assert.equal("code" in ended ? ended.code : 0, 1);
      const report: AssumptionReport = JSON.parse(readFileSync(file, "utf8"));
      assert.deepEqual(
        [report.account, report.hub.account, report.isAws, report.interrupted, report.left],
        [TARGET, HUB, false, false, []],
      );
      const held = report.results.filter(({ answer }) => answer === "holds").map(({ id }) => id);
      assert.deepEqual(held, ["delays-are-kept", "fifo-groups-wait"]);
      const tried = report.results.filter(({ answer }) => answer !== "cannot_be_probed");
      for (const { id, evidence } of tried) assert.ok(evidence.length > 0, `${id} has no evidence`);
      const iam = new IAMClient({ endpoint: cloud.endpoint, region: cloud.region, credentials: credentialsOf(TARGET) });
      const { Roles: roles = [] } = await iam.send(new ListRolesCommand({}));
      assert.deepEqual(
        roles.map(({ RoleName: name = "" }) => name).filter((name) => name.startsWith(MARKER)),
        [],
      );
      assert.ok(roles.length > 0);
    },
  );
}
