import type { WireRequest } from "../wire-request.ts";

/** The parameters of a call in the query protocol: `Tags.member.1.Key=...` */
export class QueryInput {
  readonly #parameters: URLSearchParams;

  constructor(request: WireRequest) {
    this.#parameters = new URLSearchParams(request.method === "GET" ? request.rawQuery : request.body.toString("utf8"));
  }

  get action(): string {
    return this.text("Action") ?? "";
  }

  text(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined;
  }

  /** `name.member.1`, `name.member.2`, ... */
  list(name: string): string[] {
    return this.#members((index) => this.text(`${name}.member.${index}`));
  }

  /** `name.member.1.Key` with `name.member.1.Value`, ... */
  pairs(name: string): [key: string, value: string][] {
    return this.#members((index) => {
      const key = this.text(`${name}.member.${index}.Key`);
      return key === undefined ? undefined : [key, this.text(`${name}.member.${index}.Value`) ?? ""];
    });
  }

  #members<T>(read: (index: number) => T | undefined): T[] {
    const members: T[] = [];
    for (let member = read(1); member !== undefined; member = read(members.length + 1)) members.push(member);
    return members;
  }
}
