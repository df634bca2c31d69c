import type { ConsoleSettings } from "./settings.ts";
import type { Session } from "./sign-in/read-tokens.ts";

/** Properties of every page. */
export interface PageProps {
  readonly settings: ConsoleSettings;
  readonly session: Session;
  /** Id in the page's address; empty where the address has none. */
  readonly id: string;
}
