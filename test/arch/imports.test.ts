import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { FOLDERS, foldersWithSources, type Import, importsBelow } from "./imports-below.ts";

interface Rule {
  readonly says: string;
  readonly from: RegExp;
  readonly mayImport?: RegExp;
  /** Imports of types alone that it may have besides. */
  readonly mayKnow?: RegExp;
  readonly mustNotImport?: RegExp;
  /** An import that breaks it: the rule is seen to fail. */
  readonly broken: Import;
}

const functionFolders = FUNCTIONS.join("|");

/** Constants of the contract, free of any library. Deployed functions load them, and no other value of the contract. */
const CONSTANTS =
  "contract\\/(address|agent-id|approval-id|canonical-json|journal-types|limits|names|permissions|refusals|s3-address|task-id)\\.ts$";

const withConstants = (pattern: RegExp): RegExp => new RegExp(`${pattern.source}|^${CONSTANTS}`);

const RULES: readonly Rule[] = [
  {
    says: "the contract imports itself and its library for schemas: everything else follows from it",
    from: /^contract\//,
    mayImport: /^contract\/|^valibot$|^@scure\/bip39\/wordlists\/english\.js$/,
    broken: { from: "contract/accounts.ts", to: "functions/core/refusal.ts" },
  },
  {
    says: "the contract's constants import nothing but each other",
    from: new RegExp(`^${CONSTANTS}`),
    mayImport: new RegExp(`^${CONSTANTS}`),
    broken: { from: "contract/refusals.ts", to: "valibot" },
  },
  {
    says: "core imports itself, the contract's constants and node:crypto, and knows the contract's types: no SDK, no file, no environment, no clock",
    from: /^functions\/core\//,
    mayImport: withConstants(/^functions\/core\/|^node:crypto$/),
    mayKnow: /^contract\//,
    broken: { from: "functions/core/tasks/task.ts", to: "node:fs" },
  },
  {
    says: "the proof of session policies knows nothing of what it proves: itself and the reference's data only",
    from: /^functions\/core\/proof\//,
    mayImport:
      /^functions\/core\/(proof\/|catalogue\/(catalogue|catalogue-action|action-name|arn-template)\.ts$)|^node:crypto$/,
    broken: { from: "functions/core/proof/unnamed-calls.ts", to: "functions/core/catalogue/unnamed.ts" },
  },
  {
    says: "the proof of session policies has its own reading of AWS's facts, and the compiler has its own",
    from: /^functions\/core\/(?!proof\/)/,
    mustNotImport: /^functions\/core\/proof\/aws\//,
    broken: { from: "functions/core/iam-facts/lists.ts", to: "functions/core/proof/aws/lists.ts" },
  },
  {
    says: "the table of AWS's facts is data: it reads the forms of the catalogue, and nothing of the compiler",
    from: /^functions\/core\/iam-facts\//,
    mayImport: /^functions\/core\/(iam-facts|catalogue)\//,
    broken: { from: "functions/core/iam-facts/lists.ts", to: "functions/core/policy/decide.ts" },
  },
  {
    says: "steps reach the world through ports",
    from: /^functions\/steps\//,
    mayImport: withConstants(/^functions\/(core|steps|connectors)\/|^functions\/(hub-)?names\.ts$|^node:crypto$/),
    mayKnow: /^contract\//,
    broken: { from: "functions/steps/tasks/end-task.ts", to: "functions/adapters/dynamodb/tasks/dynamo-tasks.ts" },
  },
  {
    says: "connectors reach the world through ports",
    from: /^functions\/connectors\/(?!(\w+\/schemas|schemas|schema-fields)\.ts$)/,
    mayImport: withConstants(/^functions\/(core|connectors)\/|^functions\/(hub-)?names\.ts$/),
    broken: { from: "functions/connectors/aws/plan-leases.ts", to: "@aws-sdk/client-sts" },
  },
  {
    says: "schemas of connectors need their library and core alone",
    from: /^functions\/connectors\/(\w+\/schemas|schemas|schema-fields)\.ts$/,
    mayImport: withConstants(/^functions\/(core|connectors)\/|^functions\/(hub-)?names\.ts$|^valibot$/),
    broken: { from: "functions/connectors/github/schemas.ts", to: "infra/config/schema.ts" },
  },
  {
    says: "nothing that is deployed loads the schemas of connectors, or a library for schemas but by the contract",
    from: /^(functions\/(?!(connectors\/(\w+\/schemas|schemas|schema-fields)|http\/read-body-of)\.ts$)|client\/)/,
    mustNotImport: /^functions\/connectors\/(\w+\/schemas|schemas|schema-fields)\.ts$|^valibot$/,
    broken: { from: "functions/connectors/github/github-connector.ts", to: "functions/connectors/github/schemas.ts" },
  },
  {
    says: "adapters know core and their technology, and no step or path",
    from: /^functions\/adapters\//,
    mustNotImport: new RegExp(`^functions/(steps|http|queues|${functionFolders})/`),
    broken: { from: "functions/adapters/sts/sts-sessions.ts", to: "functions/steps/tasks/end-task.ts" },
  },
  {
    says: "an adapter knows of a connector its port alone",
    from: /^functions\/adapters\/(?!wiring\/)/,
    mustNotImport:
      /^functions\/connectors\/([^/]+\.ts$|\w+\/(definition|schemas|describe-.*|.*-(detail|connector))\.ts$)/,
    broken: {
      from: "functions/adapters/github/rest-github-apps.ts",
      to: "functions/connectors/github/github-connector.ts",
    },
  },
  {
    says: "only a handler builds adapters",
    from: new RegExp(`^functions/(http|operators|queues|${functionFolders})/(?!handler\\.ts)`),
    mustNotImport: /^functions\/adapters\/|^@aws-sdk|^jose|^@cedar-policy/,
    broken: { from: "functions/exchange/exchange.ts", to: "functions/adapters/wiring/build-ports.ts" },
  },
  {
    says: "the exchange alone reaches STS for the sessions of tasks",
    from: /^functions\/(?!exchange\/handler\.ts$|adapters\/sts\/)/,
    mustNotImport: /^functions\/adapters\/sts\/(recent|sts)-sessions\.ts$/,
    broken: { from: "functions/adapters/wiring/build-ports.ts", to: "functions/adapters/sts/sts-sessions.ts" },
  },
  ...FUNCTIONS.map((name) => ({
    says: `${name} imports no other function's folder`,
    from: new RegExp(`^functions/${name}/`),
    mustNotImport: new RegExp(`^functions/(?!${name}/)(${functionFolders})/`),
    broken: {
      from: `functions/${name}/handler.ts`,
      to: `functions/${name === "relay" ? "sweep/sweep" : "relay/relay"}.ts`,
    },
  })),
  {
    says: "infra knows of the functions their names, routes, kinds of seals, variables, refusals, wakes, ceilings, Regions, the secrets of connectors and the credentials of the environment only",
    from: /^infra\/(?!config\/)/,
    mustNotImport:
      /^functions\/(?!([\w-]+\/env|routes|(hub-)?names|env|core\/(defined|refusal)|core\/deployment\/(account-exceptions|forwarded-regions|held-in|partition-of)|core\/ceiling\/[\w-]+|policy\/(problem|read\/files-in)|core\/archive\/(parse-lock|anchor|archive-keys|restored)|core\/seals\/record-key|connectors\/own-secrets|relay\/wakes|collect\/collected|adapters\/aws\/environment-keys)\.ts$)/,
    broken: { from: "infra/app.ts", to: "functions/core/deployment/deployment.ts" },
  },
  {
    says: "the client stands alone: itself, node:, the form of a finding and what an approver computes only",
    // client/commands/policy.ts loads the workbench, at its first use; what is loaded apart may need a library.
    from: /^client\/(?!(audit|doctor|policy|threat)\/|commands(\.ts$|\/(policy|audit)\.ts$)|identity\/aws-web-identity\.ts$|credentials\/scoped-credentials\.ts$|operate\/(sign-in\/oidc-login|print\/print-yaml|doctor\/inspect-deployment|advice\/try-advice|models\/load-models|agents\/load-agents|tasks\/undo\/object-versions)\.ts$)/,
    mayImport: withConstants(
      /^client\/(?!(audit|policy|threat)\/|doctor\/(?!(finding|inspected)\.ts$))|^node:|^contract\/decision\/|^functions\/core\/defined\.ts$/,
    ),
    mayKnow: /^contract\//,
    broken: { from: "client/commands/exec.ts", to: "functions/names.ts" },
  },
  {
    says: "nothing that is deployed imports node:http, whose WebSocket would load undici at each cold start",
    from: /^functions\//,
    mustNotImport: /^node:http$/,
    broken: { from: "functions/adapters/http/whole-answer.ts", to: "node:http" },
  },
  {
    says: "the action imports Node and what makes lines plain, and starts the command as a program: a runner installs nothing",
    from: /^action\//,
    mayImport: /^action\/|^node:|^contract\/decision\/plain-line\.ts$/,
    broken: { from: "action/main.ts", to: "client/main.ts" },
  },
  {
    says: "what an approver's own program computes runs in a browser, and takes canonical JSON, limits and names alone besides",
    from: /^contract\/decision\//,
    mayKnow: /^contract\//,
    mayImport: /^contract\/(decision\/|(canonical-json|limits|names)\.ts$)|^@scure\/bip39\/wordlists\/english\.js$/,
    broken: { from: "contract/decision/record-hash.ts", to: "node:crypto" },
  },
  {
    says: "the console runs in a browser: itself, the types of the contract, what an approver computes, forms of ids, the form of a record, and Preact only",
    mayKnow: /^contract\//,
    from: /^console\//,
    mayImport:
      /^(console|contract\/decision)\/|^contract\/(canonical-json|limits|names|task-id)\.ts$|^functions\/core\/(approvals\/[\w-]+|defined|identity\/person|intent\/detail|text\/[\w-]+)\.ts$|^infra\/config\/console\.ts$|^preact$|^preact\/hooks$|^@preact\/signals$/,
    broken: { from: "console/main.tsx", to: "node:fs" },
  },
  {
    says: "what is deployed imports nothing of the command: arrows point from it to the functions and the contract",
    from: /^(contract|functions|infra|console)\//,
    mustNotImport: /^client\//,
    broken: { from: "functions/policy/prepare-policies.ts", to: "client/policy/problem.ts" },
  },
  {
    says: "the functions import nothing of the stacks that deploy them",
    from: /^(contract|functions)\//,
    mustNotImport: /^infra\//,
    broken: { from: "functions/policy/bundle.ts", to: "infra/config/schema.ts" },
  },
  {
    says: "nothing imports the console but its tests, and esbuild builds it",
    from: /^(?!console\/|test\/)/,
    mustNotImport: /^console\//,
    broken: { from: "functions/console/serve-site.ts", to: "console/main.tsx" },
  },
  {
    says: "client/commands/policy.ts loads the workbench and nothing else",
    from: /^client\/commands\/policy\.ts$/,
    mayImport: /^client\/policy\/main\.ts$|^client\/(exit-codes|commands\/in-form)\.ts$/,
    broken: { from: "client/commands/policy.ts", to: "functions/names.ts" },
  },
  {
    says: "client/operate/advice/try-advice.ts loads the workbench and nothing else",
    from: /^client\/operate\/advice\/try-advice\.ts$/,
    mayImport: /^client\/policy\/main\.ts$|^client\/exit-codes\.ts$|^node:(fs|os|path)$/,
    broken: { from: "client/operate/advice/try-advice.ts", to: "functions/policy/bundle.ts" },
  },
  {
    says: "client/operate/agents/load-agents.ts loads what checks files and nothing else",
    from: /^client\/operate\/agents\/load-agents\.ts$/,
    mayImport:
      /^infra\/config\/(agent-faults|fault|issuers-of|check-files)\.ts$|^functions\/core\/identity\/issuer\.ts$|^client\/(?!(audit|doctor|policy|threat)\/)/,
    broken: { from: "client/operate/agents/load-agents.ts", to: "infra/config/read-config.ts" },
  },
  {
    says: "client/operate/models/load-models.ts loads what makes models and nothing else",
    from: /^client\/operate\/models\/load-models\.ts$/,
    mayImport: /^client\/(?!(audit|doctor|policy|threat\/(?!main\.ts$))\/)/,
    broken: { from: "client/operate/models/load-models.ts", to: "functions/policy/bundle.ts" },
  },
  {
    says: "threat models are made of the configuration, the policies and core's constants, and reach nothing of AWS",
    from: /^client\/threat\//,
    mayImport: withConstants(
      /^client\/(threat|policy)\/|^client\/(wrapped\.ts$|audit\/controls\/)|^infra\/config\/|^functions\/((core|connectors|policy)\/|load-catalogue\.ts$)|^contract\/decision\/visible-text\.ts$|^node:(crypto|fs|url)$/,
    ),
    broken: { from: "client/threat/model.ts", to: "functions/adapters/dynamodb/tasks/dynamo-tasks.ts" },
  },
  {
    says: "the command loads the auditor's tools, and its list of commands their help",
    from: /^client\/commands(\.ts$|\/audit\.ts$)/,
    mayImport:
      /^client\/(?!(audit\/(?!(main|help)\.ts$)|doctor|policy|threat)\/)|^client\/audit\/(main|help)\.ts$|^node:/,
    broken: { from: "client/commands/audit.ts", to: "functions/names.ts" },
  },
  {
    says: "the auditor's tools need no AWS and no library: the form of the log, of its events, of receipts, of controls, and of what a SIEM takes",
    // client/audit/aws/ alone reads a bucket, and who-could/ alone reads policies: both are loaded where they are named.
    from: /^client\/audit\/(?!(aws|who-could)\/)/,
    mayImport:
      /^client\/(audit\/|controls\.json$|(grouped-by|own-command|shell-quoting)\.ts$)|^contract\/((agent-id|canonical-json|journal-types|names|s3-address|task-id)|decision\/(escaped-json|moment|record-hash|visible-text))\.ts$|^functions\/core\/((archive|journal|siem|text)\/|(at-once|defined)\.ts$|approvals\/break-glass\.ts$|revocation\/(policy-writes|role-entry)\.ts$)|^node:/,
    broken: { from: "client/audit/main.ts", to: "@aws-sdk/client-s3" },
  },
  {
    says: "the question who could is answered by the log, the configuration and the policies, and reaches nothing of AWS",
    from: /^client\/audit\/who-could\//,
    mayImport:
      /^client\/(audit\/(?!aws\/)|(own-command|shell-quoting|files\/checkout)\.ts$)|^infra\/config\/|^functions\/((core|policy)\/|load-catalogue\.ts$)|^contract\/decision\/(moment|visible-text)\.ts$|^node:(child_process|fs|os|path)$/,
    broken: { from: "client/audit/who-could/answer.ts", to: "client/audit/aws/bucket-source.ts" },
  },
  {
    says: "client/operate/doctor/inspect-deployment.ts loads what looks at a deployment and nothing else",
    from: /^client\/operate\/doctor\/inspect-deployment\.ts$/,
    mayImport:
      /^client\/(?!(audit|doctor|policy|threat)\/)|^client\/doctor\/(inspect|inspected|finding|try-sign-in|aws\/assumptions\/run)\.ts$/,
    broken: { from: "client/operate/doctor/inspect-deployment.ts", to: "functions/names.ts" },
  },
  {
    says: "client/operate/tasks/undo/object-versions.ts loads S3 and the settings of AWS's clients, and nothing else",
    from: /^client\/operate\/tasks\/undo\/object-versions\.ts$/,
    mayImport:
      /^@aws-sdk\/client-s3$|^client\/(doctor\/aws\/(aws-access|has-credentials)|exit-codes|operate\/tasks\/undo\/way-back)\.ts$|^functions\/core\/defined\.ts$/,
    broken: { from: "client/operate/tasks/undo/object-versions.ts", to: "@aws-sdk/client-sts" },
  },
  {
    says: "what looks at a deployment imports nothing of the command that loads it",
    from: /^client\/doctor\//,
    mustNotImport: /^client\/(?!(audit|doctor|policy)\/|(own-command|shell-quoting)\.ts$)/,
    broken: { from: "client/doctor/inspect-issuers.ts", to: "client/task/service.ts" },
  },
  {
    says: "what looks at a deployment reads no AWS SDK but where there are credentials for it",
    from: /^client\/doctor\/(?!aws\/)/,
    mustNotImport: /^@aws-sdk/,
    broken: { from: "client/doctor/inspect-issuers.ts", to: "@aws-sdk/client-sts" },
  },
  {
    says: "the workbench decides with the steps, core and Cedar that are deployed, and reaches nothing of AWS",
    from: /^(client|functions)\/policy\//,
    mayImport: withConstants(
      /^(client|functions)\/policy\/|^client\/(files\/checkout|nearest|own-command|shell-quoting)\.ts$|^functions\/(core|connectors|steps)\/|^functions\/(adapters\/cedar\/cedar-policies|load-catalogue)\.ts$|^contract\/decision\/counted\.ts$|^@cedar-policy\/|^yaml$|^node:(crypto|fs|path|url|util)$/,
    ),
    broken: { from: "functions/policy/bundle.ts", to: "functions/adapters/dynamodb/tasks/dynamo-tasks.ts" },
  },
  {
    says: "the evidence cites code and tests, and imports neither",
    from: /^test\/evidence\//,
    mayImport: /^test\/evidence\/|^tools\/format-file\.ts$|^client\/(wrapped\.ts$|audit\/controls\/)|^node:/,
    broken: { from: "test/evidence/faults.ts", to: "functions/core/policy/decide.ts" },
  },
  {
    says: "the emulator imports nothing of valetkey",
    from: /^local\/emulator\//,
    mustNotImport: /^(?!local\/emulator\/)[\w-]+\/.*\.tsx?$/,
    broken: { from: "local/emulator/gate.ts", to: "local/start.ts" },
  },
  {
    says: "what installs tools runs before they are there: on Node alone",
    from: /^tools\/(install-tools\.ts|link-node\.mjs)$/,
    mayImport: /^node:/,
    broken: { from: "tools/install-tools.ts", to: "@biomejs/biome" },
  },
  {
    says: "nothing imports a test but tests",
    from: /^(?!test\/)/,
    mustNotImport: /^test\//,
    broken: { from: "tools/build-schema.ts", to: "test/contract/store/tested-store.ts" },
  },
  {
    says: "nothing that is deployed or shipped imports what is for development (AGPL among it)",
    from: /^(contract|functions|infra|client|console)\//,
    mustNotImport: /^(local|tools|test)\/|^@cloud-copilot\/|^@aws-crypto\//,
    broken: { from: "functions/adapters/cedar/cedar-policies.ts", to: "@cloud-copilot/iam-simulate" },
  },
];

const breaks = ({ from, to, ofTypes = false }: Import, rule: Rule): boolean =>
  rule.from.test(from) &&
  !(ofTypes && rule.mayKnow?.test(to)) &&
  ((rule.mayImport ? !rule.mayImport.test(to) : false) || (rule.mustNotImport?.test(to) ?? false));

describe("imports point inwards", () => {
  const imports = FOLDERS.flatMap(importsBelow);

  it("reads the imports of every file", () => {
    expect(imports).toContainEqual({
      from: "functions/exchange/handler.ts",
      to: "functions/adapters/wiring/build-ports.ts",
      ofTypes: false,
    });
    expect(new Set(imports.map(({ from }) => from.split("/")[0]))).toEqual(new Set(FOLDERS));
  });

  it("knows every folder that holds TypeScript", () => {
    expect([...FOLDERS].sort()).toEqual(foldersWithSources());
  });

  it.each(RULES)("$says", (rule) => {
    expect(breaks(rule.broken, rule)).toBe(true);
    expect(imports.filter((each) => breaks(each, rule))).toEqual([]);
  });
});
