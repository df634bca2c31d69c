import type { ComponentType } from "preact";
import type { PageName } from "../contract/decision/console-pages.ts";
import { ActPage } from "./acts/act-page.tsx";
import { AgentPage } from "./agents/agent-page.tsx";
import { AgentsPage } from "./agents/agents-page.tsx";
import { ApprovalsPage } from "./approvals/approvals-page.tsx";
import { DecisionPage } from "./approvals/decision-page.tsx";
import { AuditPage } from "./audit/audit-page.tsx";
import { ConsentsPage } from "./consents/consents-page.tsx";
import { EscalationsPage } from "./escalations/escalations-page.tsx";
import { NowPage } from "./now/now-page.tsx";
import type { PageProps } from "./page-props.ts";
import { PanicPage } from "./panic/panic-page.tsx";
import { ExplainPage } from "./policies/explain-page.tsx";
import { PoliciesPage } from "./policies/policies-page.tsx";
import { TrialPage } from "./sign-in/trial-page.tsx";
import { TaskPage } from "./task/task-page.tsx";

/** Page of people who have signed in. */
interface SignedInPage {
  readonly page: ComponentType<PageProps>;
  /** Entry of the navigation that this page belongs to. */
  readonly section: Section;
  /** True where the page takes the whole width of the window. */
  readonly isWide?: boolean;
}

/** Page that handles its own sign-in. */
interface OpenPage {
  readonly open: ComponentType<Omit<PageProps, "session">>;
}

/** Navigation, in its order: each page's title and address. */
export const SECTIONS = {
  Now: "/",
  Approvals: "/approvals",
  Consents: "/consents",
  Agents: "/agents",
  Policies: "/policies",
  Audit: "/audit",
  Panic: "/panic",
} as const;

export type Section = keyof typeof SECTIONS;

/** Every page. A new page is a row here and its address in `contract/decision/console-pages.ts`; a row in `SECTIONS` puts it into the navigation. */
export const PAGES: Readonly<Record<Exclude<PageName, "callback">, SignedInPage | OpenPage>> = {
  now: { page: NowPage, section: "Now", isWide: true },
  task: { page: TaskPage, section: "Now", isWide: true },
  approvals: { page: ApprovalsPage, section: "Approvals" },
  approval: { page: DecisionPage, section: "Approvals" },
  consents: { page: ConsentsPage, section: "Consents" },
  agents: { page: AgentsPage, section: "Agents" },
  agent: { page: AgentPage, section: "Agents", isWide: true },
  policies: { page: PoliciesPage, section: "Policies" },
  explain: { page: ExplainPage, section: "Policies" },
  audit: { page: AuditPage, section: "Audit", isWide: true },
  escalations: { page: EscalationsPage, section: "Now" },
  panic: { page: PanicPage, section: "Panic" },
  act: { open: ActPage },
  trial: { open: TrialPage },
};
