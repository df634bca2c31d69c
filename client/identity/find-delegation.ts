import { readFileSync } from "node:fs";
import { ClientError } from "../exit-codes.ts";
import { unsetLine } from "../shell-quoting.ts";
import { delegationTokenOf } from "../task/delegation.ts";

/** Source of the delegation of a sub-agent. Never a command line, which every user of the machine can read. */
export type DelegationSource =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "file"; readonly path: string };

/**
 * Finds the delegation of a sub-agent: the file of an option, else a variable. An empty variable is an error, since a sub-agent without its delegation
 * would open a task of its own, with more rights.
 * @throws {ClientError} usage
 */
export function findDelegation(
  file: string | undefined,
  { VALETKEY_DELEGATION: token, VALETKEY_DELEGATION_FILE: path }: NodeJS.ProcessEnv,
): DelegationSource | undefined {
  if (file !== undefined) return named(file, "--delegation-file");
  if (token !== undefined && path !== undefined)
    throw usage("give one of VALETKEY_DELEGATION and VALETKEY_DELEGATION_FILE");
  if (path !== undefined) return named(path, "VALETKEY_DELEGATION_FILE");
  return token === undefined ? undefined : { kind: "token", token };
}

/** Reads the delegation token. Its errors do not quote what was read. @throws {ClientError} usage */
export function readDelegation(source: DelegationSource): string {
  const token = delegationTokenOf(source.kind === "token" ? source.token : contentOf(source.path));
  if (token !== undefined) return token;
  const from = source.kind === "token" ? "VALETKEY_DELEGATION" : `the file ${source.path}`;
  throw usage(
    `${from} holds no delegation: it takes what \`valetkey delegate\` or task.delegate made, which begins vkd_`,
  );
}

/** Refuses a delegation for a command that opens several tasks: the second would be one of the agent's own. @throws {ClientError} usage */
export function refuseDelegation(
  command: string,
  { VALETKEY_DELEGATION: token, VALETKEY_DELEGATION_FILE: path }: NodeJS.ProcessEnv,
): void {
  if (token === undefined && path === undefined) return;
  throw usage(
    `a delegation opens one task, and \`valetkey ${command}\` opens one after another: run \`valetkey exec\`, or ${unsetLine("VALETKEY_DELEGATION", "VALETKEY_DELEGATION_FILE")}`,
  );
}

function named(path: string, option: string): DelegationSource {
  if (path.startsWith("vkd_"))
    throw usage(
      `${option} takes the path of a file. Every user of the machine can read a command line: put the delegation into a file, or into VALETKEY_DELEGATION`,
    );
  if (path === "") throw usage(`${option} is empty: it takes the file of a delegation`);
  return { kind: "file", path };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw usage(`the delegation file ${path} cannot be read`);
  }
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
