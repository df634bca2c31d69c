/** Policy as it is deployed. */
export interface DeployedPolicy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly annotations: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Answer of `GET /v1/policies`. */
export interface PolicyList {
  readonly bundle: string;
  readonly policies: readonly DeployedPolicy[];
  readonly next?: string;
}

/** Answer of `POST /v1/policies/explain`. */
export interface Explanation {
  readonly agent: string;
  readonly status: string;
  readonly bundle: string;
  readonly at: string;
  readonly answer: "allowed" | "denied";
  readonly terms?: readonly string[];
  readonly code?: string;
  readonly sentence?: string;
  readonly pairs: readonly ExplainedPair[];
  readonly sessions: readonly ExplainedSession[];
}

export interface ExplainedPair {
  readonly action: string;
  readonly target: string;
  readonly permitted?: {
    readonly permits: readonly string[];
    readonly forbids: readonly string[];
    readonly conditions: readonly Readonly<Record<string, unknown>>[];
    readonly denies: readonly { readonly resources: readonly string[]; readonly conditions: object }[];
    readonly terms: readonly string[];
  };
  readonly denial?: { readonly reason: string; readonly policy?: string; readonly hint?: string };
  readonly closest?: {
    readonly policy: string;
    readonly missed: readonly {
      readonly part: string;
      readonly holds: "no" | "in part" | "by tags" | "unclear";
      readonly has: Readonly<Record<string, unknown>>;
    }[];
    readonly held: readonly string[];
  };
  readonly shadows: readonly string[];
}

export interface ExplainedSession {
  readonly lease: string;
  readonly account: string;
  readonly policy: string;
  readonly characters: number;
  readonly proof: "proven" | "counterexample" | "unknown";
  readonly lost: "unknown" | readonly { readonly permit: string; readonly action: string; readonly resource: string }[];
}
