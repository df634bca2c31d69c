import { accountInWords } from "../../contract/decision/account-names.ts";
import type { Read } from "../../contract/operation.ts";
import type { Overview } from "../../contract/overview.ts";
import { Command } from "../parts/command.tsx";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { byInWords } from "./in-words.ts";

const titleOf = ({ account, name }: Read<Overview>["halted_accounts"][number]): string =>
  accountInWords(account, name === undefined ? {} : { [account]: name });

/** Banners of the panic and of halted accounts; nothing without a halt. */
export const Halts = ({ overview: { panic, halted_accounts: accounts } }: { readonly overview: Read<Overview> }) => (
  <>
    {panic.halted && (
      <Notice tone="bad" title="Everything is halted">
        <p>
          No keys are issued, and AWS denies all issued ones. Declared by <Text of={panic.declared_by ?? "nobody"} />
          {panic.declared_at && (
            <>
              , <Instant at={panic.declared_at} />
            </>
          )}
          : <Text of={panic.reason ?? "no reason"} />
        </p>
        <p>
          <Link to="/panic">Look at the panic, or lift it</Link>
        </p>
      </Notice>
    )}
    {accounts.map((account) => (
      <Notice key={account.account} tone="bad" title={`The account ${titleOf(account)} is halted`}>
        <p>
          Nothing is issued there. Halted by <Text of={byInWords(account.halted_by)} />
          {account.halted_at && (
            <>
              , <Instant at={account.halted_at} />
            </>
          )}
          {account.reason !== undefined && (
            <>
              : <Text of={account.reason} />
            </>
          )}
        </p>
        <Command line={`npx valetkey accounts lift ${account.account} --yes`} />
      </Notice>
    ))}
  </>
);
