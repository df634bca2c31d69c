import { call, lastAnswer } from "../api.ts";
import type { ConsoleSettings } from "../settings.ts";
import type { Session } from "../sign-in/read-tokens.ts";
import { type Polled, usePolled } from "./use-polled.ts";

/** Reads a path of the API for the signed-in person, and again every 5 seconds. Returns the last answer at once. */
export const useRead = <T>(
  path: string,
  { settings, session }: { readonly settings: ConsoleSettings; readonly session: Session },
): Polled<T> =>
  usePolled(() => call<T>(settings.api, path, session.token), `${session.token} ${path}`, {
    first: lastAnswer<T>(path, session.token),
  });
