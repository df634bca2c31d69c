/**
 * Failure of a call to AWS, by AWS's answer or by the network. The error's name is AWS's code, as with the SDK's
 * errors. The message holds nothing of the answer.
 */
export class AwsFault extends Error {
  /** `client` where AWS refuses this request, `server` where AWS failed; undefined where no answer came. */
  readonly $fault: "client" | "server" | undefined;
  /** Reasons for which each write of a transaction was cancelled, in order; only from DynamoDB. */
  readonly CancellationReasons: readonly { readonly Code?: string }[] | undefined;

  constructor(name: string, status?: number, reasons?: readonly { readonly Code?: string }[]) {
    super(status === undefined ? name : `${name} (HTTP ${status})`);
    this.name = name;
    this.$fault = status === undefined ? undefined : SIDES[Math.floor(status / 100)];
    this.CancellationReasons = reasons;
  }
}

const SIDES: { readonly [hundreds: number]: "client" | "server" } = { 4: "client", 5: "server" };

/** Returns true where AWS itself refused the request, for errors of the SDK and of our own client. */
export const isClientFault = (error: unknown): error is Error =>
  error instanceof Error && "$fault" in error && error.$fault === "client";

/** Returns AWS's code of a fault; for other errors, the name. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");
