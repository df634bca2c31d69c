import type { Issuer } from "../../../../functions/core/identity/issuer.ts";

/** An issuer of agents' tokens, as a deployment holds it, but for what a test changes. */
export const anIssuer = (changes: Partial<Issuer> = {}): Issuer => ({
  name: "ci",
  url: "https://ci.example.com",
  kind: "agents",
  algorithms: ["ES256"],
  pin: "repository_id",
  maxLifetimeSeconds: 600,
  skewSeconds: 30,
  replay: { mode: "single_use" },
  required: {},
  ...changes,
});

/** An issuer of people's tokens. */
export const STAFF = anIssuer({ name: "staff", url: "https://login.example.com", kind: "people", pin: "sub" });
