import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { freeNeighbours } from "../../harness/free-neighbours.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

it("a newcomer reads first what is started, then five acts, warm figures, and how to see the other acts", async () => {
  const { api, console: last } = await freeNeighbours();
  const started = spawn(process.execPath, ["local/start.ts", "--first-port", String(api)], { cwd: ROOT });
  const lines: string[] = [];
  for await (const line of createInterface({ input: started.stdout })) {
    lines.push(line);
    if (line === "End with Ctrl-C.") started.kill("SIGTERM");
  }
  if (started.exitCode === null) await once(started, "exit");
  expect(lines.slice(0, 2)).toEqual([
    "valetkey: a key for one task, and then it is dead.",
    expect.stringMatching(new RegExp(`^Starts an embedded AWS.*127.0.0.1:${api} and 127.0.0.1:${last}\\.`)),
  ]);
  const acts = lines.flatMap((line) => /^(\d+)\. /.exec(line)?.[1] ?? []);
  expect(acts).toEqual(["0", "1", "2", "3", "4", "5"]);
  const text = lines.join("\n");
  expect(text).toMatch(/More tasks, with every function warm: a key after \d+ ms, refused \d+ ms after the ending/);
  expect(text).toContain("npm start -- --tour all");
});
