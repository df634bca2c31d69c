import type { Algorithm, Issuer, Replay } from "./issuer.ts";

/** What a kind of issuer promises, so that `valetkey.json` says only what differs. Sources: facts of each provider, docs/reference/identity.md#presets. */
export type Preset = Pick<Issuer, "algorithms" | "pin" | "maxLifetimeSeconds" | "replay" | "required"> &
  Partial<Pick<Issuer, "url" | "subject">>;

const singleUse: Replay = { mode: "single_use" };
const rs256: readonly Algorithm[] = ["RS256"];

/** Presets pin claims that cannot be renamed (`repository_id`, `project_id`, `oid`), never a display name. */
export const PRESETS = {
  /** GitHub Actions: `sub` changed its form in 2026 and names can be reused, so bindings go by `repository_id`. */
  "github-actions": {
    url: "https://token.actions.githubusercontent.com",
    algorithms: rs256,
    pin: "repository_id",
    maxLifetimeSeconds: 3_600,
    replay: singleUse,
    required: {},
  },
  /** GitLab: `url` is https://gitlab.com unless self-managed. */
  gitlab: {
    url: "https://gitlab.com",
    algorithms: rs256,
    pin: "project_id",
    maxLifetimeSeconds: 3_600 * 6,
    replay: singleUse,
    required: {},
  },
  /** A projected service-account token (EKS or any cluster): the kubelet hands out one token until it rotates it. `sub` is a name, which can be made anew. */
  kubernetes: {
    algorithms: ["RS256", "ES256"],
    pin: "sub",
    subject: "service-account",
    maxLifetimeSeconds: 86_400,
    replay: { mode: "window", cap: 1_000 },
    required: {},
  },
  /** SPIFFE JWT-SVID: `jti` is optional and an agent may be given one cached token twice. */
  spiffe: {
    algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"],
    pin: "sub",
    subject: "spiffe",
    maxLifetimeSeconds: 3_600,
    replay: { mode: "window", cap: 100 },
    required: {},
  },
  /** AWS `sts:GetWebIdentityToken`: `sub` is the role's ARN, `iss` the account's own host. */
  aws: {
    algorithms: ["RS256", "ES384"],
    pin: "sub",
    subject: "role-arn",
    maxLifetimeSeconds: 3_600,
    replay: singleUse,
    required: {},
  },
  /** Entra ID: `oid` is the service principal's object id; `tid` must be required, since `oid` is unique in one tenant only. */
  entra: {
    algorithms: rs256,
    pin: "oid",
    maxLifetimeSeconds: 86_400 + 3_600,
    replay: { mode: "window", cap: 1_000 },
    required: {},
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

/** How far clocks may differ unless an issuer's configuration says otherwise; seconds. */
export const DEFAULT_SKEW_SECONDS = 30;
