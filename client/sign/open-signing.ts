import type { Source } from "../credentials/credential-endpoint.ts";
import type { Task } from "../task/held-task.ts";
import { asCredential, runKeys } from "./run-keys.ts";
import { Signatures } from "./signatures.ts";
import { openSigningPort, type SigningSession } from "./signing-port.ts";

/** Ports for sessions that stay in the hub, one for each service. */
export interface Signing {
  /** Variables of the programs: the address of each port. */
  readonly variables: Readonly<Record<string, string>>;
  /** Keys of this run by the session's name, for the credential endpoint. They say by which session a port is to have a request signed. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly close: () => Promise<void>;
}

/** Variable by which SDKs take another address for every service without a variable of its own. */
const EVERY_OTHER = "AWS_ENDPOINT_URL";

/**
 * Opens a port for each service of the sessions, and one that refuses every other service. One endpoint cannot route, since SDKs name the service in the host.
 * @param env environment of this process: a test's AWS is at `AWS_ENDPOINT_URL`.
 * @param firstPort port of the first variable by its name, which the others' ports follow; 0 for any free ports.
 * @throws the error of a port that cannot be opened.
 */
export async function openSigning(
  sessions: readonly SigningSession[],
  env: NodeJS.ProcessEnv,
  firstPort = 0,
): Promise<Signing> {
  const keyed = sessions.map((each) => ({ ...each, keys: runKeys() }));
  const variables = [...new Set(keyed.flatMap(({ session }) => session.endpoints.map(({ variable }) => variable)))];
  const opening = await Promise.allSettled(
    [...variables, EVERY_OTHER].toSorted().map(async (variable, index) => {
      const elsewhere = env[variable] || env[EVERY_OTHER] || undefined;
      const port = firstPort === 0 ? 0 : firstPort + index;
      return { variable, port: await openSigningPort({ variable, sessions: keyed, elsewhere, port }) };
    }),
  );
  const opened = opening.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const close = async () => {
    await Promise.all(opened.map(({ port }) => port.close()));
  };
  const failed = opening.find((each) => each.status === "rejected");
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    variables: Object.fromEntries(opened.map(({ variable, port }) => [variable, port.origin])),
    sources: new Map(
      keyed.map(({ session, keys }) => [session.name, { current: async () => ({ credential: asCredential(keys) }) }]),
    ),
    close,
  };
}

/** Opens the ports of one task, which its sessions serve to its end. */
export const openTaskSigning = (url: string, task: Task, env: NodeJS.ProcessEnv): Promise<Signing> =>
  openSigning(
    (task.signed ?? []).map((session) => ({ session, signatures: new Signatures(url, task, session) })),
    env,
  );
