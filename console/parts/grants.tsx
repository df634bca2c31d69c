import type { AccountNames } from "../../contract/decision/account-names.ts";
import { namedGrantInWords } from "../../contract/decision/request-in-words.ts";
import { Text } from "./text.tsx";

interface GrantsProps {
  readonly grants: readonly unknown[];
  /** Names of the accounts, which are shown beside their ids. */
  readonly names?: AccountNames;
  /** Level of the headings. */
  readonly level: 3 | 4;
}

/** Grants in words, with every value of each. */
export function Grants({ grants, names = {}, level }: GrantsProps) {
  const Inner = `h${level}` as const;
  return (
    <>
      {grants
        .map((grant) => namedGrantInWords(grant, names))
        .map(({ title, rows }) => (
          <section class="grant">
            <Inner>
              <Text of={title} />
            </Inner>
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
    </>
  );
}
