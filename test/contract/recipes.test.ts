import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { freePort } from "../../local/emulator/free-ports.ts";
import { hasBoto3 } from "../needs.ts";
import { startProcess } from "./package/start-process.ts";
import { block, installProject, type RecipeProject, recipe } from "./recipe-project.ts";
import { type RunningCloud, runCloud } from "./running-cloud.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const INSIDE = "reports/weekly.csv";
const OUTSIDE = "payroll/salaries.csv";

let running: RunningCloud;
let installed: RecipeProject;
/** Folder with the package installed in it. */
let project: string;
beforeAll(async () => {
  running = await runCloud();
  installed = await installProject();
  project = installed.folder;
});
afterAll(async () => {
  await running.close();
  installed.remove();
});

const mint = () => running.cloud.agents.mint({ sub: "agent:demo" });
const environment = () => installed.environmentFor(running);

describe("docs/recipes", () => {
  it("lists every recipe", () => {
    const listed = [...recipe("README.md").matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name);
    const existing = readdirSync(join(ROOT, "docs", "recipes")).filter((name) => name !== "README.md");
    expect(listed.toSorted()).toEqual(existing.toSorted());
  });
});

describe("the recipe for Kubernetes", () => {
  it("serves the application beside it, and nobody else", async () => {
    const { spec } = parse(block("kubernetes.md", "yaml"));
    const port = await freePort();
    const local = (text: string) => text.replace("/run/valetkey", project).replace("9911", String(port));
    const [sidecar] = spec.initContainers;
    writeFileSync(join(project, "identity"), await mint());
    const args = sidecar.args.map((arg: string) => (arg.startsWith("--url=") ? `--url=${running.url}` : local(arg)));
    const serving = spawn(sidecar.command[0], args, {
      env: { ...environment(), VALETKEY_TOKEN_FILE: join(project, "identity") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    try {
      const probe: string[] = sidecar.startupProbe.exec.command.map(local);
      await expect
        .poll(async () => (await startProcess(probe[0] ?? "", probe.slice(1), {})).code, { timeout: 60_000 })
        .toBe(0);
      const [worker] = spec.containers;
      const env = Object.fromEntries(
        worker.env.map(({ name, value }: { name: string; value: string }) => [name, local(value)]),
      );
      const code = `
        import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
        const client = new S3Client({ forcePathStyle: true });
        for (const Key of ["${INSIDE}", "${OUTSIDE}"])
          console.log(await client.send(new GetObjectCommand({ Bucket: "acme-data", Key })).then(() => "read", ({ name }) => name));`;
      writeFileSync(join(project, "worker.mjs"), code);
      const endpoint = { AWS_ENDPOINT_URL: running.cloud.aws.endpoint, HOME: project };
      const ran = await startProcess(process.execPath, [join(project, "worker.mjs")], { ...endpoint, ...env });
      expect(ran.stdout).toBe("read\nAccessDenied\n");
    } finally {
      serving.kill("SIGTERM");
      await once(serving, "close");
    }
    expect(serving.exitCode).toBe(0);
  });

  it("hides the identity from the application, and requests the audience of the sidecar's service", () => {
    const { spec } = parse(block("kubernetes.md", "yaml"));
    const mounts = spec.containers.flatMap((each: { volumeMounts: { name: string }[] }) => each.volumeMounts);
    expect(mounts.map(({ name }: { name: string }) => name)).not.toContain("identity");
    const [{ serviceAccountToken }] = spec.volumes[0].projected.sources;
    expect(spec.initContainers[0].args).toContain(`--url=${serviceAccountToken.audience}`);
    expect(`${spec.initContainers[0].volumeMounts[0].mountPath}/${serviceAccountToken.path}`).toBe(
      "/var/run/secrets/valetkey/token",
    );
  });
});

describe("the recipe for MCP clients", () => {
  it("starts a server whose tools have the task's rights", async () => {
    const { command, args, env } = JSON.parse(block("mcp.md", "json")).mcpServers.reports;
    writeFileSync(join(project, "server.mjs"), block("mcp.md", "js"));
    const server = spawn(command, args, {
      cwd: project,
      env: { ...environment(), ...env, VALETKEY_TOKEN: await mint() },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const ask = async (id: number, method: string, params: object) => {
      server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      return JSON.parse((await lines.next()).value ?? "").result;
    };
    try {
      expect(await ask(1, "initialize", {})).toMatchObject({ serverInfo: { name: "reports" } });
      server.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
      const call = (id: number, name: string) => ask(id, "tools/call", { name: "read_report", arguments: { name } });
      expect((await call(2, INSIDE)).content[0].text).toBe("week,orders\n");
      expect(await call(3, OUTSIDE)).toMatchObject({ isError: true, content: [{ text: "refused: AccessDenied" }] });
    } finally {
      server.stdin.end();
      await once(server, "close");
    }
    expect(server.exitCode).toBe(0);
  });
});

describe("the recipe for LangGraph", () => {
  it.runIf(hasBoto3())("has a tool that reads with the task's rights", async () => {
    writeFileSync(join(project, "tools.py"), block("langgraph.md", "python"));
    const agent = `from tools import read_report; print(read_report("${INSIDE}"), end=""); print(read_report("${OUTSIDE}"))`;
    writeFileSync(join(project, "agent.py"), agent);
    const ran = await startProcess("sh", ["-c", `cd ${project} && ${block("langgraph.md", "sh")}`], {
      ...environment(),
      VALETKEY_TOKEN: await mint(),
    });
    expect(ran).toMatchObject({ code: 0, stdout: "week,orders\nrefused: AccessDenied\n" });
  });
});

describe("the recipe for Lambda", () => {
  it("has a handler that works within a task, and ends it", async () => {
    writeFileSync(join(project, "handler.mjs"), block("lambda.md", "js"));
    const invoke = async (key: string) =>
      startProcess(
        process.execPath,
        [
          "--input-type=module",
          "-e",
          `const { handler } = await import("${join(project, "handler.mjs")}");
           console.log(JSON.stringify(await handler({ key: "${key}" }).catch(({ name }) => name)));`,
        ],
        { ...environment(), VALETKEY_TOKEN: await mint() },
      );
    const { stdout } = await invoke(INSIDE);
    const { task, text } = JSON.parse(stdout);
    expect(text).toBe("week,orders\n");
    expect(JSON.parse((await invoke(OUTSIDE)).stdout)).toBe("AccessDenied");
    const operator = await running.cloud.people.mint({ sub: "person:alice" });
    const alive = await fetch(`${running.url}/v1/tasks?agent=demo`, {
      headers: { authorization: `Bearer ${operator}` },
    });
    expect(JSON.stringify(await alive.json())).not.toContain(task);
  });
});
