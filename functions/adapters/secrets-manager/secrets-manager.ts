import { defined } from "../../core/defined.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ManagedSecret, Secrets, SecretValue } from "../../core/secrets/managed-secret.ts";
import { managedMark, type Prefixed } from "../../hub-names.ts";
import { SECRET_TAGS } from "../../names.ts";
import { nameOf } from "../aws/aws-fault.ts";
import { httpSecretsManager } from "./http-secrets-manager.ts";
import { refusalFor } from "./secrets-manager-refusal.ts";

/** Description of a secret. A date is in epoch seconds. */
interface Described {
  readonly ARN?: string;
  readonly Name?: string;
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly DeletedDate?: number;
  readonly VersionIdsToStages?: Readonly<Record<string, readonly string[]>>;
}

/** Version of a secret. Bytes are in base64. */
interface Value {
  readonly VersionId?: string;
  readonly SecretString?: string;
  readonly SecretBinary?: string;
}

/** AWS Secrets Manager in the hub's account and Region, read over the small client. */
export class SecretsManager implements Secrets {
  readonly #ask: ReturnType<typeof httpSecretsManager>;
  readonly #hub: Prefixed;

  /** @param attemptMs longest duration of each of two attempts; milliseconds. */
  constructor(hub: Prefixed, attemptMs = 2_000) {
    this.#hub = hub;
    this.#ask = httpSecretsManager(attemptMs);
  }

  async find(name: string): Promise<ManagedSecret | undefined> {
    const described = await this.#describe(name);
    const {
      ARN: arn,
      Name: found,
      Tags: tags = [],
      DeletedDate: deleted,
      VersionIdsToStages: versions = {},
    } = described ?? {};
    // Secrets Manager accepts a partial ARN as well.
    if (!arn || found !== name || deleted) return undefined;
    const tag = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
    if (tag(SECRET_TAGS.managed) !== managedMark(this.#hub)) return undefined;
    const version = Object.entries(versions).find(([, stages]) => stages.includes("AWSCURRENT"))?.[0];
    return {
      name,
      arn,
      ...defined({ version }),
      exclusive: tag(SECRET_TAGS.exclusive) === "true",
      delivery: tag(SECRET_TAGS.delivery) === "session" ? "session" : "value",
    };
  }

  async read({ arn }: ManagedSecret): Promise<SecretValue> {
    const { VersionId, SecretString, SecretBinary } = await this.#value({ SecretId: arn, VersionStage: "AWSCURRENT" });
    return {
      versionId: VersionId ?? "",
      ...defined({ text: SecretString, binary: SecretBinary }),
    };
  }

  /** Reads the text and the version id of one of valetkey's own secrets. @throws {Refusal} connector_unavailable, connector_refused. */
  async own(name: string, versionId?: string): Promise<{ readonly text: string; readonly versionId: string }> {
    const version = versionId === undefined ? { VersionStage: "AWSCURRENT" } : { VersionId: versionId };
    const { SecretString: text, VersionId } = await this.#value({ SecretId: name, ...version });
    if (text === undefined || VersionId === undefined) throw new Refusal("connector_refused", { why: "no text" });
    return { text, versionId: VersionId };
  }

  async #describe(name: string): Promise<Described | undefined> {
    try {
      return await this.#ask("DescribeSecret", { SecretId: name });
    } catch (error) {
      // IAM denies the description of a secret without valetkey's tag: it counts as not managed.
      if (["ResourceNotFoundException", "AccessDeniedException"].includes(nameOf(error))) return undefined;
      throw refusalFor(error);
    }
  }

  async #value(input: Readonly<Record<string, string>>): Promise<Value> {
    try {
      return await this.#ask("GetSecretValue", input);
    } catch (error) {
      throw refusalFor(error);
    }
  }
}
