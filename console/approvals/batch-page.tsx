import { useEffect, useState } from "preact/hooks";
import { counted } from "../../contract/decision/counted.ts";
import { voteNonce } from "../../contract/decision/record-hash.ts";
import { durationInWords, keysInWords } from "../../contract/decision/request-in-words.ts";
import { call } from "../api.ts";
import { Heading } from "../parts/heading.tsx";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { usePolled } from "../parts/use-polled.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { signVote, voteBody } from "../sign-in/sign-in.ts";
import { SignInFault } from "../sign-in/sign-in-fault.tsx";
import { SignedOut } from "../sign-in/signed-out.tsx";
import { goTo, heldVote, isLeaving } from "../state.ts";
import { refusalInWords } from "./in-words.ts";
import type { Shown } from "./prove-record.ts";
import { type ProvenRecord, proveRecord, type Unproven } from "./prove-record.ts";
import { RecordView } from "./record-view.tsx";
import { type Result, sendDecision } from "./send-decision.ts";

interface BatchPageProps {
  readonly ids: readonly string[];
  readonly settings: ConsoleSettings;
  readonly session: Session;
}

interface Proven {
  readonly shown: Shown;
  readonly proven: ProvenRecord;
}

type Judged = readonly { readonly shown: Shown; readonly proven: ProvenRecord | Unproven }[];

/** Page with several requests, each shown whole, decided by one sign-in. The nonce of the sign-in is the hash over all their hashes. */
export function BatchPage({ ids, settings, session }: BatchPageProps) {
  const { value, fault } = usePolled(async () => {
    const answers = await Promise.all(
      ids.map((id) => call<Shown>(settings.api, `/v1/approvals/${encodeURIComponent(id)}`, session.token)),
    );
    return { value: answers.map((each) => each.value), clockAheadMs: answers[0]?.clockAheadMs ?? 0 };
  }, session.token);
  const [seen, setSeen] = useState<Readonly<Record<string, string>>>(heldVote.peek()?.hashes ?? {});
  const [judged, setJudged] = useState<Judged>([]);
  const [results, setResults] = useState<Readonly<Record<string, Result>>>({});
  const [isSending, setSending] = useState(false);

  useEffect(() => {
    if (!value) return;
    let isStale = false;
    const all = value.map(async (shown, index) => {
      const id = ids[index] ?? "";
      return { shown, proven: await proveRecord(shown, { id, api: settings.api, hash: seen[id] }) };
    });
    void Promise.all(all).then((now) => {
      if (isStale) return;
      setJudged(now);
      const good = now.filter(isProven);
      if (good.length === now.length)
        setSeen(Object.fromEntries(good.map(({ proven }) => [proven.record.id, proven.hash])));
    });
    return () => {
      isStale = true;
    };
  }, [value]);

  const good = judged.filter(isProven);
  const isWhole = good.length === ids.length;
  const hashes = Object.fromEntries(good.map(({ proven }) => [proven.record.id, proven.hash]));
  useEffect(() => {
    const held = heldVote.peek();
    if (!held || !isWhole) return;
    heldVote.value = undefined;
    setSending(true);
    void (async () => {
      const all = Object.values(hashes);
      // The signed hashes are exactly those of the records on the screen: `proveRecord` has compared them one by one.
      const vote = await voteBody(held, await voteNonce(all), settings);
      for (const id of ids) {
        const result: Result =
          typeof vote === "string"
            ? { tone: "bad", title: "Not sent", says: vote }
            : await sendDecision({ decision: "approve", ...vote, hashes: all }, { id, settings, session });
        setResults((last) => ({ ...last, [id]: result }));
      }
      setSending(false);
    })();
  }, [isWhole]);

  const signIns = new Set(good.map(({ shown }) => shown.sign_in?.issuer));
  const [name] = signIns;
  const issuer = signIns.size === 1 ? settings.issuers.find((each) => each.name === name) : undefined;
  const keys = good.reduce((sum, { proven }) => sum + (proven.record.standing?.uses ?? 1), 0);
  const isOpen = good.every(({ shown }) => shown.status === "pending" && shown.you.may_vote && !shown.you.has_voted);
  // Impossible where the hub redeems codes: each request would have to redeem the same code, which works only once.
  const canTogether = isOpen && issuer?.approvals?.token_exchange === "browser";
  const approve = async (): Promise<void> => {
    if (!issuer) return;
    const acr = [...new Set(good.flatMap(({ shown }) => [shown.sign_in?.acr_values ?? []].flat()))];
    await signVote(issuer, { hashes, nonce: await voteNonce(Object.values(hashes)), to: "/approvals", acr });
  };
  return (
    <section>
      <p class="crumb">
        <Link to="/approvals">All requests</Link>
      </p>
      <Heading title={`${counted(ids.length, "request")}, one sign-in`} />
      {fault?.kind === "signed_out" && <SignedOut settings={settings} session={session} />}
      {fault?.kind === "refused" && (
        <Notice tone="bad" title="One of them cannot be shown">
          <p>{refusalInWords(fault)}</p>
        </Notice>
      )}
      {judged.length === 0 && !fault && <p role="status">Reading the requests…</p>}
      {judged.length > 0 && !isWhole && (
        <Notice tone="bad" title="Do not approve these" isAwaited>
          <p>
            One of them is not the request that it claims to be. Tell the people who run valetkey, and approve none of
            them until they have checked.
          </p>
        </Notice>
      )}
      {isWhole &&
        good.map(({ shown, proven }, index) => (
          <article class="batched">
            <h2>
              {index + 1}. <Text of={proven.record.agent.name} /> asks for {keysInWords(proven.record)} for{" "}
              {durationInWords(proven.record.ttl)}
            </h2>
            <RecordView shown={shown} proven={proven} status={shown.status} level={3} nth={index + 1} />
            <Outcome result={results[proven.record.id]} />
          </article>
        ))}
      {isWhole && (
        <div class="acts">
          {isSending && <p role="status">Sending your decisions…</p>}
          <SignInFault />
          {Object.keys(results).length === ids.length && (
            <Notice tone={Object.values(results).every(({ tone }) => tone === "good") ? "good" : "bad"} isAwaited>
              <p>
                {Object.values(results).filter(({ tone }) => tone === "good").length} of{" "}
                {counted(ids.length, "approval")} {ids.length === 1 ? "is" : "are"} recorded.
              </p>
            </Notice>
          )}
          {Object.keys(results).length === 0 && !isSending && (
            <div class="actions">
              {canTogether && !fault && (
                <button type="button" class="primary" disabled={isLeaving.value} onClick={approve}>
                  {isLeaving.value
                    ? "Going to the sign-in…"
                    : `Approve all ${ids.length}${keys > ids.length ? `: ${keys} keys` : ""}`}
                </button>
              )}
              <button type="button" class="quiet" onClick={() => goTo("/approvals")}>
                Not now
              </button>
            </div>
          )}
          {!canTogether && Object.keys(results).length === 0 && (
            <p class="aside">
              These cannot be decided together. Each must still wait for you, and all must need a sign-in at the same
              issuer, which this page can finish itself. Decide them one by one.
            </p>
          )}
        </div>
      )}
    </section>
  );
}

const isProven = (each: Judged[number]): each is Proven => "record" in each.proven;

const Outcome = ({ result }: { readonly result: Result | undefined }) =>
  result && (
    <Notice tone={result.tone} title={result.title}>
      {result.says && (
        <p>
          <Text of={result.says} />
        </p>
      )}
    </Notice>
  );
