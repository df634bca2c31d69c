export interface Random {
  /** Bytes from a cryptographic source. */
  bytes(count: number): Uint8Array;
}
