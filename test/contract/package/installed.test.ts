import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildClient } from "../../../tools/build-client.ts";
import { CANARY, FakeValetkey } from "../../unit/client/fake-valetkey.ts";
import { startProcess } from "./start-process.ts";

const TYPESCRIPT = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));

let folder: string;
let installed: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "valetkey-package-"));
  installed = join(folder, "node_modules", "valetkey");
  mkdirSync(join(folder, "node_modules"));
  await buildClient(installed);
});
afterAll(() => rmSync(folder, { recursive: true }));

const bin = () => join(installed, "bin", "valetkey.mjs");

/** Program without a purpose, whose error is the package's own class. */
const REFUSED_IN_A_PROGRAM = `import { ClientError, withTask } from "valetkey";
  await withTask({}, () => {}).catch((error) => console.log(error.reason, error instanceof ClientError));`;

describe("the package", () => {
  it("needs no other package, and has no dependency", () => {
    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    expect(manifest.dependencies).toBeUndefined();
    const { status, stdout } = spawnSync(bin(), ["--version"], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, `valetkey ${manifest.version}\n`]);
  });

  it("has the licence of each package whose code it contains", () => {
    const text = readFileSync(join(installed, "THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["oauth4webapi", "openid-client", "yaml", "bowser", "@scure/bip39", "@smithy/core"])
      expect(text).toContain(`\n${name} `);
    expect(text).not.toContain("vitest");
  });

  it("has a README without links to pages that are not in the package", () => {
    const readme = readFileSync(join(installed, "README.md"), "utf8");
    expect([...readme.matchAll(/\]\((?!https?:|#)[^)]*\)/g)].map(([link]) => link)).toEqual([]);
    expect(readme).toContain("`docs/connectors/README.md` in the repository");
  });

  it("points to the deployment's folder for the workbench, rather than failing", () => {
    const { status, stderr } = spawnSync(bin(), ["policy", "check"], { encoding: "utf8" });
    expect(status).toBe(64);
    expect(stderr).toMatch(
      /^valetkey: the workbench for policies is in @valetkey\/deploy: run npx valetkey in the folder/,
    );
  });

  it("points to the deployment's folder for the auditor's question about policies", () => {
    const argv = ["audit", "who-could", "./archive", "arn:aws:s3:::acme-data/a.csv", "--at", "1h"];
    const { status, stderr } = spawnSync(bin(), argv, { encoding: "utf8" });
    expect(status).toBe(64);
    expect(stderr).toMatch(
      /^valetkey audit: the workbench for policies is in @valetkey\/deploy: run npx valetkey in the folder/,
    );
  });

  it("points to the deployment's folder for a trial of the sign-in, rather than failing", () => {
    const args = ["doctor", "--sign-in", "staff", "--url", "https://valetkey.example.com"];
    const { status, stderr } = spawnSync(bin(), args, { encoding: "utf8" });
    expect([status, stderr]).toEqual([64, expect.stringContaining("--sign-in runs in the folder that the deployment")]);
  });

  it("points to the deployment's folder for the doctor's checks of AWS, and runs the others", async () => {
    const valetkey = await new FakeValetkey().start();
    try {
      valetkey.other = () => ({ status: 200, body: { issuer: valetkey.url } });
      // AWS keys make no difference: the package has no SDK for those checks.
      const keys = { AWS_ACCESS_KEY_ID: "ASIANOBODY", AWS_SECRET_ACCESS_KEY: CANARY.secret };
      const run = await startProcess(bin(), ["doctor", "--url", valetkey.url], keys);
      expect(run).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^deployment +skipped +this is no folder of a deployment$/m),
      });
    } finally {
      await valetkey.stop();
    }
  });

  it("runs a command with credentials as the sources do", async () => {
    const valetkey = await new FakeValetkey().start();
    try {
      // Not spawnSync, since the service answers from this process.
      const run = await startProcess(
        bin(),
        [
          ...["exec", "--url", valetkey.url, "--purpose", "p", "--account", "111122223333"],
          ...["--allow", "s3:ListAllMyBuckets=*", "--", process.execPath, "-e"],
          "console.log(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI)",
        ],
        { VALETKEY_TOKEN: CANARY.identity },
      );
      expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/aws-0\n$/) });
      expect(valetkey.of("POST", "/complete")).toHaveLength(1);
    } finally {
      await valetkey.stop();
    }
  });

  it("has an SDK with types that a strict program compiles against, and that runs", () => {
    writeFileSync(
      join(folder, "agent.mts"),
      `import { ClientError, type Denial, type RunningTask, withTask } from "valetkey";
       const work = async (task: RunningTask): Promise<string> => (await task.credentials()()).accessKeyId;
       export const denialsOf = (error: unknown): readonly Denial[] => (error instanceof ClientError ? error.denials : []);
       export const isRefused = ({ reason }: ClientError): boolean => reason === "refused";
       // @ts-expect-error: a task has a purpose
       withTask({ intent: [] }, work).catch(() => {});
       export const key: Promise<string> = withTask({ url: "https://v.example.com", purpose: "p", intent: [{ type: "aws" }] }, work);`,
    );
    const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2024"];
    const run = spawnSync(
      process.execPath,
      [TYPESCRIPT, ...options, "--module", "nodenext", "--types", "", "agent.mts"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    expect(run.stdout).toBe("");
    const seen = execFileSync(process.execPath, ["--input-type=module", "-e", REFUSED_IN_A_PROGRAM], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(seen).toBe("usage true\n");
  });

  it("shows a program's reader the refusal, and no long line of its own code", async () => {
    const valetkey = await new FakeValetkey().start();
    try {
      const denials = [{ action: "s3:GetObject", target: "arn:a", reason: "No policy permits it." }];
      valetkey.exchange = () => ({ status: 403, body: { error: "access_denied", code: "policy_denied", denials } });
      const program = join(folder, "refused.mjs");
      const intent = '[{ type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["arn:a"] }]';
      writeFileSync(
        program,
        `import { withTask } from "valetkey"; await withTask({ purpose: "p", intent: ${intent} }, async () => {});`,
      );
      const env = { VALETKEY_TOKEN: CANARY.identity, VALETKEY_URL: valetkey.url };
      const { code, stderr } = await startProcess(process.execPath, [program], env);
      expect([code, stderr]).toEqual([1, expect.stringContaining("  denied: s3:GetObject on arn:a\n")]);
      expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThan(400);
      expect(stderr).not.toContain("CANARY");
    } finally {
      await valetkey.stop();
    }
  });

  it("loads AWS's SDK only for AWS's identity", async () => {
    const env = { VALETKEY_URL: "http://127.0.0.1:1", AWS_REGION: "eu-west-1", AWS_EC2_METADATA_DISABLED: "true" };
    const args = ["env", "--purpose", "p", "--tool", "a=b", "--identity", "aws"];
    const run = await startProcess(bin(), args, env);
    expect(run).toMatchObject({ code: 66, stderr: expect.stringContaining("CredentialsProviderError") });
    // Without that file everything else works as before.
    const parts = join(installed, "bin", "parts");
    const [part = "none"] = readdirSync(parts).filter((name) => name.startsWith("aws-web-identity"));
    rmSync(join(parts, part));
    expect(await startProcess(bin(), args, env)).toMatchObject({
      code: 66,
      stderr: expect.stringContaining("(Error)"),
    });
    expect(await startProcess(bin(), ["help", "exec"], {})).toMatchObject({ code: 0 });
  });
});
