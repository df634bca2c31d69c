import { durationInWords, grantInWords } from "../../decision/request-in-words.ts";
import type { Person } from "../../functions/core/approvals/person.ts";
import { Command } from "../parts/command.tsx";
import { Countdown } from "../parts/countdown.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Heading } from "../parts/heading.tsx";
import { Text } from "../parts/text.tsx";
import { useNow } from "../parts/use-now.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { Acts } from "./acts.tsx";
import type { Shown } from "./answers.ts";
import { stateInWords } from "./in-words.ts";
import type { ProvenRecord } from "./prove-record.ts";
import { Signature } from "./signature.tsx";

export interface DecisionProps {
  readonly shown: Shown;
  readonly proven: ProvenRecord;
  readonly settings: ConsoleSettings;
  readonly session: Session;
  readonly isSignedOut: boolean;
}

/** A proven record, in the order in which a person asks: who, what for, what exactly, for how long, who else decides, what is signed. */
export function Decision({ shown, proven, ...rest }: DecisionProps) {
  const { record } = proven;
  const { agent, person, chain, purpose, grants, accounts, ttl } = record;
  const isOver = useNow() / 1_000 >= record.expires_at;
  const status = shown.status === "pending" && isOver ? "expired" : shown.status;
  const [state, meaning] = stateInWords(status);
  return (
    <article class="decision">
      <Heading title={`${agent.name} asks for a key`}>
        <Text of={agent.name} /> asks for a key for {durationInWords(ttl)}
      </Heading>
      <p class="state">
        <span class={`pill ${status}`}>{state}</span>
        {status === "pending" ? <Countdown at={record.expires_at} /> : <span>{meaning}</span>}
      </p>
      {shown.outcome?.reason && (
        <div class="untrusted">
          <p class="untrusted-label">Reason given {instant(shown.outcome.at)}</p>
          <p>
            <Text of={shown.outcome.reason} />
          </p>
        </div>
      )}

      <h2>Who asks</h2>
      <Facts>
        <Fact name="Agent">
          <Text of={agent.name} />{" "}
          <code>
            <Text of={agent.id} />
          </code>
        </Fact>
        <Fact name="Owner">
          <Text of={ownerOf(agent.owner)} />
        </Fact>
        <Fact name="Team">
          <Text of={agent.team} />
        </Fact>
        <Fact name="On behalf of">{person ? <Text of={nameOf(person)} /> : "nobody; the agent acts for itself"}</Fact>
        {chain.length > 0 && (
          <Fact name="Started by">
            <Text of={chain.join(" ← ")} />
          </Fact>
        )}
      </Facts>

      <h2>What for</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is reached by keyboard. */}
      <section class="untrusted" aria-label="Purpose, in the agent’s own words" tabIndex={0}>
        <p class="untrusted-label">The agent’s own words. Nothing here is proven.</p>
        <p class="purpose">
          <Text of={purpose} />
        </p>
      </section>

      <h2>What it could do</h2>
      {grants.map(grantInWords).map(({ title, rows }) => (
        <section class="grant">
          <h3>
            <Text of={title} />
          </h3>
          <dl>
            {rows.map(({ name, values }) => (
              <div>
                <dt>
                  <Text of={name} />
                </dt>
                {values.map(({ text, remark }) => (
                  <dd>
                    <code>
                      <Text of={text} />
                    </code>
                    {remark && <span class="remark">{remark}</span>}
                  </dd>
                ))}
              </div>
            ))}
          </dl>
        </section>
      ))}
      <Facts>
        <Fact name="For">{durationInWords(ttl)} from the last vote on; then the key is dead</Fact>
        <Fact name="Accounts">{accounts.length === 0 ? "no AWS account" : <Text of={accounts.join(", ")} />}</Fact>
      </Facts>

      <h2>Who decides</h2>
      <ul class="votes">
        {shown.needed.map(({ group, count, have }) => (
          <li>
            <span>
              <Text of={group} />
            </span>
            <span class="slots" aria-hidden="true">
              {Array.from({ length: count }, (_, index) => (
                <span class={index < have ? "slot full" : "slot"} />
              ))}
            </span>
            <span>
              {Math.min(have, count)} of {count}
            </span>
          </li>
        ))}
      </ul>

      <Signature proven={proven} />
      <Acts shown={shown} proven={proven} status={status} {...rest} />
      <details>
        <summary>As a command</summary>
        <Command line={`valetkey approvals show ${record.id}`} />
        <Command line={`valetkey approvals approve ${record.id}`} />
        <Command line={`valetkey approvals deny ${record.id} --reason "…"`} />
      </details>
    </article>
  );
}

/** Says an owner, `staff|person:carol`, as other people are said; any other text as it stands. */
const ownerOf = (owner: string): string => {
  const [, issuer, value] = /^([a-z0-9-]{2,32})\|(.+)$/s.exec(owner) ?? [];
  return issuer !== undefined && value !== undefined ? nameOf({ issuer, value }) : owner;
};

const nameOf = ({ issuer, value }: Person): string => `${value} at ${issuer}`;

const instant = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
