import { useEffect } from "preact/hooks";
import { Heading } from "../parts/heading.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import type { ConsoleSettings } from "../settings.ts";
import { isLeaving, path, signedOut, signInFault } from "../state.ts";
import { NOT_BEGUN, signIn } from "./sign-in.ts";

/** Page for the sign-in. Starts by itself where there is only one issuer, since a person who follows a link wants to see its page. */
export function SignInPage({ settings: { issuers } }: { readonly settings: ConsoleSettings }) {
  const [to, fault] = [path.value, signInFault.value];
  const [only, ...others] = issuers;
  const isFinishing = to === "/callback";
  useEffect(() => {
    if (only && others.length === 0 && !isFinishing && fault === undefined && !isLeaving.peek() && !signedOut.peek())
      void signIn(only, to);
  }, [isFinishing]);
  if (isLeaving.value || (isFinishing && fault === undefined))
    return (
      <section class="lone">
        <Heading title="Signing in" />
        <p role="status">One moment.</p>
      </section>
    );
  return (
    <section class="lone">
      <Heading title="Sign in" />
      {fault !== undefined && (
        <Notice tone={fault === NOT_BEGUN ? "plain" : "bad"}>
          <p>
            <Text of={fault} />
          </p>
        </Notice>
      )}
      {signedOut.value && (
        <Notice tone="plain" title="You have signed out">
          <p>
            This page has forgotten you
            {signedOut.value === "there"
              ? ", and your session at the issuer has ended."
              : ". Your session at the issuer may go on; the next sign-in here asks who you are."}
          </p>
        </Notice>
      )}
      {issuers.length === 0 && (
        <p>
          Nobody can sign in here yet: no people’s issuer in <code>valetkey.json</code> has a <code>console</code>.
        </p>
      )}
      <div class="actions">
        {issuers.map((issuer) => (
          <button type="button" class="primary" onClick={() => signIn(issuer, isFinishing ? "/" : to)}>
            Sign in with {issuer.name}
          </button>
        ))}
      </div>
      <p class="aside">Your sign-in is only in this page’s memory. Loading the page again signs you in again.</p>
    </section>
  );
}
