import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../../infra/config/read-config.ts";
import { folderWith } from "../policy-tools/folder.ts";

export const GITHUB = { name: "github", kind: "agents", preset: "github-actions" };
export const STAFF = {
  name: "staff",
  kind: "people",
  preset: "generic",
  url: "https://login.example.com",
  groupsClaim: "groups",
};
export const GOOD = {
  hub: { account: "999900001111", region: "eu-central-1" },
  url: "https://valetkey.example.com",
  issuers: [GITHUB, STAFF],
  accounts: [{ id: "111122223333", region: "eu-central-1", taskRoles: 8 }],
  operators: [{ issuer: "staff", subject: "ada" }],
};

export const OAUTH = {
  name: "crm",
  issuer: "https://login.example.com",
  clientId: "valetkey",
  authentication: { method: "client_secret_basic", clientSecret: "oauth/crm" },
  grant: { type: "token_exchange", subjectToken: "oauth/broad" },
  scopes: ["contacts.read"],
  maxTokenSeconds: 600,
};
export const APP = {
  owner: "acme",
  appId: 1,
  installationId: 2,
  privateKey: "github/app",
  permissions: { contents: "write" },
};

export const RESTORED = {
  name: "valetkey-2",
  copiedAt: "2026-11-27T12:00:00Z",
  stream: "arn:aws:dynamodb:eu-central-1:999900001111:table/valetkey-2/stream/2026-11-27T13:00:00.000",
};
export const VPC = { subnets: ["subnet-0a1b2c3d4e5f60718"], securityGroups: ["sg-0a1b2c3d"] };
export const CLIENT = {
  secret: "clients/report",
  clientId: "report",
  configurationUrl: "https://login.example.com/reg/report",
  registrationToken: "clients/report-registration",
};

export const fileWith = (text: string) => join(folderWith({ "valetkey.json": text }), "valetkey.json");
export const read = (changes: Readonly<Record<string, unknown>>) =>
  readConfig(fileWith(JSON.stringify({ ...GOOD, ...changes })));

export const root = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
