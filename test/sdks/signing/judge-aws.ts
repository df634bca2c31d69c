import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { programOf } from "../../judges/python.ts";
import { listen } from "../../loopback-server.ts";

/** Request that the judge has got. */
interface Seen {
  /** Access key id; null for an unsigned request. */
  readonly key: string | null;
  readonly service: string | null;
  readonly host: string;
  readonly operation: string;
  readonly bytes: number;
  /** Difference to botocore's signature; null for none. */
  readonly fault: string | null;
}

/** Keys that sign, as the judge asks for them. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** AWS whose every request botocore verifies. */
export interface JudgeAws {
  readonly endpoint: string;
  /** Returns the requests since the last such call. */
  seen(): Promise<readonly Seen[]>;
  close(): Promise<void>;
}

/** Starts the judge with the keys that it may believe. */
export async function startJudgeAws(keys: () => readonly SigningKeys[]): Promise<JudgeAws> {
  const keysServer = await listen(async ({ url = "" }, response) => {
    const found = keys().find(({ accessKeyId }) => url === `/${accessKeyId}`);
    response.writeHead(found ? 200 : 404).end(JSON.stringify(found));
  });
  const script = fileURLToPath(new URL("judge.py", import.meta.url));
  // moto may take any credentials for its own; none of the caller's is passed on.
  const env = { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: "moto", AWS_SECRET_ACCESS_KEY: "moto" };
  const child = spawn(programOf("moto"), [script, keysServer.url], { env, stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [port] = await Promise.race([once(child.stdout, "data"), exited]);
  if (child.exitCode !== null) throw new Error(`the judge does not start: ${child.exitCode}`);
  const endpoint = `http://127.0.0.1:${Number(String(port))}`;
  return {
    endpoint,
    seen: async () => (await (await fetch(`${endpoint}/judge`)).json()) as readonly Seen[],
    close: async () => {
      child.stdin.end();
      await exited;
      await keysServer.close();
    },
  };
}
