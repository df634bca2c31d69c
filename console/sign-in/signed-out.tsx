import { Notice } from "../parts/notice.tsx";
import type { ConsoleSettings } from "../settings.ts";
import { path } from "../state.ts";
import type { Session } from "./read-tokens.ts";
import { signIn } from "./sign-in.ts";

/** The sign-in ended while the page was open. What it showed stays; nothing can be decided until the person has signed in again. */
export function SignedOut({ settings, session }: { readonly settings: ConsoleSettings; readonly session: Session }) {
  const issuer = settings.issuers.find(({ name }) => name === session.issuer);
  return (
    <Notice tone="bad" title="Your sign-in has ended">
      <p>What you see may be out of date. Nothing was decided.</p>
      {issuer && (
        <button type="button" class="primary" onClick={() => signIn(issuer, path.value)}>
          Sign in again
        </button>
      )}
    </Notice>
  );
}
