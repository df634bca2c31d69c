import { Copied } from "../parts/command.tsx";
import { Heading } from "../parts/heading.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import type { ConsoleSettings } from "../settings.ts";
import { isLeaving, tried } from "../state.ts";
import { linesOf } from "./pending.ts";
import { SignInFault } from "./sign-in-fault.tsx";
import { tryToSignIn } from "./trial.ts";

/** Page that tries the sign-in with which people of an issuer would vote, and shows the result. Sends nothing to valetkey. */
export function TrialPage({
  id: name,
  settings: { issuers },
}: {
  readonly id: string;
  readonly settings: ConsoleSettings;
}) {
  const issuer = issuers.find((each) => each.name === name);
  const result = tried.value?.issuer === name ? linesOf(tried.value) : undefined;
  if (!issuer?.approvals)
    return (
      <section class="lone">
        <Heading title="Nobody approves by this issuer" />
        <p>
          <code>
            <Text of={name} />
          </code>{" "}
          is no issuer with <code>console</code> and <code>approvals</code> in <code>valetkey.json</code>.
        </p>
      </section>
    );
  const { client_id: client, acr_values: acr = [] } = issuer.approvals;
  return (
    <section class="lone">
      <Heading title={`Try the sign-in at ${issuer.name}`} />
      <p>
        You sign in as for a vote, and approve nothing: no request is signed, and nothing is sent to valetkey. What your
        issuer proved appears here, for <code>valetkey doctor --sign-in {issuer.name}</code>.
      </p>
      <SignInFault />
      {result !== undefined && (
        <Notice tone="good" title="Give this to the command" isAwaited>
          <p>It contains what your issuer states about you. It gives no access, and is no vote.</p>
          <Copied lines={result.split("\n")} name="the result" />
        </Notice>
      )}
      <div class="actions">
        <button
          type="button"
          class={result === undefined ? "primary" : "quiet"}
          disabled={isLeaving.value}
          onClick={() => tryToSignIn(issuer, client, acr)}
        >
          {isLeaving.value ? "Going to the sign-in…" : result === undefined ? "Sign in" : "Try again"}
        </button>
      </div>
    </section>
  );
}
