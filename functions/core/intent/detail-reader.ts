import type { ConnectorType } from "../deployment/connector-type.ts";
import type { TypedDetail } from "./detail.ts";
import type { JsonObject, Place } from "./place.ts";
import type { Question } from "./question.ts";

/** The half of a connector that reads details and issues nothing. Policy and the policy tools need only this half. */
export interface DetailReader<D extends TypedDetail = TypedDetail> {
  readonly type: D["type"];
  /** Parses a detail; sends no request. @throws {Refusal} intent_invalid, which names the faulty part. */
  parse(detail: JsonObject, place: Place): D;
  /**
   * Returns the questions of a detail, which policy decides one by one. A question names exactly one target, never a
   * set.
   */
  describe(detail: D): readonly Question[];
  /** Returns details that state exactly the permitted questions of a detail. */
  narrow(detail: D, permitted: readonly Question[]): readonly D[];
}

/** Readers of details, by type. A detail whose type is missing is refused. */
export type DetailReaders = Readonly<Partial<Record<ConnectorType, DetailReader>>>;

/** Returns the types with a reader, in the order of registration. */
export const typesOf = (readers: DetailReaders): readonly ConnectorType[] => Object.keys(readers) as ConnectorType[];
