import { Refusal } from "../../../functions/core/refusal.ts";
import {
  type RotatingSecret,
  type RotatingSecrets,
  type Stage,
  type StoredValue,
  versionAt,
} from "../../../functions/core/secrets/rotating-secret.ts";

interface Version {
  text?: string;
  createdAt: number;
  stages: string[];
}

/** Fake Secrets Manager, in memory: versions and stages. The fake begins rotations, which the test continues. */
export class FakeRotatingSecrets implements RotatingSecrets {
  readonly secrets = new Map<string, Omit<RotatingSecret, "versions"> & { readonly versions: Map<string, Version> }>();
  /** Tokens of rotations that were begun or resumed. */
  readonly started: string[] = [];
  readonly #nowSeconds: () => number;

  constructor(nowSeconds: () => number) {
    this.#nowSeconds = nowSeconds;
  }

  add(secret: Omit<RotatingSecret, "versions" | "arn">, text: string): void {
    const arn = `arn:aws:secretsmanager:us-east-1:999900001111:secret:${secret.name}-a1B2c3`;
    const first = { text, createdAt: this.#nowSeconds(), stages: ["AWSCURRENT"] };
    this.secrets.set(secret.name, { ...secret, arn, versions: new Map([["first", first]]) });
  }

  /** Returns the current value. */
  current(name: string): string {
    return this.#at(name, "AWSCURRENT")?.text ?? "";
  }

  /** Makes another value current, as a person would by hand. */
  put(name: string, text: string, versionId: string): void {
    this.#versions(name).set(versionId, { text, createdAt: this.#nowSeconds(), stages: [] });
    this.#move(name, "AWSCURRENT", versionId);
  }

  async describe(id: string): Promise<RotatingSecret | undefined> {
    const found = [...this.secrets.values()].find(({ name, arn }) => id === name || id === arn);
    if (!found) return undefined;
    const stages = [...found.versions].flatMap(([version, { stages }]) => (stages.length ? [[version, stages]] : []));
    return { ...found, versions: structuredClone(Object.fromEntries(stages)) };
  }

  async read({ name }: RotatingSecret, stage: Stage): Promise<StoredValue | undefined> {
    const [versionId, version] =
      [...this.#versions(name)].find(([, { stages }]) => stages.includes(stage)) ?? ([] as const);
    if (versionId === undefined || version?.text === undefined) return undefined;
    return { versionId, text: version.text, createdAt: version.createdAt };
  }

  async putPending({ name }: RotatingSecret, versionId: string, text: string): Promise<void> {
    const version = this.#versions(name).get(versionId);
    if (version?.text === undefined)
      this.#versions(name).set(versionId, { text, createdAt: this.#nowSeconds(), stages: version?.stages ?? [] });
    this.#move(name, "AWSPENDING", versionId);
  }

  async makeCurrent({ name }: RotatingSecret, versionId: string, from: string): Promise<void> {
    if (!this.#versions(name).get(from)?.stages.includes("AWSCURRENT"))
      throw new Refusal("connector_refused", { why: "InvalidParameterException" });
    this.#move(name, "AWSCURRENT", versionId);
    this.#move(name, "AWSPREVIOUS", from);
  }

  async withdrawPending({ name }: RotatingSecret, versionId: string): Promise<void> {
    const version = this.#versions(name).get(versionId);
    if (version) version.stages = version.stages.filter((stage) => stage !== "AWSPENDING");
  }

  async start(secret: RotatingSecret, token: string): Promise<"begun" | "in progress"> {
    const now = await this.describe(secret.arn);
    const [current, pending] = now ? [versionAt(now, "AWSCURRENT"), versionAt(now, "AWSPENDING")] : [];
    const isRunning = pending !== undefined && pending !== current;
    this.started.push(isRunning ? pending : token);
    if (!isRunning) this.begin(secret.name, token);
    return isRunning ? "in progress" : "begun";
  }

  /** Labels a version without a value, as RotateSecret does before it invokes the function. */
  begin(name: string, token: string): void {
    if (!this.#versions(name).has(token))
      this.#versions(name).set(token, { createdAt: this.#nowSeconds(), stages: [] });
    this.#move(name, "AWSPENDING", token);
  }

  #versions(name: string): Map<string, Version> {
    const found = this.secrets.get(name);
    if (!found) throw new Error(`no secret ${name}`);
    return found.versions;
  }

  #at(name: string, stage: Stage): Version | undefined {
    return [...this.#versions(name).values()].find(({ stages }) => stages.includes(stage));
  }

  #move(name: string, stage: Stage, to: string): void {
    for (const version of this.#versions(name).values())
      version.stages = version.stages.filter((each) => each !== stage);
    this.#versions(name).get(to)?.stages.push(stage);
  }
}
