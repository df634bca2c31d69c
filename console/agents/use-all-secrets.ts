import { useEffect, useState } from "preact/hooks";
import type { Read } from "../../contract/operation.ts";
import type { SecretList } from "../../contract/secrets.ts";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";

type Secrets = Read<SecretList>;

/** Largest number of pages that are read after the first. */
const MOST_PAGES = 20;

/** Reads the pages after the first. `isWhole` is true once all are read; false where there are too many, or one cannot be read. */
export function useAllSecrets(
  first: Secrets,
  { settings, session }: Pick<PageProps, "settings" | "session">,
): { readonly secrets: Secrets["secrets"]; readonly isWhole: boolean } {
  const [further, setFurther] = useState<readonly Secrets[]>([]);
  useEffect(() => {
    let isOver = false;
    const readOn = async (): Promise<void> => {
      const pages: Secrets[] = [];
      let next = first.next;
      while (next !== undefined && pages.length < MOST_PAGES && !isOver) {
        const page = await call<Secrets>(settings.api, `/v1/secrets?after=${encodeURIComponent(next)}`, session.token);
        pages.push(page.value);
        next = page.value.next;
        if (!isOver) setFurther([...pages]);
      }
    };
    setFurther([]);
    readOn().catch((error: unknown) => {
      // Keeps the pages read so far. `isWhole` stays false, which the page shows.
      if (!(error instanceof ApiFault)) throw error;
    });
    return () => {
      isOver = true;
    };
  }, [first, session.token]);
  const pages = [first, ...further];
  return { secrets: pages.flatMap(({ secrets }) => secrets), isWhole: pages.at(-1)?.next === undefined };
}
