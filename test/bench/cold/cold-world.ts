import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { startOidcIssuer } from "../../../local/issuer/oidc-issuer.ts";
import { exchangeForm, formEvent } from "../../fakes/world/world.ts";
import { buildBenchDeployment, URL_OF_HUB } from "../cloud/bench-config.ts";
import { registeredItems } from "../cloud/registered-items.ts";
import { PUBLISHING, THREE_PAIRS } from "../policies/bench-policies.ts";
import type { Start, Started } from "./one-start.ts";
import { startTinyAws } from "./tiny-aws.ts";

/** World of a cold start: a deployment, and an issuer and an AWS on loopback. */
export interface ColdWorld {
  token(): Promise<string>;
  /** Makes the event of `POST /v1/token` for three pairs. */
  vendEvent(): Promise<unknown>;
  /** Makes the event of a request that needs an approval, in a world with approvers. */
  askEvent(): Promise<unknown>;
  /**
   * Starts a function in its own process.
   * @param runner `one-start.ts`, or a file with the same kinds of input and output.
   */
  start<T = Started>(runner: string, start: Start): Promise<T>;
  close(): Promise<void>;
}

const AGENT = "reporter";

export async function startColdWorld(workDir: string, asks = false): Promise<ColdWorld> {
  const issuer = await startOidcIssuer({ port: 0, issuerPath: "/agents", audience: URL_OF_HUB });
  const built = buildBenchDeployment(workDir, { agents: issuer.issuer, people: "http://127.0.0.1:1/people" }, { asks });
  const aws = await startTinyAws(registeredItems([AGENT]));
  const token = () => issuer.mint({ sub: `agent:${AGENT}` });
  const env = {
    AWS_ACCESS_KEY_ID: "ASIABENCHBENCHBENCH0",
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_SESSION_TOKEN: "none",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: aws.endpoint,
    VALETKEY_TABLE: "valetkey",
    VALETKEY_DEPLOYMENT: built.dir,
    VALETKEY_BUS: "valetkey",
    BENCH_JWKS: issuer.jwksUri,
  };
  return {
    token,
    vendEvent: async () => formEvent(exchangeForm(await token(), THREE_PAIRS)),
    askEvent: async () => formEvent(exchangeForm(await token(), PUBLISHING)),
    start: async <T>(runner: string, start: Start) => {
      const child = spawn(process.execPath, [runner], { env, stdio: ["pipe", "ignore", "pipe"] });
      child.stdin.end(JSON.stringify(start));
      const [complaint] = await Promise.all([text(child.stderr), once(child, "close")]);
      try {
        return JSON.parse(complaint) as T;
      } catch {
        throw new Error(`a cold start of ${start.bundle} failed: ${complaint}`);
      }
    },
    close: async () => {
      await Promise.all([issuer.close(), aws.close()]);
    },
  };
}
