import type { AccountList } from "../../contract/accounts.ts";
import type { ConditionList } from "../../contract/conditions.ts";
import { shellWord } from "../../contract/decision/typed-command.ts";
import type { Read } from "../../contract/operation.ts";
import type { PageProps } from "../page-props.ts";
import { Command } from "../parts/command.tsx";
import { Instant } from "../parts/instant.tsx";
import { Text } from "../parts/text.tsx";
import { NotShown } from "../parts/unpermitted.tsx";
import { useOnce } from "../parts/use-once.ts";
import { useRead } from "../parts/use-read.ts";
import { byInWords, scopeInWords } from "./in-words.ts";

/** End of each command. The reason is the person's to write. */
const REASON = '--reason "…" --yes';

/** Conditions of the world: where each holds, until when, by whom and why. Nothing where the deployment defines none. */
export function Conditions(signedIn: Pick<PageProps, "settings" | "session">) {
  const { value, fault } = useRead<Read<ConditionList>>("/v1/conditions", signedIn);
  const conditions = value?.conditions ?? [];
  const held = conditions.flatMap(({ condition, kind, holds }) => holds.map((each) => ({ ...each, condition, kind })));
  // Names of accounts are labels. A person who may not list them sees the digits alone.
  const hasAccount = held.some(({ scope }) => scope.startsWith("account:"));
  const { value: listed } = useOnce<Read<AccountList>>(hasAccount ? "/v1/accounts" : undefined, signedIn);
  const names = Object.fromEntries((listed?.accounts ?? []).map(({ account, name }) => [account, name ?? ""]));
  const free = conditions.filter(({ holds }) => holds.length === 0);
  if (conditions.length === 0 && fault?.kind !== "refused") return null;
  return (
    <section aria-labelledby="conditions">
      <h2 id="conditions">Conditions {value && <span class="count">{held.length}</span>}</h2>
      {fault?.kind === "refused" && <NotShown fault={fault} />}
      {held.length > 0 && (
        <ul class="findings">
          {held.map(({ condition, kind, scope, until, set_by: by, reason }) => (
            <li class="plain">
              <p class="finding-head">
                <strong>{condition}</strong>
                <span class="muted">{kind}</span>
                <Text of={scopeInWords(scope, names)} />
                <span>
                  until <Instant at={until} />
                </span>
              </p>
              <p>
                Set by <Text of={byInWords(by)} />: <Text of={reason} />
              </p>
              <Command line={`npx valetkey conditions lift ${condition} --scope ${shellWord(scope)} ${REASON}`} />
            </li>
          ))}
        </ul>
      )}
      {free.length > 0 && (
        <details>
          <summary>Nowhere: {free.map(({ condition }) => condition).join(", ")}</summary>
          <div class="commands">
            {free.map(({ condition, scopes: [kind], longest_seconds: longest }) => (
              <Command
                line={`npx valetkey conditions set ${condition} --scope ${kind === "hub" ? kind : `${kind}:…`} --for ${Math.min(60, Math.floor(longest / 60))}m ${REASON}`}
              />
            ))}
          </div>
        </details>
      )}
    </section>
  );
}
