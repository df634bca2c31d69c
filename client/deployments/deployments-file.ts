import { existsSync } from "node:fs";
import { join } from "node:path";
import { defined } from "../../functions/core/defined.ts";
import { ClientError } from "../exit-codes.ts";
import { alone } from "../files/file-lock.ts";
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from "../files/private-file.ts";
import { userFolder, variableOfFolder } from "../files/user-folder.ts";
import { recordOf } from "../task/fields.ts";
import { safeUrl } from "../task/safe-url.ts";

/** Place where people of a deployment sign in. Never a token's audience: that follows from the address alone. */
export interface SignInPlace {
  readonly issuer: string;
  readonly clientId: string;
  /** Scope to request; where absent, the command chooses one. */
  readonly scope?: string;
  /** False where the sign-in must send no `resource` parameter (RFC 8707). */
  readonly resource?: boolean;
}

/** Deployment that the user gave a name. */
export interface NamedDeployment {
  readonly url: string;
  /** Place that the user accepted at the last sign-in. */
  readonly signIn?: SignInPlace;
}

export interface Deployments {
  /** Name of the deployment that commands use by default. */
  readonly current?: string;
  readonly named: Readonly<Record<string, NamedDeployment>>;
}

const NONE: Deployments = { named: {} };

/** Form of a deployment's name. */
export const isDeploymentName = (name: string): boolean => /^[a-z0-9][a-z0-9-]{0,31}$/.test(name);

/** File with the user's deployments by name: 0600, in the OS's folder for configuration. Holds no token and no audience. */
export class DeploymentsFile {
  readonly path: string;
  readonly #folder: string;

  constructor(env: NodeJS.ProcessEnv) {
    this.#folder = join(userFolder("config", env), "valetkey");
    this.path = join(this.#folder, "config.json");
  }

  /** Reads the file; empty where there is none. @throws {ClientError} usage where others could have written it, or it has another form. */
  read(): Deployments {
    const text = readPrivateFile(this.path);
    if (text !== undefined) return parsed(text, this.path);
    if (!existsSync(this.path)) return NONE;
    throw unusable(
      `${this.path} is not used, since other users can read or write it: check what is in it, then chmod 600`,
    );
  }

  /** Replaces the content by the result of `next`, under a lock. */
  async change(next: (current: Deployments) => Deployments): Promise<void> {
    ensurePrivateFolder(this.#folder, variableOfFolder("config"));
    await alone(this.path, async () => {
      const { current, named } = next(this.read());
      const content = { ...defined({ current }), deployments: named };
      writePrivateFile(this.path, `${JSON.stringify(content, null, 2)}\n`);
    });
  }
}

function parsed(text: string, path: string): Deployments {
  const wrong = () =>
    unusable(`${path} does not have the form that \`valetkey login --name\` writes: correct the file, or remove it`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw wrong();
  }
  const { current, deployments = {} } = recordOf(content);
  const entries = Object.entries(recordOf(deployments));
  if (current !== undefined && typeof current !== "string") throw wrong();
  if (!entries.every((entry): entry is [string, NamedDeployment] => isDeploymentName(entry[0]) && isNamed(entry[1])))
    throw wrong();
  for (const [name, { url, signIn }] of entries) {
    safeUrl(url, `the url of ${name} in ${path}`);
    if (signIn) safeUrl(signIn.issuer, `the issuer of ${name} in ${path}`);
  }
  return { ...defined({ current }), named: Object.fromEntries(entries) };
}

/** True for an entry of exactly the known fields. An unknown field could be a later version's, with a meaning that this version would ignore. */
function isNamed(value: unknown): value is NamedDeployment {
  const { url, signIn, ...others } = recordOf(value);
  return typeof url === "string" && Object.keys(others).length === 0 && (signIn === undefined || isSignInPlace(signIn));
}

export function isSignInPlace(value: unknown): value is SignInPlace {
  const { issuer, clientId, scope, resource, ...others } = recordOf(value);
  return (
    [issuer, clientId].every((each) => typeof each === "string") &&
    (scope === undefined || typeof scope === "string") &&
    (resource === undefined || typeof resource === "boolean") &&
    Object.keys(others).length === 0
  );
}

const unusable = (sentence: string): ClientError => new ClientError("usage", "deployments_unusable", sentence);
