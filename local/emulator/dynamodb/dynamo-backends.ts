import { Agent } from "node:http";
import { type DynamoProcess, hasDynoxide, startDynoxide } from "./dynoxide.ts";
import { type InProcessDynamoDb, inProcessDynamoDb } from "./in-process/in-process-dynamodb.ts";
import { type BackendAnswer, sendOverHttp } from "./over-http.ts";

/** Stores of the accounts' tables. */
export interface DynamoBackends {
  /** Sends one operation to the account's DynamoDB. */
  send(account: string, operation: string, input: object, region?: string): Promise<BackendAnswer>;
  close(): Promise<void>;
}

/** DynamoDB for the embedded AWS: the program dynoxide, the one in this process, or one at an endpoint. */
export type DynamoChoice = "dynoxide" | "in-process" | { readonly endpoint: string };

/**
 * Chooses a DynamoDB: the one at DYNAMODB_ENDPOINT, else the one that VALETKEY_DYNAMODB names, else dynoxide. Dynoxide
 * exists for Linux on x64 alone. The DynamoDB in this process is used where dynoxide is not installed.
 */
export function chooseDynamo(
  env: Readonly<Record<string, string | undefined>> = process.env,
  isInstalled = hasDynoxide(),
): DynamoChoice {
  if (env.DYNAMODB_ENDPOINT) return { endpoint: env.DYNAMODB_ENDPOINT };
  const named = env.VALETKEY_DYNAMODB || (isInstalled ? "dynoxide" : "in-process");
  if (named === "dynoxide" || named === "in-process") return named;
  throw new Error(`VALETKEY_DYNAMODB is "${named}"; it takes dynoxide or in-process`);
}

/**
 * Makes the stores of the chosen kind, one for each account. An endpoint is one store, which separates accounts by
 * access key.
 */
export function dynamoBackends(choice: DynamoChoice = chooseDynamo()): DynamoBackends {
  if (choice === "in-process") return backendsInProcess();
  return choice === "dynoxide" ? backendsByDynoxide() : backendsAt(choice.endpoint);
}

function backendsInProcess(): DynamoBackends {
  const accounts = new Map<string, InProcessDynamoDb>();
  return {
    send: async (account, operation, input, region = "us-east-1") => {
      const dynamo = accounts.get(account) ?? inProcessDynamoDb(account);
      accounts.set(account, dynamo);
      return dynamo(operation, input, region);
    },
    close: async () => undefined,
  };
}

function backendsAt(endpoint: string): DynamoBackends {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    send: (account, operation, input, region = "us-east-1") =>
      sendOverHttp(endpoint, agent, { account, operation, input, region }),
    close: async () => agent.destroy(),
  };
}

/** Makes a process for each account. The first process is started now, before it is needed. */
function backendsByDynoxide(): DynamoBackends {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const started: Promise<DynamoProcess>[] = [];
  const byAccount = new Map<string, Promise<DynamoProcess>>();
  const start = (): Promise<DynamoProcess> => {
    const starting = startDynoxide();
    // The sender of the first operation gets the error. Without an operation, nobody needs the error.
    starting.catch(() => undefined);
    started.push(starting);
    return starting;
  };
  let spare: Promise<DynamoProcess> | undefined = start();
  const processOf = (account: string): Promise<DynamoProcess> => {
    const assigned = byAccount.get(account) ?? spare ?? start();
    if (assigned === spare) spare = undefined;
    byAccount.set(account, assigned);
    return assigned;
  };
  return {
    send: async (account, operation, input, region = "us-east-1") => {
      const { endpoint } = await processOf(account);
      return sendOverHttp(endpoint, agent, { account, operation, input, region });
    },
    close: async () => {
      agent.destroy();
      const settled = await Promise.allSettled(started);
      await Promise.all(settled.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.close() : undefined)));
    },
  };
}
