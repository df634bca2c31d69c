import type { SignInSettings } from "../settings.ts";
import { isLeaving, signInFault } from "../state.ts";
import { IssuerFault } from "./issuer.ts";
import { randomText } from "./random-text.ts";

/** Returns the console's only redirect address. */
export const redirectUri = (): string => `${location.origin}/callback`;

/** Makes the parts of a sign-in that are new each time. @param to page that follows. */
export const fresh = ({ name }: Pick<SignInSettings, "name">, to: string) => ({
  state: randomText(),
  verifier: randomText(),
  nonce: randomText(),
  issuer: name,
  to,
  at: Date.now(),
});

/** Leaves for an issuer. On a failure, stays and sets `signInFault`. @param to makes the address. */
export async function leave(to: () => Promise<string>): Promise<void> {
  isLeaving.value = true;
  signInFault.value = undefined;
  try {
    location.assign(await to());
  } catch (error) {
    isLeaving.value = false;
    signInFault.value = faultInWords(error);
  }
}

/** Describes why a sign-in failed. */
export const faultInWords = (error: unknown): string =>
  error instanceof IssuerFault ? error.message : "The sign-in failed in this page. Load it again.";
