import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Files of a new folder, by their path in it, and the template's file for each. */
const OWN: Readonly<Record<string, string>> = {
  "valetkey.json": "valetkey.json",
  "cdk.json": "cdk.json",
  "README.md": "README.md",
  // npm leaves files of these names out of a package.
  ".gitignore": "gitignore",
  ".github/workflows/valetkey.yml": "workflow.yml",
  "policies/first.cedar": "first.cedar",
  "policies/first.cases.json": "first.cases.json",
};

/** File of a new folder. */
export interface TemplateFile {
  readonly path: string;
  readonly text: string;
  /** `shipped` belongs to the version, and a changed one is reported; `first` is an example for a folder that has no policy yet. */
  readonly kind: "shipped" | "own" | "first";
}

/** Values that a person knows when the folder is made. A missing value stays a placeholder, which synthesis refuses. */
export interface Filled {
  readonly hub?: string | undefined;
  readonly target?: string | undefined;
  readonly region?: string | undefined;
  readonly url?: string | undefined;
  readonly issuer?: string | undefined;
  readonly operator?: string | undefined;
  readonly bucket?: string | undefined;
  readonly console?: string | undefined;
  /** Client of the console at the people's issuer. */
  readonly client?: string | undefined;
  /** Client for approvals at the people's issuer. */
  readonly approvals?: string | undefined;
  /** Bucket of the log's witness, in another account than the hub's. */
  readonly witness?: string | undefined;
  /** Account of that bucket. */
  readonly audit?: string | undefined;
}

/** Placeholders of the template, by the value that replaces them. */
const PLACEHOLDERS = {
  hub: "999900001111",
  target: "111122223333",
  region: "us-east-1",
  url: "https://replace-with-your-address",
  issuer: "https://replace-with-your-issuer",
  operator: "replace-with-your-subject",
  bucket: "replace-with-your-bucket",
  console: "https://replace-with-your-console",
  client: "replace-with-your-client",
  approvals: "replace-with-your-approvals-client",
  witness: "replace-with-your-witness",
  audit: "444455556666",
} as const satisfies Record<keyof Filled, string>;

/** Lists the files of a new folder. @param pin returns the specifier of `@valetkey/deploy` in package.json, for this version. */
export function templateFiles(filled: Filled, pin: (version: string) => string): readonly TemplateFile[] {
  const values = new Map<string, string>(
    Object.entries(PLACEHOLDERS).map(([name, text]) => [text, filled[name as keyof Filled] ?? text]),
  );
  const shipped: readonly string[] = JSON.parse(readTemplate("shipped.json"));
  const partition = partitionOf(filled.region ?? PLACEHOLDERS.region);
  // Replaces all in one pass, since a value may equal another placeholder.
  const own = (name: string): string =>
    readTemplate(name)
      .replace(new RegExp([...values.keys()].join("|"), "g"), (placeholder) => values.get(placeholder) ?? placeholder)
      .replaceAll("arn:aws:", `arn:${partition}:`);
  return [
    { path: "package.json", text: manifestText(pin), kind: "own" },
    ...Object.entries(OWN).map(([path, name]) => ({ path, text: own(name), kind: kindOf(name) })),
    ...shipped.map((name) => ({ path: `policies/${name}`, text: readTemplate(name), kind: "shipped" as const })),
  ];
}

const kindOf = (name: string): TemplateFile["kind"] =>
  name === "cdk.json" ? "shipped" : name.startsWith("first.") ? "first" : "own";

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Reads a manifest of the repository: these have the versions that were tested together. */
const manifest = (name: "manifest.json" | "deployment.json"): Manifest => JSON.parse(readTemplate(name));

function manifestText(pin: (version: string) => string): string {
  const { version: ours, dependencies } = manifest("manifest.json");
  const written = {
    name: "our-valetkey",
    private: true,
    type: "module",
    engines: { node: ">=22" },
    scripts: {
      // Names the files, since a terminal may have exported those of another deployment.
      check:
        "valetkey config check --config valetkey.json --policies policies && valetkey policy check policies --config valetkey.json --strict && valetkey policy test policies --config valetkey.json",
      synth: "cdk synth --quiet",
      diff: "cdk diff",
      deploy: "cdk deploy --all",
    },
    devDependencies: {
      "@valetkey/deploy": pin(ours),
      "aws-cdk": manifest("deployment.json").dependencies["aws-cdk"],
      "aws-cdk-lib": dependencies["aws-cdk-lib"],
      constructs: dependencies.constructs,
    },
  };
  return `${JSON.stringify(written, null, 2)}\n`;
}

const partitionOf = (region: string): string =>
  ({ "cn-": "aws-cn", "us-gov-": "aws-us-gov" })[/^(cn-|us-gov-)/.exec(region)?.[0] ?? ""] ?? "aws";

/** Manifests in a checkout, by their names in a package's template. */
const MANIFESTS: Readonly<Record<string, readonly string[]>> = {
  "manifest.json": ["../../package.json"],
  "deployment.json": ["../../tools/deployment/package.json"],
};

/** Places of a template's file, in a checkout or in a package. A package has all files in one folder below its root (`tools/copy-template.ts`). */
const PLACES = import.meta.url.endsWith(".ts")
  ? (name: string) => MANIFESTS[name] ?? [`../template/${name}`, `../../policies/${name}`]
  : (name: string) => [`../template/${name}`, `../../template/${name}`];

function readTemplate(name: string): string {
  const file = PLACES(name)
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error(`the template has no ${name}`);
  return readFileSync(file, "utf8");
}
