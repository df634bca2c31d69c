/** Fills in connectors' needs with providers that fail at every call. */
export const withNoProviders = <T extends object>(given: Partial<T>): T =>
  new Proxy(given, { get: (own, name) => (name in own ? Reflect.get(own, name) : NO_PROVIDER) }) as T;

const NO_PROVIDER = new Proxy({}, { get: () => () => Promise.reject(new Error("asked")) });
