import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * An AWS-compatible endpoint on loopback: CloudFormation, API Gateway, Lambda workers, streams, rules. MiniStack
 * enforces no IAM.
 */
export interface Ministack {
  readonly endpoint: string;
  /** Everything that it and the functions printed. */
  readonly logFile: string;
  stop(): Promise<void>;
}

export const VENV = ".venv";
const REQUIREMENTS = "test/e2e/requirements.txt";

/**
 * MiniStack, installed into a virtual environment of the checkout's own, and answering.
 * @param account the account of a request that is not signed, as all are that come through an API Gateway.
 * @throws {Error} when there is no python3, or it does not answer within half a minute.
 */
export async function startMinistack(options: {
  port: number;
  account: string;
  directory: string;
}): Promise<Ministack> {
  const { port, account, directory } = options;
  mkdirSync(directory, { recursive: true });
  const logFile = `${directory}/ministack.log`;
  const log = openSync(logFile, "a");
  const process_ = spawn(`${VENV}/bin/ministack`, [], {
    stdio: ["ignore", log, log],
    env: {
      // The caller's AWS configuration stays out: its credentials and its Region.
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
      HOME: directory,
      TMPDIR: directory,
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: "localhost",
      MINISTACK_ACCOUNT_ID: account,
      AWS_SECRET_ACCESS_KEY: "loopback",
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = () => end(process_);
  try {
    await answering(`${endpoint}/_ministack/health`, process_);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, logFile, stop };
}

/** Installs the pinned MiniStack and what its KMS needs, once for each list of requirements. */
export function installMinistack(): void {
  const [wanted, installed] = [readFileSync(REQUIREMENTS, "utf8"), `${VENV}/${basename(REQUIREMENTS)}`];
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return;
  try {
    execFileSync("python3", ["-m", "venv", VENV], { stdio: "inherit" });
  } catch (error) {
    throw new Error("the end-to-end test needs python3 with venv (Debian: apt install python3-venv)", { cause: error });
  }
  execFileSync(`${VENV}/bin/pip`, ["install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS], {
    stdio: "inherit",
  });
  writeFileSync(installed, wanted);
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (child.exitCode !== null) throw new Error(`MiniStack ended with ${child.exitCode}: see its log`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await pause(200);
  }
  throw new Error(`MiniStack does not answer at ${url}`);
}

/** Ends a process by its id, and its workers with it; the hard way after five seconds. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await Promise.race([ended, pause(5_000, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}
