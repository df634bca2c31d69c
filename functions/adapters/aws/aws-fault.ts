/** Error by which AWS, or the way to AWS, answered a call. Its name is AWS's code, as with the SDK's errors; its message holds nothing of the answer. */
export class AwsFault extends Error {
  /** `client` where AWS refuses this request, `server` where AWS failed; undefined where no answer came. */
  readonly $fault: "client" | "server" | undefined;
  /** Why each write of a transaction was cancelled, in order (DynamoDB alone). */
  readonly CancellationReasons: readonly { readonly Code?: string }[] | undefined;

  constructor(name: string, status?: number, reasons?: readonly { readonly Code?: string }[]) {
    super(status === undefined ? name : `${name} (HTTP ${status})`);
    this.name = name;
    this.$fault = status === undefined ? undefined : SIDES[Math.floor(status / 100)];
    this.CancellationReasons = reasons;
  }
}

const SIDES: { readonly [hundreds: number]: "client" | "server" } = { 4: "client", 5: "server" };

/** True where AWS itself refused the request: an error of the SDK, or of our own client. */
export const isClientFault = (error: unknown): error is Error =>
  error instanceof Error && "$fault" in error && error.$fault === "client";

/** AWS's code of a fault; the error's name otherwise. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");
