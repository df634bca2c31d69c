import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { childrenOf, processCpuMs } from "../../bench/openbao/process-cpu.ts";

describe.runIf(process.platform === "linux")("CPU time of another process", () => {
  it("is what the process reports of itself, and its parent is known", async () => {
    const script =
      "while (process.cpuUsage().user < 150_000); console.log(process.cpuUsage().user + process.cpuUsage().system); setInterval(() => {}, 1e6)";
    const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [printed] = (await once(child.stdout, "data")) as [Buffer];
      const ownMs = Number(`${printed}`) / 1_000;
      expect(childrenOf(process.pid)).toContain(child.pid);
      // The kernel counts in ticks of 10 ms, for user and system each.
      expect(Math.abs(processCpuMs(child.pid ?? 0) - ownMs)).toBeLessThanOrEqual(50);
    } finally {
      child.kill();
    }
  });
});
