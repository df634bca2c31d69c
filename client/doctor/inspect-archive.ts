import type { Config } from "../../infra/config/schema.ts";
import { type Finding, ok, unknown } from "./finding.ts";

/** Reports whether the signed log has a witness. Without one, nobody can prove that the log was not forked. */
export const inspectArchive = ({ archive }: Pick<Config, "archive">): Finding =>
  archive?.anchor
    ? ok("log", `each hour's checkpoint is added to ${archive.anchor.bucket} in account ${archive.anchor.account}`)
    : unknown(
        "log",
        "not anchored: an administrator of the hub's account could fork it",
        'write "archive": {"anchor": {"bucket": "<name>", "account": "<another account>"}} into valetkey.json (archive.anchor), and deploy that account\'s stack, valetkey-anchor; see docs/audit.md',
      );
