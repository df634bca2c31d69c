/** Part of the reach that comes of the policies of one head, as the build named it. */
export interface DeployedPart {
  /** SHA-256 of its content, hexadecimal. */
  readonly sha256: string;
  /** Hashes of earlier parts of this name, of which each is proven to contain this one. */
  readonly within?: readonly string[];
  /** Types of the connectors that the part uses. */
  readonly connectors: readonly string[];
}

/** Hashes of what agents can reach by the deployed policies, as `threat.json` has them. */
export interface DeployedThreats {
  readonly parts: Readonly<Record<string, DeployedPart>>;
  /** Connectors, by their types: by SHA-256 of what they are configured with. */
  readonly connectors: Readonly<Record<string, { readonly sha256: string }>>;
}
