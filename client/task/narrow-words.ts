/** Name of `mode=narrow` on each surface of the client. */
const NARROW = { exec: "--accept-less", mcp: "accept_less" } as const;

/** Rewrites a hint of the service, which names the parameter of raw HTTP, for the surface that prints the hint. */
export const hintOn = (surface: keyof typeof NARROW, hint: string): string =>
  hint.replace(/\b(with|use) mode=narrow(?= for |[.,]|$)/g, (_, verb) => `${verb} ${NARROW[surface]}`);
