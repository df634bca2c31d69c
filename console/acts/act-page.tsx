import { useEffect, useState } from "preact/hooks";
import { actInWords, type DescribedAct, type OperatorAct, takesCode } from "../../decision/act-in-words.ts";
import { ACT_PAGE } from "../../decision/act-link.ts";
import { actHash } from "../../decision/record-hash.ts";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import type { ConsoleSettings, SignInSettings } from "../settings.ts";
import { signVote } from "../sign-in/sign-in.ts";
import { SignInFault } from "../sign-in/sign-in-fault.tsx";
import { askedAct, goTo, heldVote, isLeaving, session } from "../state.ts";
import { type Performed, performAct, recordFor } from "./perform-act.ts";

/** Page on which an operator performs one act: it says the act, from the link alone, and does nothing until the person has signed in for exactly it. */
export function ActPage({ settings }: { readonly settings: ConsoleSettings }) {
  const asked = askedAct.value;
  const said = asked && actInWords(asked);
  return asked && said ? (
    <Asked key={JSON.stringify(asked)} asked={asked} said={said} settings={settings} />
  ) : (
    <section class="lone">
      <Heading title="No act to show" />
      <p>
        The address holds no act that this page knows. The command prints it whole: open it again from there. Nothing
        was done.
      </p>
      <p class="crumb">
        <Link to="/approvals">Requests for approval</Link>
      </p>
    </section>
  );
}

interface AskedProps {
  readonly asked: OperatorAct;
  readonly said: DescribedAct;
  readonly settings: ConsoleSettings;
}

function Asked({ asked, said, settings }: AskedProps) {
  const [result, setResult] = useState<Performed | undefined>(undefined);
  const [isSending, setSending] = useState(heldVote.peek()?.record !== undefined);
  useEffect(() => {
    const [held, person] = [heldVote.peek(), session.peek()];
    if (!held?.record || !person) return setSending(false);
    // Taken once: a vote is sent for the act that was on the screen when the person left for the sign-in, or not at all.
    heldVote.value = undefined;
    void performAct(held, held.record, { settings, session: person }).then((done) => {
      setResult(done);
      setSending(false);
    });
  }, []);

  const voting = settings.issuers.filter(
    ({ name, approvals }) =>
      approvals !== undefined &&
      (approvals.token_exchange === "browser" || takesCode(asked)) &&
      (session.value === undefined || name === session.value.issuer),
  );
  const act = async (issuer: SignInSettings): Promise<void> => {
    setResult(undefined);
    const record = await recordFor(asked, settings.api);
    await signVote(issuer, {
      hashes: {},
      record,
      nonce: await actHash(record),
      to: ACT_PAGE,
      acr: issuer.approvals?.acr ?? [],
    });
  };
  return (
    <section>
      <Heading title={said.title}>
        <Text of={said.title} />
      </Heading>
      <p>{said.means}</p>
      <section class="untrusted whole" aria-label="What the link asks for">
        <p class="untrusted-label">
          A link brought you here. This is all that it asks for. If you did not ask for it yourself, close this page.
        </p>
        <dl class="facts">
          {said.rows.map(({ name, values }) => (
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
                POST <Text of={asked.path} />
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
            <p>No issuer that you can sign in at proves to this page who signs. Tell whoever runs valetkey.</p>
          </Notice>
        )}
        {result?.tone !== "good" && !isSending && voting.length > 0 && (
          <>
            <div class="actions">
              {voting.map((issuer, index) => (
                <button
                  type="button"
                  class={index === 0 ? "primary" : ""}
                  disabled={isLeaving.value}
                  onClick={() => act(issuer)}
                >
                  {isLeaving.value ? "Going to the sign-in…" : <Text of={buttonOf(said, issuer, voting.length)} />}
                </button>
              ))}
              <button type="button" class="quiet" onClick={() => goTo("/approvals")}>
                Not now
              </button>
            </div>
            <p class="aside">
              To do it, you sign in again: that sign-in is your signature, for this act and no other, for five minutes.
            </p>
          </>
        )}
      </div>
    </section>
  );
}

const buttonOf = ({ title }: DescribedAct, { name }: SignInSettings, count: number): string =>
  count === 1 ? title : `${title}, by ${name}`;
