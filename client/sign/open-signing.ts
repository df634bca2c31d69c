import type { Source } from "../credentials/credential-endpoint.ts";
import type { ServedService, Task } from "../task/held-task.ts";
import { asCredential, runKeys } from "./run-keys.ts";
import { Signatures } from "./signatures.ts";
import { openSigningPort } from "./signing-port.ts";

/** Ports of a task whose sessions stay in the hub, one for each service. */
export interface Signing {
  /** Variables of the command: the address of each port. */
  readonly variables: Readonly<Record<string, string>>;
  /** Keys of this run by the session's name, for the credential endpoint. They say by which session a port is to have a request signed. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly close: () => Promise<void>;
}

/** Variable by which SDKs take another address for every service without a variable of its own. */
const EVERY_OTHER = "AWS_ENDPOINT_URL";

/**
 * Opens a port for each service of the task's sessions, and one that refuses every other service. One endpoint cannot route, since SDKs name the service in the
 * host.
 * @param env environment of this process: a test's AWS is at `AWS_ENDPOINT_URL`.
 */
export async function openSigning(url: string, task: Task, env: NodeJS.ProcessEnv): Promise<Signing> {
  const sessions = (task.signed ?? []).map((session) => ({
    ...{ session, keys: runKeys(), signatures: new Signatures(url, task, session) },
  }));
  const variables = [...new Set(sessions.flatMap(({ session }) => session.endpoints.map(variableOf)))].toSorted();
  const opened = await Promise.all(
    (sessions.length === 0 ? [] : [...variables, EVERY_OTHER]).map(async (variable) => {
      const port = await openSigningPort({
        variable,
        sessions,
        elsewhere: env[variable] || env[EVERY_OTHER] || undefined,
      });
      return { variable, port };
    }),
  );
  return {
    variables: Object.fromEntries(opened.map(({ variable, port }) => [variable, port.origin])),
    sources: new Map(
      sessions.map(({ session, keys }) => [
        session.name,
        { current: async () => ({ credential: asCredential(keys, task.expiresAtMs) }) },
      ]),
    ),
    close: async () => {
      await Promise.all(opened.map(({ port }) => port.close()));
    },
  };
}

const variableOf = ({ variable }: ServedService): string => variable;
