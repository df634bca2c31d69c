/** First of the ports without `--first-port`. The port is fixed, so that copied commands work again later. */
export const FIRST_PORT = 4565;

/** Ports on loopback, with successive numbers. */
export interface Ports {
  readonly api: number;
  readonly aws: number;
  readonly issuers: number;
  readonly people: number;
  readonly database: number;
  readonly console: number;
}

export const portsFrom = (first: number): Ports => ({
  api: first,
  aws: first + 1,
  issuers: first + 2,
  people: first + 3,
  database: first + 4,
  console: first + 5,
});
