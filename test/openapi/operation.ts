import type { GenericSchema } from "valibot";
import type { RefusalCode } from "../../contract/refusals.ts";
import type { Arrange } from "./recording/call.ts";
import type { AnswerName, RequestName } from "./schemas.ts";

export type Tag = "Exchange" | "Tasks" | "Operators" | "Approvals" | "Consents";

/**
 * Refusals of an operation, each with the situation that causes it. The document contains exactly these refusals, with
 * the handler's answers.
 */
export type Refused = Readonly<Partial<Record<RefusalCode, Arrange>>>;

/** Documentation of a route beyond the route table, with the calls that are its examples. */
export interface Operation {
  /** Name of the operation in generated clients. */
  readonly id: string;
  readonly tag: Tag;
  readonly description: string;
  /** Schemas of the values in the path. */
  readonly parameters?: Readonly<Record<string, GenericSchema>>;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  readonly body?: RequestBody;
  /** True where the caller's token is in the form and no header is read. */
  readonly provenInForm?: true;
  readonly answer: { readonly status: 200 | 201 | 202; readonly says: string; readonly schema?: AnswerName };
  /** Description of an additional answer 202 with the same body. */
  readonly unfinished?: string;
  /** Calls that are answered with success, by name. */
  readonly accepted: Readonly<Record<string, Accepted>>;
  readonly refused: Refused;
  /** Schema of the operation's refusals, where it differs from the others'. */
  readonly refusal?: AnswerName;
}

export interface QueryParameter {
  readonly says: string;
  readonly required: boolean;
  readonly schema: GenericSchema;
}

export interface RequestBody {
  readonly mediaType: "application/x-www-form-urlencoded" | "application/json";
  readonly schema: RequestName;
  /** True where the request may have no body. */
  readonly optional?: true;
}

export interface Accepted {
  readonly says: string;
  readonly arrange: Arrange;
}
