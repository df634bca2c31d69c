import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../../../local/emulator/free-ports.ts";
import { THREE_PAIRS } from "../policies/bench-policies.ts";
import { childrenOf, processCpuMs } from "./process-cpu.ts";
import { cpuMsOf, end, type Server } from "./server.ts";

export interface BaoOptions {
  /** Place of the store, for reports: `on disk`. */
  readonly name: string;
  /** Program of the server, `bao`. */
  readonly server: string;
  /** Program of the plugin for AWS, `secrets/aws` of openbao-plugins. */
  readonly plugin: string;
  /** Folder of the store (raft): on a disk, or in memory. */
  readonly storeDir: string;
  readonly workDir: string;
  readonly jwksUri: string;
  readonly audience: string;
  readonly stsUrl: string;
}

const START_LIMIT_MS = 20_000;

/** Starts one OpenBao with integrated storage, a file audit device, JWT login and its AWS engine. */
export async function startBao(options: BaoOptions): Promise<Server> {
  const { server, plugin, workDir } = options;
  const [port = 0, cluster = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const plugins = join(workDir, "plugins");
  mkdirSync(plugins, { recursive: true });
  mkdirSync(options.storeDir, { recursive: true });
  copyFileSync(plugin, join(plugins, "aws"));
  chmodSync(join(plugins, "aws"), 0o755);
  const configFile = join(workDir, "bao.hcl");
  writeFileSync(configFile, configOf({ url, port, cluster, plugins, storeDir: options.storeDir, workDir }));
  const child = spawn(server, ["server", `-config=${configFile}`], { stdio: ["ignore", "ignore", "inherit"] });
  // A file that cannot be executed is reported at once.
  const failure = once(child, "error").then(([error]) => Promise.reject(error));
  try {
    await Promise.race([configure(new BaoApi(url), options), failure]);
  } catch (error) {
    await end(child);
    throw error;
  }
  return {
    kind: "openbao",
    name: `OpenBao with its store ${options.name}`,
    url,
    cpuMs: () => {
      const plugins = child.pid === undefined ? [] : childrenOf(child.pid);
      return { server: cpuMsOf(child) + plugins.reduce((ms, pid) => ms + processCpuMs(pid), 0), store: 0 };
    },
    close: () => end(child),
  };
}

interface BaoConfig {
  readonly url: string;
  readonly port: number;
  readonly cluster: number;
  readonly plugins: string;
  readonly storeDir: string;
  readonly workDir: string;
}

const configOf = ({ url, port, cluster, plugins, storeDir, workDir }: BaoConfig): string => `
api_addr = "${url}"
cluster_addr = "http://127.0.0.1:${cluster}"
log_level = "error"
plugin_directory = "${plugins}"
listener "tcp" {
  address = "127.0.0.1:${port}"
  cluster_address = "127.0.0.1:${cluster}"
  tls_disable = true
}
storage "raft" {
  path = "${storeDir}"
  node_id = "bench"
}
audit "file" "file" {
  options {
    file_path = "${join(workDir, "audit.log")}"
  }
}
`;

/**
 * Configures the server as an operator would: unseals it, and allows agents of one issuer to get credentials of one
 * role.
 */
async function configure(bao: BaoApi, { plugin, jwksUri, audience, stsUrl }: BaoOptions): Promise<void> {
  await bao.listening();
  const { keys, root_token: root } = await bao.put<{ readonly keys: readonly string[]; readonly root_token: string }>(
    "sys/init",
    { secret_shares: 1, secret_threshold: 1 },
  );
  await bao.put("sys/unseal", { key: keys[0] });
  bao.token = root;
  await bao.active();
  const sha256 = createHash("sha256").update(readFileSync(plugin)).digest("hex");
  await bao.put("sys/plugins/catalog/secret/aws", { sha256, command: "aws" });
  await bao.put("sys/mounts/aws", { type: "aws" });
  await bao.put("aws/config/root", {
    access_key: "AKIABENCHBENCHBENCH0",
    secret_key: "none",
    region: "us-east-1",
    sts_endpoint: stsUrl,
    iam_endpoint: stsUrl,
  });
  const [{ actions: Action, resources: Resource }] = THREE_PAIRS;
  await bao.put("aws/roles/reports", {
    credential_type: "assumed_role",
    role_arns: ["arn:aws:iam::111122223333:role/reports"],
    policy_document: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] }),
    default_sts_ttl: 900,
  });
  await bao.put("sys/policies/acl/reports", { policy: 'path "aws/creds/reports" { capabilities = ["read"] }' });
  await bao.put("sys/auth/jwt", { type: "jwt" });
  await bao.put("auth/jwt/config", { jwks_url: jwksUri });
  await bao.put("auth/jwt/role/agent", {
    role_type: "jwt",
    user_claim: "sub",
    bound_audiences: [audience],
    token_policies: ["reports"],
    token_ttl: 900,
  });
}

class BaoApi {
  token = "";
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async put<T>(path: string, body: unknown): Promise<T> {
    const answer = await fetch(`${this.#url}/v1/${path}`, {
      method: "PUT",
      headers: { "x-vault-token": this.token },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`OpenBao answered ${path} with ${answer.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  listening = (): Promise<void> => this.#until(() => true);
  active = (): Promise<void> => this.#until((status) => status === 200);

  async #until(isSo: (status: number) => boolean): Promise<void> {
    const endsAtMs = performance.now() + START_LIMIT_MS;
    for (;;) {
      const status = await fetch(`${this.#url}/v1/sys/health`).then(
        (answer) => answer.status,
        () => undefined,
      );
      if (status !== undefined && isSo(status)) return;
      if (performance.now() > endsAtMs) throw new Error("OpenBao did not start within 20 s");
      await sleep(50);
    }
  }
}
