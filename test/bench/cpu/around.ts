/**
 * Wraps a port so that each method call goes through `call`. A benchmark can then measure calls of ports without
 * knowing the steps around them.
 */
export function around<T extends object>(
  port: T,
  call: (method: string, args: readonly unknown[], go: () => unknown) => unknown,
): T {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: readonly unknown[]) => call(String(name), args, () => value.apply(target, args));
    },
  });
}
