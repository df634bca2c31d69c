import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startProcess } from "../contract/package/start-process.ts";
import { ACCOUNT, BUCKET, type RunningCloud } from "../contract/running-cloud.ts";
import { shortened } from "./shortened.ts";
import { INSIDE, type Keys, OUTSIDE, read, SHORT_SECONDS } from "./story.ts";

/** Folder of the Python package's modules. */
const PYTHON_MODULES = fileURLToPath(new URL("../../python/src", import.meta.url));
const PROGRAM = fileURLToPath(new URL("python/reads.py", import.meta.url));

/** Lines that a program with the Python package has to print. */
export const AS_PYTHON_SHOULD_READ = {
  inside: "week,orders",
  outside: "AccessDenied",
  afterTheRenewal: "week,orders",
  // boto3's own error: the session cannot renew, and finds no other key.
  afterTheEnd: "CredentialRetrievalError",
  isRenewed: true,
  keyAfterTheEnd: "AccessDenied",
} as const;

/** Runs a program that uses `valetkey.task` and its boto3 session on the embedded AWS. @param home an empty folder. */
export async function pythonStory(running: RunningCloud, python: string, home: string) {
  const service = await shortened(running.url, SHORT_SECONDS);
  try {
    const env = {
      HOME: home,
      PYTHONPATH: PYTHON_MODULES,
      PYTHONDONTWRITEBYTECODE: "1",
      AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
      VALETKEY_URL: service.url,
      VALETKEY_AUDIENCE: running.url,
      VALETKEY_ACCOUNT: ACCOUNT,
      VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: "agent:demo" }),
    };
    const args = [PROGRAM, BUCKET, INSIDE, OUTSIDE, String(SHORT_SECONDS + 1)];
    const { stdout, stderr: output } = await startProcess(python, args, env);
    const [inside, outside, afterTheRenewal, afterTheEnd, last = "{}"] = stdout.trim().split("\n");
    const keys = JSON.parse(last) as { readonly first?: Keys; readonly last?: Keys };
    await running.cloud.settled();
    const isRenewed = keys.first !== undefined && keys.first.AccessKeyId !== keys.last?.AccessKeyId;
    const keyAfterTheEnd = keys.last === undefined ? "no key" : await read(running, keys.last);
    return { inside, outside, afterTheRenewal, afterTheEnd, isRenewed, keyAfterTheEnd, output };
  } finally {
    await service.close();
  }
}

/** Output of the programs of docs/python.md, in order. */
export const AS_THE_PAGE_READS = ["week,orders", "s3:DeleteObject: No policy permits it."] as const;

/** Runs the programs of docs/python.md, each with a fresh identity token, and returns the beginnings of what they print. */
export async function pageStory(running: RunningCloud, python: string, home: string): Promise<readonly string[]> {
  const page = readFileSync(new URL("../../docs/python.md", import.meta.url), "utf8");
  const programs = [...page.matchAll(/```python\n(.*?)```/gs)].map(([, program = ""]) => program);
  const printed: string[] = [];
  for (const [index, program] of programs.entries()) {
    const env = {
      HOME: home,
      PYTHONPATH: PYTHON_MODULES,
      PYTHONDONTWRITEBYTECODE: "1",
      AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
      VALETKEY_URL: running.url,
      VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: "agent:demo" }),
    };
    const whole = program.startsWith("import valetkey") ? program : `import valetkey\n${program}`;
    const { stdout, stderr } = await startProcess(python, ["-c", whole], env);
    printed.push((stdout || stderr).slice(0, AS_THE_PAGE_READS[index]?.length));
  }
  return printed;
}
