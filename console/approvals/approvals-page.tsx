import type { PageProps } from "../page-props.ts";
import { batch } from "../state.ts";
import { BatchPage } from "./batch-page.tsx";
import { InboxPage } from "./inbox-page.tsx";

/** Requests for approval: the inbox, or those that the person decides about together. */
export const ApprovalsPage = ({ settings, session }: PageProps) =>
  batch.value.length > 1 ? (
    <BatchPage key={batch.value.join()} ids={batch.value} settings={settings} session={session} />
  ) : (
    <InboxPage settings={settings} session={session} />
  );
