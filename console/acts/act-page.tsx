import { useEffect, useState } from "preact/hooks";
import { actInWords, type DescribedAct, type OperatorAct, takesCode } from "../../contract/decision/act-in-words.ts";
import { ACT_PAGE } from "../../contract/decision/act-link.ts";
import { actHash } from "../../contract/decision/record-hash.ts";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import type { ConsoleSettings, SignInSettings } from "../settings.ts";
import { signVote } from "../sign-in/sign-in.ts";
import { SignInFault } from "../sign-in/sign-in-fault.tsx";
import { goTo, heldVote, isLeaving, requestedAct, session } from "../state.ts";
import { type Performed, performAct, recordFor, takesSignature } from "./perform-act.ts";

/** Page on which an operator performs one act. Describes the act from the link alone, and does nothing until the person has signed in for this act. */
export function ActPage({ settings }: { readonly settings: ConsoleSettings }) {
  const act = requestedAct.value;
  const description = act && actInWords(act);
  return act && description ? (
    <Requested key={JSON.stringify(act)} act={act} description={description} settings={settings} />
  ) : (
    <section class="lone">
      <Heading title="No act to show" />
      <p>
        This address contains no act that the page knows. Open the whole address that the command printed. Nothing was
        done.
      </p>
      <p class="crumb">
        <Link to="/approvals">Requests for approval</Link>
      </p>
    </section>
  );
}

interface RequestedProps {
  readonly act: OperatorAct;
  readonly description: DescribedAct;
  readonly settings: ConsoleSettings;
}

function Requested({ act, description, settings }: RequestedProps) {
  const [result, setResult] = useState<Performed | undefined>(undefined);
  const [isSending, setSending] = useState(heldVote.peek()?.record !== undefined);
  useEffect(() => {
    const [held, person] = [heldVote.peek(), session.peek()];
    if (!held?.record || !person) return setSending(false);
    // Takes the vote once. It is sent only for the act that was on the screen when the person left for the sign-in.
    heldVote.value = undefined;
    void performAct(held, held.record, { settings, session: person }).then((done) => {
      setResult(done);
      setSending(false);
    });
  }, []);

  const voting = settings.issuers.filter(
    ({ name, approvals }) =>
      approvals !== undefined &&
      (approvals.token_exchange === "browser" || takesCode(act)) &&
      (session.value === undefined || name === session.value.issuer),
  );
  const sign = async (issuer: SignInSettings): Promise<void> => {
    setResult(undefined);
    const record = await recordFor(act, settings.api);
    await signVote(issuer, {
      hashes: {},
      record,
      nonce: await actHash(record),
      to: ACT_PAGE,
      acr: issuer.approvals?.acr ?? [],
    });
  };
  const isSigned = takesSignature(act, settings);
  const [place, back] = placeOf(act);
  // An act that nobody can undo has the colour of other endings.
  const isFinal = act.path.endsWith("/offboard");
  return (
    <section>
      <p class="crumb">
        <Link to={back}>{place}</Link>
      </p>
      <Heading title={description.title}>
        <Text of={description.title} />
      </Heading>
      <p>{description.means}</p>
      <section class="untrusted whole" aria-label="What the link asks for">
        <p class="untrusted-label">
          A link or a button brought you here. This is everything that it asks for. If you did not expect it, close this
          page.
        </p>
        <dl class="facts">
          {description.rows.map(({ name, values }) => (
            <div>
              <dt>
                <Text of={name} />
              </dt>
              {values.map(({ text }) => (
                <dd>
                  <code>
                    <Text of={text} />
                  </code>
                </dd>
              ))}
            </div>
          ))}
          <div>
            <dt>Request</dt>
            <dd>
              <code>
                POST <Text of={act.path} />
              </code>
            </dd>
          </div>
        </dl>
      </section>
      <div class="acts">
        <div aria-live="polite">
          {isSending && <p role="status">Doing it…</p>}
          <SignInFault />
          {result && (
            <Notice tone={result.tone} title={result.title} isAwaited>
              <p>
                <Text of={result.says} />
              </p>
            </Notice>
          )}
        </div>
        {voting.length === 0 && (
          <Notice tone="bad" title="You cannot do this here">
            <p>None of your issuers can prove to this page who signs. Tell the people who run valetkey.</p>
          </Notice>
        )}
        {result?.tone !== "good" && !isSending && voting.length > 0 && (
          <>
            <div class="actions">
              {voting.map((issuer, index) => (
                <button
                  type="button"
                  class={index > 0 ? "" : isFinal ? "danger" : "primary"}
                  disabled={isLeaving.value}
                  onClick={() => sign(issuer)}
                >
                  {isLeaving.value ? (
                    "Going to the sign-in…"
                  ) : (
                    <Text of={buttonOf(description, issuer, voting.length)} />
                  )}
                </button>
              ))}
              <button type="button" class="quiet" onClick={() => goTo(back)}>
                Not now
              </button>
            </div>
            <p class="aside">
              {isSigned
                ? "To do it, sign in again. That sign-in is your signature for this act only, and is good for five minutes."
                : "You sign in again first, so that no link does anything by itself. With stepUp off, valetkey checks no signature of this act."}
            </p>
          </>
        )}
      </div>
    </section>
  );
}

/** Names the page that an act is about, with its address. */
function placeOf({ path }: OperatorAct): readonly [place: string, to: string] {
  const [, agent] = /^\/v1\/agents\/([a-z0-9-]+)/.exec(path) ?? [];
  if (agent !== undefined) return [`The agent ${agent}`, `/agents/${agent}`];
  if (path === "/v1/agents") return ["Agents", "/agents"];
  if (path === "/v1/consents") return ["Consents", "/consents"];
  return path === "/v1/panic/lift" ? ["Panic", "/panic"] : ["Everything alive", "/"];
}

const buttonOf = ({ title }: DescribedAct, { name }: SignInSettings, count: number): string =>
  count === 1 ? title : `${title}, by ${name}`;
