import { ServiceError } from "../service-error.ts";
import type { WireRequest } from "../wire-request.ts";

/** The members of a JSON protocol call, each read with the type it must have. */
export class JsonInput {
  readonly operation: string;
  readonly #members: Readonly<Record<string, unknown>>;

  /** `target` is the service's prefix in `X-Amz-Target`: `AmazonSQS`. */
  constructor(request: WireRequest, target: string) {
    const header = request.headers["x-amz-target"] ?? "";
    this.operation = header.startsWith(`${target}.`) ? header.slice(target.length + 1) : "";
    this.#members = parseObject(request.body.toString("utf8"));
  }

  text(name: string): string | undefined {
    const value = this.#members[name] ?? undefined;
    if (value !== undefined && typeof value !== "string") throw wrongType(name);
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "")
      throw new ServiceError("ValidationException", `The request must contain the parameter ${name}.`, 400);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.#members[name] ?? undefined;
    if (value !== undefined && typeof value !== "number") throw wrongType(name);
    return value;
  }

  /** The members of a list, each a structure. */
  list(name: string): Readonly<Record<string, unknown>>[] {
    const value = this.#members[name] ?? [];
    if (!Array.isArray(value)) throw wrongType(name);
    return value as Readonly<Record<string, unknown>>[];
  }

  raw(name: string): unknown {
    return this.#members[name];
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Falls through to the refusal.
  }
  throw new ServiceError("SerializationException", "The request body is not a JSON object.", 400);
}

const wrongType = (name: string): ServiceError =>
  new ServiceError("SerializationException", `The parameter ${name} has the wrong type.`, 400);
