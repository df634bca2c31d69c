/** Browser with the parts that a login needs: cookies, redirects, and forms that a person submits. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  readonly #stopsAt: string | undefined;
  #page = { address: new URL("about:blank"), status: 0, html: "" };

  /** @param stopsAt address that is not loaded, such as a client's redirect address; `address` then has its query. */
  constructor(stopsAt?: string) {
    this.#stopsAt = stopsAt;
  }

  get address(): URL {
    return this.#page.address;
  }

  get html(): string {
    return this.#page.html;
  }

  get status(): number {
    return this.#page.status;
  }

  async open(address: string | URL): Promise<void> {
    await this.#load(new URL(address), { method: "GET" });
  }

  /** Submits the page's form, with its hidden fields. */
  async submit(fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const [, action = ""] = /<form[^>]* action="([^"]*)"/.exec(this.html) ?? [];
    const hidden = [...this.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
    const body = new URLSearchParams({
      ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])),
      ...fields,
    });
    await this.#load(new URL(action, this.#page.address), { method: "POST", body });
  }

  /** Follows the link whose address has this ending. */
  async follow(ending: string): Promise<void> {
    const address = [...this.html.matchAll(/href="([^"]*)"/g)]
      .map(([, href = ""]) => href)
      .find((href) => href.endsWith(ending));
    if (address === undefined) throw new Error(`no link to ${ending} in ${this.html}`);
    await this.open(new URL(address, this.#page.address));
  }

  async #load(address: URL, request: RequestInit): Promise<void> {
    if (this.#stopsAt !== undefined && address.href.startsWith(this.#stopsAt)) {
      this.#page = { address, status: 0, html: "" };
      return;
    }
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(address, { ...request, redirect: "manual", headers: { cookie, accept: "text/html" } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location !== null) return this.#load(new URL(location, address), { method: "GET" });
    this.#page = { address, status: answer.status, html: await answer.text() };
  }
}
