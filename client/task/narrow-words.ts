/** Name of `mode=narrow` on each surface of the client. */
const NARROW = { exec: "--accept-less", mcp: "accept_less", program: 'mode: "narrow"' } as const;

/** Way to a task for a person on each surface of the client. A server for models takes no person's token. */
const FOR_A_PERSON = {
  exec: "give --on-behalf-of",
  mcp: "this server cannot, so tell your user",
  program: "run `valetkey exec --on-behalf-of`, since withTask takes no person's token",
} as const;

/** Rewrites a hint of the service, which names the parameter of raw HTTP, for the surface that prints the hint. */
export const hintOn = (surface: keyof typeof NARROW, hint: string): string =>
  hint
    .replace(/\b(with|use) mode=narrow(?= for |[.,]|$)/g, (_, verb) => `${verb} ${NARROW[surface]}`)
    .replace(/(?<=^Ask on behalf of a person: ).*subject_token.*(?=\.$)/, FOR_A_PERSON[surface]);
