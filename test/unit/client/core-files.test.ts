import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { COMPILED } from "../../../local/compiled.ts";
import { CANARY, FakeValetkey } from "./fake-valetkey.ts";
import { CLIENT, execArgs, IDENTITY, inNode } from "./run-client.ts";

const PATTERN = "/proc/sys/kernel/core_pattern";
/**
 * True where cores are files in the working directory. Where a program gets them instead, only the filter shows their
 * contents.
 */
const areFiles = existsSync(PATTERN) && /^core\s*$/.test(readFileSync(PATTERN, "utf8"));

let service: FakeValetkey;
/** Folder of the cores. */
let folder: string;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-core-"));
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

/** The command in a shell that allows core files, as a developer's may; its first words are the pids of both. */
async function start() {
  const program = inNode(`
    globalThis.keys = await ask(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, env.AWS_CONTAINER_AUTHORIZATION_TOKEN);
    console.log(process.ppid, process.pid, ".");
    setInterval(() => {}, 1_000);`);
  const client = spawn(
    "sh",
    ["-c", 'ulimit -c unlimited; exec "$@"', "sh", process.execPath, CLIENT, ...execArgs(service.url, program)],
    {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", NODE_COMPILE_CACHE: COMPILED, ...IDENTITY },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 100_000,
      killSignal: "SIGKILL",
    },
  );
  let output = "";
  client.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  while (!output.includes(" .")) await once(client.stdout, "data");
  const [wrapper = 0, command = 0] = output.split(" ").map(Number);
  return { pids: { wrapper, command }, ended: once(client, "close") };
}

const limitOf = (pid: number) => /^Max core file size +(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))?.[1];

describe.runIf(process.platform === "linux")("a core file", () => {
  it.each(["wrapper", "command"] as const)(
    "of the %s has no memory in it, though core files are allowed",
    async (which) => {
      const { pids, ended } = await start();
      expect(limitOf(pids[which])).toBe("unlimited");
      expect(readFileSync(`/proc/${pids[which]}/coredump_filter`, "utf8").trim()).toBe("00000000");
      process.kill(pids[which], "SIGABRT");
      if (which === "wrapper") process.kill(pids.command, "SIGKILL");
      await ended;
      const cores = readdirSync(folder).map((name) => join(folder, name));
      if (!areFiles) return;
      expect(cores).toHaveLength(1);
      for (const core of cores) {
        expect(statSync(core).size).toBeLessThan(1_000_000);
        for (const secret of Object.values(CANARY)) expect(readFileSync(core).includes(secret)).toBe(false);
      }
    },
  );
});
