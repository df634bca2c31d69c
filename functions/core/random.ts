export interface Random {
  /** So many bytes from a cryptographic source. */
  bytes(count: number): Uint8Array;
}
