import type * as v from "valibot";
import type { FunctionName } from "./names.ts";
import type { PermissionName } from "./permissions.ts";
import type { RefusalCode } from "./refusals.ts";

/** Proof of identity that an operation requires of its caller, in the words of the docs. */
export const CALLERS = {
  anybody: "nothing",
  agent: "agent's OIDC token (+ delegation token), or task token",
  task: "task token",
  "tool server": "presentation token + tool server's OIDC token",
  operator: "operator's OIDC token",
} as const;
export type Caller = keyof typeof CALLERS;

/**
 * Vote that an operator's act takes.
 * - `always`: acts that give something, or end something for good, where `stepUp` is on.
 * - `where it gives`: a change that shapes who may act, or extends the agent's life, where `stepUp` is on. Other changes take none.
 * - `in every deployment`: a consent and an acceptance are made of the vote, even where `stepUp` is off.
 * - `never`: reads, acts whose effect can be undone by a voted act, and acts with votes of their own.
 */
export type StepUp = "always" | "where it gives" | "in every deployment" | "never";

type Schema = v.GenericSchema;
type ObjectSchema = v.GenericSchema<object, object>;

/** Values in braces of a path: `"account"` of `/v1/accounts/{account}/halt`. */
export type ParameterName<P extends string> = P extends `${string}{${infer N}}${infer Rest}`
  ? N | ParameterName<Rest>
  : never;

/** Operation of the API as one value. Routes, types of handlers and callers, the document and the tables of docs follow from it. */
export interface Operation {
  /** Name of the operation in generated clients. */
  readonly id: string;
  readonly tag: "Exchange" | "Tasks" | "Operators" | "Approvals" | "Consents";
  readonly method: "GET" | "POST";
  /** Path in API Gateway's syntax: `{name}` is one path segment. */
  readonly path: `/${string}`;
  readonly caller: Caller;
  readonly function: FunctionName;
  /** The Cedar action that policy must permit the operator. */
  readonly permission?: PermissionName;
  readonly stepUp?: StepUp;
  /** One line for tables. */
  readonly summary: string;
  readonly description: string;
  /** Values in braces of the path, each with its schema. */
  readonly parameters?: Readonly<Record<string, Schema>>;
  /** Parameters of the query, each with its schema: `v.exactOptional(...)` where it may be left out. */
  readonly query?: Readonly<Record<string, Schema>>;
  /** Body: JSON, or a form where `form` is set. `optional`: the request may have no body. */
  readonly body?: { readonly schema: ObjectSchema; readonly form?: true; readonly optional?: true };
  /** Set where the caller's token is in the form, and no header is read. */
  readonly provenInForm?: true;
  readonly answer: {
    readonly status: 200 | 201 | 202;
    readonly says: string;
    /** Absent where the answer has no body. */
    readonly schema?: ObjectSchema;
    /** Description of a further answer, 202, with the same body. */
    readonly unfinished?: string;
  };
  /** Schema of the refusals, where it differs from the others'. */
  readonly refusal?: ObjectSchema;
  /** Names of the examples, each with one line. Their calls are arranged by `test/arrangements/`. */
  readonly examples: Readonly<Record<string, string>>;
  /** Every refusal that a call can meet, except the one of a broken deployment, which every operation has. */
  readonly refuses: readonly RefusalCode[];
}

/** Noun of the API: its operations in the order of the document, and its schemas by their names there. */
export interface Noun {
  readonly operations: readonly Operation[];
  readonly requests: Readonly<Record<string, Schema>>;
  readonly answers: Readonly<Record<string, Schema>>;
}

/** Makes an operation. Its parameters are exactly those of its path, and an operator's operation has a vote's row. */
export const operation = <const O extends Operation>(given: O & Complete<O>): O => given;

/** Demands what the rest of an operation makes necessary. */
type Complete<O extends Operation> = ([ParameterName<O["path"]>] extends [never]
  ? unknown
  : { readonly parameters: Readonly<Record<ParameterName<O["path"]>, Schema>> }) &
  (O["caller"] extends "operator" ? { readonly stepUp: StepUp } : unknown);

/** Type without members that can be set. */
export type Frozen<T> = T extends string | ((...args: never) => unknown)
  ? T
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** Body of an operation's answer, as its handler makes it. */
export type AnswerOf<O> = O extends { readonly answer: { readonly schema: infer S extends Schema } }
  ? Frozen<v.InferOutput<S>>
  : undefined;

/** Body of an operation's request, as its caller sends it. */
export type BodyOf<O> = O extends { readonly body: { readonly schema: infer S extends Schema } }
  ? Frozen<v.InferInput<S>>
  : undefined;

/** Body of an operation's request, as its handler reads it: each name has its one spelling. */
export type ReadBodyOf<O> = O extends { readonly body: { readonly schema: infer S extends Schema } }
  ? Frozen<v.InferOutput<S>>
  : undefined;

/** Query of an operation's request, as its caller gives it. A text that the contract does not list is for the service to refuse. */
export type QueryOf<O> = O extends { readonly query: infer Q extends v.ObjectEntries }
  ? { readonly query?: Read<v.InferInput<v.StrictObjectSchema<Q, undefined>>> }
  : unknown;

/** Values of an operation's path, as its caller gives them. */
export type ParametersOf<O> = O extends { readonly path: infer P extends string }
  ? Readonly<Record<ParameterName<P>, string>>
  : never;

/**
 * Answer as a reader takes it. A later version may add values to a list of texts, and members to an object, so that a
 * reader compares known texts and has words for others.
 */
export type Read<T> = T extends string
  ? string extends T
    ? T
    : T | (string & {})
  : T extends object
    ? { readonly [K in keyof T]: Read<T[K]> }
    : T;

/**
 * Object that claims to be a T, by a program that trusts no answer. It has the members of T and no others, and each is
 * yet to be checked.
 */
export type Unread<T> = { readonly [K in T extends unknown ? keyof T : never]?: unknown };
