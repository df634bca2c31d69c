/** Shown fields of the answer of `GET /v1/journal`. */
export interface JournalAnswer {
  readonly checkpoint: {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
    readonly bucket: string;
    readonly signed_at: string;
  };
  readonly anchor: {
    readonly state: "none" | "same" | "differs" | "not_read";
    readonly bucket?: string;
    readonly account?: string;
    readonly size?: number;
  };
  readonly waits_seconds: number;
  readonly events: readonly JournalRow[];
  readonly searched: { readonly from: number; readonly to: number; readonly back_to?: string };
  readonly before?: number;
  readonly gone_before?: number;
}

export interface JournalRow {
  /** Place in the log. */
  readonly index: number;
  readonly event: {
    readonly journal: string;
    readonly of: string;
    readonly n: number;
    readonly type: string;
    /** Epoch milliseconds. */
    readonly at: number;
    readonly facts?: Readonly<Record<string, unknown>>;
  };
}
