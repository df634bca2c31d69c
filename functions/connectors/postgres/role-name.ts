import type { ConnectorLease } from "../../core/connector.ts";

/**
 * The login of a lease: `vk_k7f3m2q9x4ab_postgres_0`. Derived, so that it is found again after a crash; not to be guessed beforehand, as the
 * path is random. A path of ten levels has 48 letters: 3 + 48 + 1 + 10 is within PostgreSQL's 63 bytes.
 */
export const roleNameOf = ({ path, name }: Pick<ConnectorLease, "path" | "name">): string =>
  `vk_${path.replaceAll(".", "")}_${name.replaceAll("-", "_")}`;

/** What every such name looks like: nothing else is ever put into a statement as a login, wherever it was read. */
export const ROLE_NAME = /^vk_[a-z0-9]{12,48}_postgres_[0-9]$/;
