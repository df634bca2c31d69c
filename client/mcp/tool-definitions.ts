import { plain } from "./answers.ts";
import type { Program } from "./run-program.ts";

/** Tool in the form of `tools/list`. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly annotations: object;
  readonly inputSchema: {
    readonly type: "object";
    readonly properties: Readonly<Record<string, object>>;
    readonly required?: readonly string[];
    readonly additionalProperties: false;
  };
}

/**
 * Finds an argument that the tool does not take, or a required one that is missing: a host may not apply the schema.
 * @returns a sentence for the model, with the tool's arguments; undefined where there is no such fault.
 */
export function argumentFault(
  { name, inputSchema: { properties, required = [] } }: ToolDefinition,
  given: Readonly<Record<string, unknown>>,
): string | undefined {
  const names = Object.keys(properties);
  const takes = names.length === 0 ? `${name} takes no arguments.` : `${name} takes ${names.join(", ")}.`;
  const unknown = Object.keys(given).find((each) => !names.includes(each));
  if (unknown !== undefined) return `The argument ${plain(unknown, 40)} is unknown. ${takes}`;
  const missing = required.find((each) => given[each] === undefined);
  return missing === undefined ? undefined : `The argument ${missing} is missing. ${takes}`;
}

const access = { type: "string", description: "Name of the access, from request_access." };

const allow = {
  type: "array",
  minItems: 1,
  maxItems: 20,
  items: { type: "string", maxLength: 4_096 },
  description: "action[,action...]=arn[,arn...], such as s3:GetObject=arn:aws:s3:::acme-data/reports/*",
};
const account = {
  type: "string",
  pattern: "^[0-9]{12}$",
  description: "12 digits, for ARNs without an account (S3), unless the server has a default.",
};

/** Instructions that a host gives its model with the tools. */
export const INSTRUCTIONS =
  "Before a command that needs AWS, call request_access for exactly what the command will do, then run it in your shell with the profile of the answer. " +
  "A denial says what to ask for instead. Call end_access when the work is done. No answer holds a key; do not look for one.";

/**
 * Lists the tools of the server, as `tools/list` answers.
 * @param agents sub-agents to which the model may delegate.
 */
export const toolDefinitions = (programs: readonly Program[], agents: readonly string[]): readonly ToolDefinition[] => [
  {
    name: "request_access",
    description:
      "Ask for access to AWS for one piece of work. Returns the name of an AWS profile for your own shell, never a key. Ask for as little as the work needs.",
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    inputSchema: {
      type: "object",
      properties: {
        purpose: {
          type: "string",
          minLength: 1,
          maxLength: 256,
          description: "What the access is for, in one sentence. People read it.",
        },
        allow,
        account,
        minutes: { type: "integer", minimum: 1, maximum: 720, description: "Lifetime of the access; 15 by default." },
        accept_less: { type: "boolean", description: "Take the part that policy permits, rather than all or nothing." },
      },
      required: ["purpose", "allow"],
      additionalProperties: false,
    },
  },
  {
    name: "access_status",
    description: "List the live accesses, and until when each one lives.",
    annotations: { readOnlyHint: true },
    inputSchema: { type: "object", properties: { access }, additionalProperties: false },
  },
  {
    name: "what_may_i",
    description:
      "List what was granted and denied so far. To learn what else policy permits, ask for it: a denial says what to ask for instead.",
    annotations: { readOnlyHint: true },
    inputSchema: { type: "object", properties: {}, additionalProperties: false },
  },
  {
    name: "end_access",
    description: "End an access: its keys stop working.",
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    inputSchema: {
      type: "object",
      properties: {
        access,
        outcome: { enum: ["success", "failure"], description: "Result of the work; success by default." },
      },
      required: ["access"],
      additionalProperties: false,
    },
  },
  ...(programs.length === 0 ? [] : [runWithAccess(programs)]),
  ...(agents.length === 0 ? [] : [delegateAccess(agents)]),
];

const runWithAccess = (programs: readonly Program[]): ToolDefinition => ({
  name: "run_with_access",
  description:
    "Run one of the allowed programs with an access, without a shell, in the server's folder. A convenience, not a boundary: the program can do whatever its user can.",
  annotations: { readOnlyHint: false, openWorldHint: true },
  inputSchema: {
    type: "object",
    properties: {
      access,
      program: { enum: programs.map(({ name }) => name) },
      args: { type: "array", maxItems: 64, items: { type: "string", maxLength: 4_096 } },
    },
    required: ["access", "program"],
    additionalProperties: false,
  },
});

const delegateAccess = (agents: readonly string[]): ToolDefinition => ({
  name: "delegate_access",
  description:
    "Hand on a part of an access to a sub-agent with an identity of its own. Returns the path of a file for the sub-agent's process, never a token. Hand on as little as its work needs.",
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  inputSchema: {
    type: "object",
    properties: {
      access,
      to: { enum: agents, description: "Registered id of the sub-agent." },
      allow,
      account,
      minutes: {
        type: "integer",
        minimum: 1,
        maximum: 720,
        description: "Lifetime of the delegation; as long as the access by default.",
      },
    },
    required: ["access", "to", "allow"],
    additionalProperties: false,
  },
});
