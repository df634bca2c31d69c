import { useEffect, useState } from "preact/hooks";
import { ApiFault, call } from "../api.ts";
import type { PageProps } from "../page-props.ts";
import type { KnownSecret, SecretList } from "./answers.ts";

/** Largest number of pages that are read after the first. */
const MOST_PAGES = 20;

/** Reads the pages after the first. `isWhole` is true once all are read; false where there are too many, or one cannot be read. */
export function useAllSecrets(
  first: SecretList,
  { settings, session }: Pick<PageProps, "settings" | "session">,
): { readonly secrets: readonly KnownSecret[]; readonly isWhole: boolean } {
  const [further, setFurther] = useState<readonly SecretList[]>([]);
  useEffect(() => {
    let isOver = false;
    const readOn = async (): Promise<void> => {
      const pages: SecretList[] = [];
      let next = first.next;
      while (next !== undefined && pages.length < MOST_PAGES && !isOver) {
        const page = await call<SecretList>(
          settings.api,
          `/v1/secrets?after=${encodeURIComponent(next)}`,
          session.token,
        );
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
