import { Notice } from "../parts/notice.tsx";
import type { ConsoleSettings } from "../settings.ts";
import { path } from "../state.ts";
import type { Session } from "./read-tokens.ts";
import { signIn } from "./sign-in.ts";

/** Notice that the sign-in has ended while the page was open. The page's content stays; decisions need a new sign-in. */
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
