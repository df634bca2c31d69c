/** Refusal with AWS's own error code. The gate writes it in the format of the called service. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further members of the error, such as DynamoDB's `CancellationReasons`. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status: number, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "ServiceError";
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
