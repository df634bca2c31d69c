import type { Algorithm, Issuer, Replay } from "./issuer.ts";

/**
 * Defaults for a kind of issuer, so that `valetkey.json` contains only what differs.
 * Sources: docs/reference/identity.md#presets.
 */
export interface Preset
  extends Pick<Issuer, "algorithms" | "pin" | "maxLifetimeSeconds" | "replay" | "required">,
    Partial<Pick<Issuer, "url" | "subject" | "person">> {
  /** Form of a group's id that never changes, where every group of the issuer has one. */
  readonly groupIds?: "uuid";
  /**
   * Hosts whose issuers give one person a different `sub` for each client (pairwise subjects: OpenID Connect Core 1.0,
   * section 8).
   */
  readonly pairwiseAt?: readonly string[];
  /** Claim for which each issuer of the preset must name a value in `required`. */
  readonly mustRequire?: { readonly claim: string; readonly of: string; readonly since: string };
}

const singleUse: Replay = { mode: "single_use" };
const rs256: readonly Algorithm[] = ["RS256"];

/** Presets pin claims that cannot be renamed (`repository_id`, `project_id`, `oid`), never a display name. */
export const PRESETS = {
  /** GitHub Actions: bindings use `repository_id`, since `sub` changed its form in 2026 and names can be reused. */
  "github-actions": {
    url: "https://token.actions.githubusercontent.com",
    algorithms: rs256,
    pin: "repository_id",
    maxLifetimeSeconds: 3_600,
    replay: singleUse,
    required: {},
  },
  /** GitLab; a self-managed instance sets its own `url`. */
  gitlab: {
    url: "https://gitlab.com",
    algorithms: rs256,
    pin: "project_id",
    maxLifetimeSeconds: 3_600 * 6,
    replay: singleUse,
    required: {},
  },
  /**
   * Projected service-account token (EKS or any cluster). The kubelet provides the same token until it rotates it.
   * `sub` is a name, which a new account can reuse.
   */
  kubernetes: {
    algorithms: ["RS256", "ES256"],
    pin: "sub",
    subject: "service-account",
    maxLifetimeSeconds: 86_400,
    replay: { mode: "window", cap: 1_000 },
    required: {},
  },
  /** SPIFFE JWT-SVID: `jti` is optional, and an agent may get the same cached token twice. */
  spiffe: {
    algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
    pin: "sub",
    subject: "spiffe",
    maxLifetimeSeconds: 3_600,
    replay: { mode: "window", cap: 100 },
    required: {},
  },
  /** AWS `sts:GetWebIdentityToken`: `sub` is the role's ARN, `iss` a host of the account. */
  aws: {
    algorithms: ["RS256", "ES384"],
    pin: "sub",
    subject: "role-arn",
    maxLifetimeSeconds: 3_600,
    replay: singleUse,
    required: {},
  },
  /** Entra ID: `oid` is the service principal's object id. */
  entra: {
    algorithms: rs256,
    pin: "oid",
    person: "oid",
    groupIds: "uuid",
    pairwiseAt: ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"],
    maxLifetimeSeconds: 86_400 + 3_600,
    replay: { mode: "window", cap: 1_000 },
    required: {},
    mustRequire: { claim: "tid", of: "<your tenant>", since: "an oid is unique in one tenant only" },
  },
  /** Any other OIDC issuer. */
  generic: {
    algorithms: ["RS256", "ES256", "EdDSA"],
    pin: "sub",
    maxLifetimeSeconds: 3_600,
    replay: singleUse,
    required: {},
  },
} as const satisfies Record<string, Preset>;

/** Default tolerance of an issuer's clock; seconds. */
export const DEFAULT_SKEW_SECONDS = 30;
