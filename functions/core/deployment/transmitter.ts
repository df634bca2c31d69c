import type { Issuer } from "../identity/issuer.ts";

/** Sender of Security Event Tokens (RFC 8417) about the people of one issuer. */
export interface Transmitter {
  /** The transmitter's own name, `iss`, keys and algorithms. */
  readonly issuer: Issuer;
  /** Required `aud` of its tokens. */
  readonly audience: string;
  /** Name of the people's issuer about whose people it reports, and no others. */
  readonly people: string;
  /**
   * Format of its subjects (RFC 9493). `iss_sub`: the people's issuer and its `sub`, where `sub` identifies people.
   * `opaque`: the value of the issuer's person claim.
   */
  readonly subjects: "iss_sub" | "opaque";
}
