/** A part of the reach that comes from the policies of one head. */
export interface DeployedPart {
  /** SHA-256 of the part's content, hexadecimal. */
  readonly sha256: string;
  /** Hashes of earlier parts of this name. Each of them is proven to contain this one. */
  readonly within?: readonly string[];
  /** Types of the connectors that the part uses. */
  readonly connectors: readonly string[];
}

/** Hashes of the agents' reach under the deployed policies, from `threat.json`. */
export interface DeployedThreats {
  readonly parts: Readonly<Record<string, DeployedPart>>;
  /** SHA-256 of each connector's configuration, by type. */
  readonly connectors: Readonly<Record<string, { readonly sha256: string }>>;
}
