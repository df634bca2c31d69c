/** Command that Systems Manager accepted. */
export interface SentCommand {
  readonly document: string;
  readonly instances: readonly string[];
  readonly parameters: unknown;
}

/** Finished query of Athena. */
export interface FinishedQuery {
  readonly workgroup: string;
  /** Address of the result, `s3://bucket/key`; absent for a query that failed. */
  readonly output?: string;
  /** Reason of the query's failure. */
  readonly failure?: string;
}

/** State of one account's services that valetkey itself does not use. Tests fill and read it. */
export class Workloads {
  /** Locations of Glue's tables, `s3://bucket/prefix/`, by `database/table`. */
  readonly tables = new Map<string, string>();
  /** Result locations of Athena's workgroups, which every query there has to use. */
  readonly workgroups = new Map<string, string>();
  readonly queries = new Map<string, FinishedQuery>();
  /** Images of each ECR repository: manifest by tag. */
  readonly repositories = new Map<string, Map<string, string>>();
  /** ECS services by `cluster/service`, each with the ARN of its task definition. */
  readonly services = new Map<string, string>();
  /** Revisions of each family of ECS task definitions. */
  readonly families = new Map<string, number>();
  /** Image, or SHA-256 of the archive, of each Lambda function. */
  readonly functions = new Map<string, string>();
  /** Messages of each log group. */
  readonly logs = new Map<string, readonly string[]>();
  readonly instances = new Set<string>();
  readonly commands = new Map<string, SentCommand>();
}

/** Workloads of all accounts. An account's are made at their first use. */
export class AllWorkloads {
  readonly #byAccount = new Map<string, Workloads>();

  of(account: string): Workloads {
    const known = this.#byAccount.get(account) ?? new Workloads();
    this.#byAccount.set(account, known);
    return known;
  }
}
