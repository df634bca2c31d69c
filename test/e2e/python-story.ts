import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Api, expectStatus } from "./api.ts";
import type { Checks } from "./checks.ts";
import type { DeployedRecord } from "./deployed-record.ts";
import { VENV } from "./ministack.ts";
import { TARGET, type World } from "./world.ts";

const run = promisify(execFile);
const PYTHON = `${VENV}/bin/python`;

/** Prints the task, and the identity that AWS returns for its key. */
const PROGRAM = `
import valetkey, os
grant = valetkey.aws(os.environ["ACCOUNT"], ["s3:GetObject"], ["arn:aws:s3:::acme-data/reports/*"])
with valetkey.task(purpose="read the weekly reports", intent=[grant]) as task:
    print(task.id, task.boto3_session(region="us-east-1").client("sts").get_caller_identity()["Arn"])
`;

/**
 * The Python package: its own tests, then an agent in Python that uses a task's key with boto3 at the deployed service.
 */
export async function pythonStory(checks: Checks, world: World, api: Api, record: DeployedRecord): Promise<void> {
  await checks.check("the Python package passes its own tests", () =>
    run(PYTHON, ["-m", "unittest", "discover", "-s", "python", "-t", "python"], {
      env: { PATH: process.env.PATH, PYTHONPATH: "python/src", PYTHONDONTWRITEBYTECODE: "1" },
    }),
  );
  await checks.check("an agent in Python opens a task, calls AWS by boto3, and completes the task", async () => {
    const { body } = await api.get("/.well-known/oauth-authorization-server");
    const { exchange, operate } = body.audiences as { readonly exchange: string; readonly operate: string };
    const agent = {
      id: "python",
      name: "Python",
      owner: "olivia@example.com",
      team: "demo",
      bindings: [{ issuer: "ci", claims: { sub: "agent:python" } }],
    };
    const operator = await world.staff.mint({ sub: "person:olivia", groups: [], aud: operate });
    expectStatus(await api.postJson("/v1/agents", agent, operator), 201);
    const { stdout } = await run(PYTHON, ["-c", PROGRAM], {
      env: {
        PATH: process.env.PATH,
        PYTHONPATH: "python/src",
        PYTHONDONTWRITEBYTECODE: "1",
        ACCOUNT: TARGET,
        AWS_ENDPOINT_URL: world.cloud.endpoint,
        VALETKEY_URL: api.base,
        VALETKEY_AUDIENCE: exchange,
        VALETKEY_TOKEN: await world.agents.mint({ sub: "agent:python", aud: exchange }),
      },
    });
    const [task = "", arn = ""] = stdout.trim().split(" ");
    assert.match(arn, /:assumed-role\/valetkey-task-/);
    assert.equal((await record.task(task))?.status, "completed");
    assert.deepEqual(await record.journal(task), ["task.opened", "task.ended"]);
  });
}
