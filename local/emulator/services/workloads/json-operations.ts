import { jsonAnswer } from "../../answers.ts";
import type { Need } from "../../need.ts";
import type { Caller, Service } from "../../service.ts";
import { ServiceError } from "../../service-error.ts";
import { JsonInput } from "../json-input.ts";
import type { AllWorkloads, Workloads } from "./workloads.ts";

/** Call of a JSON operation, before anything is decided. */
export interface JsonCall {
  readonly input: JsonInput;
  readonly caller: Caller;
  readonly workloads: Workloads;
  /** ARN of a resource of the service, in the caller's account and Region. */
  readonly arn: (resource: string) => string;
  /** Need on a resource of the caller's account. */
  readonly need: (action: string, resource: string, context?: Need["context"]) => Need;
}

/** Operation: its needs, and its answer once they are allowed. */
export interface Operation {
  readonly needs: readonly Need[];
  readonly answer: () => unknown;
}

/**
 * Makes a service in AWS's JSON protocol that has only the given operations.
 * @param target prefix of `X-Amz-Target`.
 */
export const jsonOperations = (
  name: string,
  target: string,
  all: AllWorkloads,
  operations: Readonly<Record<string, (call: JsonCall) => Operation>>,
): Service => ({
  name,
  format: "json",
  open: (request, caller) => {
    const input = new JsonInput(request, target);
    const operation = Object.hasOwn(operations, input.operation) ? operations[input.operation] : undefined;
    if (!operation)
      throw new ServiceError("UnknownOperationException", `The embedded ${name} does not do ${input.operation}.`, 400);
    const { needs, answer } = operation({
      input,
      caller,
      workloads: all.of(caller.account),
      arn: (resource) => `arn:aws:${name}:${caller.region}:${caller.account}:${resource}`,
      need: (action, resource, context = {}) => ({ action, resource, resourceAccount: caller.account, context }),
    });
    return { operation: input.operation, needs, perform: async () => jsonAnswer(await answer(), "1.1") };
  },
});

export const notThere = (code: string, what: string): ServiceError =>
  new ServiceError(code, `There is no ${what}.`, 400);
