import { ClientError } from "../exit-codes.ts";
import { nearest } from "../nearest.ts";
import { ownCommand } from "../own-command.ts";
import { safeUrl } from "../task/safe-url.ts";
import { type Deployments, DeploymentsFile } from "./deployments-file.ts";

/** Options for the deployment's address, of every command that talks to a deployment. */
export interface AddressFlags {
  readonly url?: string | undefined;
  readonly deployment?: string | undefined;
  /** Audience that the flags or variables name. */
  readonly audience?: string | undefined;
}

/**
 * Finds the deployment that a command talks to: `--url`, `--deployment`, VALETKEY_URL, VALETKEY_DEPLOYMENT, then the one of `valetkey use`. No file of
 * the working folder is read.
 *
 * An audience is allowed only together with an address. Otherwise a changed file of deployments could send a token for one hub to another.
 * @returns undefined where nothing names one.
 * @throws {ClientError} usage
 */
export function addressOf(flags: AddressFlags, env: NodeJS.ProcessEnv): string | undefined {
  if (flags.url !== undefined && flags.deployment !== undefined) throw usage("give --url or --deployment, not both");
  if (flags.url !== undefined) return safeUrl(flags.url, "--url");
  if (flags.deployment === undefined && env.VALETKEY_URL !== undefined)
    return safeUrl(env.VALETKEY_URL, "VALETKEY_URL");
  const requested = flags.deployment ?? (env.VALETKEY_DEPLOYMENT || undefined);
  const deployments = requested === undefined ? readIfAny(env) : new DeploymentsFile(env).read();
  const name = requested ?? deployments.current;
  if (name === undefined) return undefined;
  const found = Object.hasOwn(deployments.named, name) ? deployments.named[name] : undefined;
  if (!found) throw unknownDeployment(name, deployments);
  if (flags.audience !== undefined)
    throw usage(
      "an audience needs the address that it belongs to: give --url (or VALETKEY_URL) with it, since a deployment's name could come to mean another address",
    );
  return safeUrl(found.url, `the url of ${name}`);
}

/** Names a deployment for a person: `prod (https://…)`, or its address where the user gave it no name. */
export function placeOf(url: string, env: NodeJS.ProcessEnv): string {
  const names = Object.entries(readIfAny(env).named).flatMap(([name, named]) => (named.url === url ? [name] : []));
  return names.length === 0 ? url : `${names.join(", ")} (${url})`;
}

/** Makes the error for a name that is in no file. */
export function unknownDeployment(name: string, { named }: Deployments): ClientError {
  const names = Object.keys(named);
  const meant = nearest(name, names);
  const known =
    names.length === 0
      ? `there is none yet: ${ownCommand()} login --url <address> --name <name> adds one`
      : `${ownCommand()} use lists them`;
  return new ClientError(
    "usage",
    "unknown_deployment",
    `no deployment is called ${name}; ${meant === undefined ? known : `did you mean ${meant}?`}`,
  );
}

/** Reads the user's deployments, for a command line that names none. Returns none where the machine has no home folder. */
function readIfAny(env: NodeJS.ProcessEnv): Deployments {
  let file: DeploymentsFile;
  try {
    file = new DeploymentsFile(env);
  } catch {
    return { named: {} };
  }
  return file.read();
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
