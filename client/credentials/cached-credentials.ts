import type { Reporter } from "../reporter.ts";
import type { Task } from "../task/held-task.ts";
import { CredentialCache } from "./credential-cache.ts";
import { renewCredential } from "./renew.ts";

/**
 * Makes a cache for each credential of the task, by name, for the loopback endpoint. Each cache renews its credential while the task lives.
 * @param onRefused called at each final refusal.
 */
export const cachedCredentials = (
  url: string,
  task: Task,
  report: Reporter,
  onRefused: () => void = () => undefined,
): ReadonlyMap<string, CredentialCache> =>
  new Map(
    task.credentials.map(({ name, credential }) => {
      const renew = async () => {
        const renewal = await renewCredential(url, task, name, true);
        if (renewal.kind === "refused") {
          report.warn("credentials_refused", `no more credentials for ${name}: ${renewal.sentence}`, {
            credential: name,
          });
          onRefused();
        }
        return renewal;
      };
      const options = {
        first: credential,
        renew,
        get taskExpiresAtMs() {
          return task.expiresAtMs;
        },
      };
      return [name, new CredentialCache(options)];
    }),
  );
