import { existsSync } from "node:fs";
import { ClientError } from "../exit-codes.ts";
import { noneInside } from "../refuse-inside-task.ts";
import { noIdentity } from "./no-identity.ts";
import type { IdentitySource } from "./source.ts";

/** Path of a pod's token that was projected for valetkey. Never the pod's default token, whose audience is the cluster's own API. */
export const KUBERNETES_TOKEN_FILE = "/var/run/secrets/valetkey/token";

/** Variables that AWS sets in Lambda, ECS and EKS. A laptop with keys has none of them and needs `--identity aws`. */
const AWS_WORKLOAD = [
  "AWS_LAMBDA_FUNCTION_NAME",
  "ECS_CONTAINER_METADATA_URI_V4",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
] as const;

export interface IdentityFlags {
  readonly token?: string | undefined;
  readonly "token-file"?: string | undefined;
  readonly "token-url"?: string | undefined;
  readonly "token-command"?: string | undefined;
  readonly identity?: string | undefined;
}

/** Place of an identity token: its name, and the source that was found there. */
interface Place {
  readonly name: string;
  readonly look: () => IdentitySource | undefined;
}

/**
 * Finds the first source of an identity token: options and variables first, then the machine's own identity. Reads no token and sends no request.
 * @throws {ClientError} usage where two sources were named; identity, with all places that were tried, where there is none.
 */
export function findIdentity(
  flags: IdentityFlags,
  env: NodeJS.ProcessEnv,
  exists: (path: string) => boolean = existsSync,
): IdentitySource {
  const named = namedSources(flags.token, flags["token-file"], flags["token-url"], flags["token-command"]);
  if (named.length + (flags.identity === undefined ? 0 : 1) > 1)
    throw usage("give one of --token-file, --token-url, --token-command, --token and --identity");
  if (named[0]) return named[0];

  const places = placesOf(env, exists);
  if (flags.identity !== undefined) return chosenSource(flags.identity, places);
  const [variable] = namedSources(
    env.VALETKEY_TOKEN,
    env.VALETKEY_TOKEN_FILE,
    env.VALETKEY_TOKEN_URL,
    env.VALETKEY_TOKEN_COMMAND,
  );
  if (variable) return variable;
  for (const [name, { look }] of Object.entries(places)) {
    // AWS's credentials in a task's environment are the task's own, and prove no agent.
    const source = name === "aws" && env.VALETKEY_TASK ? undefined : look();
    if (source) return source;
  }
  if (env.VALETKEY_TASK) throw noIdentity(noneInside(env.VALETKEY_TASK));
  const looked = Object.values(places).map(({ name }) => name);
  throw noIdentity(
    `there is no identity token. Looked for --token-file, --token-url, --token-command, VALETKEY_TOKEN, _FILE, _URL and _COMMAND (GitLab: id_tokens: VALETKEY_TOKEN), ${looked.join(", ")}`,
  );
}

function placesOf(env: NodeJS.ProcessEnv, exists: (path: string) => boolean) {
  return {
    github: {
      name: "GitHub Actions (give the job permissions: id-token: write)",
      look: () => {
        const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env;
        return url && bearer ? { kind: "github", url, bearer } : undefined;
      },
    },
    kubernetes: {
      name: `Kubernetes (a projected token at ${KUBERNETES_TOKEN_FILE})`,
      look: () => (exists(KUBERNETES_TOKEN_FILE) ? { kind: "file", path: KUBERNETES_TOKEN_FILE } : undefined),
    },
    spiffe: {
      name: "SPIFFE (SPIFFE_ENDPOINT_SOCKET)",
      look: () =>
        env.SPIFFE_ENDPOINT_SOCKET
          ? { kind: "spiffe", socket: env.SPIFFE_ENDPOINT_SOCKET.replace(/^unix:(?:\/\/)?/, "") }
          : undefined,
    },
    aws: {
      name: "AWS (Lambda, ECS or EKS; elsewhere give --identity aws)",
      look: () => (AWS_WORKLOAD.some((name) => env[name]) ? { kind: "aws" } : undefined),
    },
  } as const satisfies Record<string, Place>;
}

function chosenSource(name: string, places: ReturnType<typeof placesOf>): IdentitySource {
  if (name === "aws") return { kind: "aws" };
  if (!Object.hasOwn(places, name)) throw usage(`--identity takes ${Object.keys(places).join(", ")}`);
  const place = places[name as keyof typeof places];
  const source = place.look();
  if (source) return source;
  throw noIdentity(`--identity ${name}: there is none here; looked for ${place.name}`);
}

const namedSources = (token?: string, path?: string, url?: string, line?: string): IdentitySource[] => [
  ...(token ? [{ kind: "token", token } as const] : []),
  ...(path ? [{ kind: "file", path } as const] : []),
  ...(url ? [{ kind: "url", url } as const] : []),
  ...(line ? [{ kind: "command", line } as const] : []),
];

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
