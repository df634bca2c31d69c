/** A part of the reach that comes from the policies of one head, with what these policies exclude from other parts. */
export interface DeployedPart {
  /**
   * SHA-256 of the part's content, hexadecimal: its permits and exclusions, its accounts, and the groups that approve.
   */
  readonly sha256: string;
  /** Hashes of earlier parts of this name. Each of them is proven to contain this one. */
  readonly within?: readonly string[];
  /** Types of the connectors that the part uses. */
  readonly connectors: readonly string[];
}

/** Content by its hash: SHA-256, hexadecimal. */
export interface Hashed {
  readonly sha256: string;
}

/** Hashes of the agents' reach under the deployed policies and configuration, from `threat.json`. */
export interface DeployedThreats {
  readonly parts: Readonly<Record<string, DeployedPart>>;
  /** Configuration of each connector, and of the tool servers, by type. */
  readonly connectors: Readonly<Record<string, Hashed>>;
  /** Configuration that every model has: of the deployment, and of the issuers of people for whom agents act. */
  readonly deployment: Readonly<Record<string, Hashed>>;
  /** Configuration of every issuer, as `issuer:github`. A model has that of each issuer to which the agent is bound. */
  readonly issuers: Readonly<Record<string, Hashed>>;
}
