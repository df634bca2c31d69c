import type { GenericSchema } from "valibot";
import type { RefusalCode } from "../functions/core/refusal.ts";
import type { Arrange } from "./recording/call.ts";
import type { AnswerName, RequestName } from "./schemas/schemas.ts";

export type Tag = "Exchange" | "Tasks" | "Operators";

/** How each refusal comes about. What is not in here is not documented, and what is documented was answered by the handler. */
export type Refused = Readonly<Partial<Record<RefusalCode, Arrange>>>;

/** What the document says of a route beside what the route table says, and the calls it is shown by. */
export interface Operation {
  /** What a generated client calls it. */
  readonly id: string;
  readonly tag: Tag;
  readonly description: string;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  readonly body?: RequestBody;
  /** The token that proves it stands in the form; no header is read. */
  readonly provenInForm?: true;
  readonly answer: { readonly status: 200 | 201 | 202; readonly says: string; readonly schema?: AnswerName };
  /** It may also be answered with 202 and the same body: what that says. */
  readonly unfinished?: string;
  /** Calls that get that answer, by name. */
  readonly accepted: Readonly<Record<string, Accepted>>;
  readonly refused: Refused;
  /** The schema of its refusals, where it is not everybody's. */
  readonly refusal?: "CredentialsRefusal";
}

export interface QueryParameter {
  readonly says: string;
  readonly required: boolean;
  readonly schema: GenericSchema;
}

export interface RequestBody {
  readonly mediaType: "application/x-www-form-urlencoded" | "application/json";
  readonly schema: RequestName;
}

export interface Accepted {
  readonly says: string;
  readonly arrange: Arrange;
}
