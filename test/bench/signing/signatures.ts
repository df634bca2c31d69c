import { join } from "node:path";
import type { Row, Run } from "../row.ts";
import { cpuOfASignature } from "./cpu-of-a-signature.ts";
import { signedCalls } from "./signed-calls.ts";

/** Measures tasks whose sessions stay in the hub: the CPU of a signature, what it adds to a call, and how long one outlives its task. */
export const signatures = async (run: Run): Promise<readonly Row[]> => [
  await cpuOfASignature({ ...run, workDir: join(run.workDir, "cpu") }),
  ...(await signedCalls({ ...run, workDir: join(run.workDir, "calls") })),
];
