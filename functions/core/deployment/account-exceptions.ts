/** Opt-in of an account: named resources on which tasks may do what no task may do elsewhere, as `valetkey.json` lists them. */
export interface AccountExceptions {
  /** Roles that tasks may pass on, each to the services that are named and to no other. */
  readonly passRoles?: readonly { readonly role: string; readonly services: readonly string[] }[] | undefined;
  /** ECS task definitions that tasks may run, in the clusters that are named: with other commands and, of those that may be passed on, other roles. */
  readonly runTasks?: { readonly taskDefinitions: readonly string[]; readonly clusters: readonly string[] } | undefined;
  /** Lambda functions whose code tasks may replace. */
  readonly updateFunctions?: readonly string[] | undefined;
  /** SSM documents that tasks may run on the targets: each of them on each. */
  readonly sendCommands?: { readonly documents: readonly string[]; readonly targets: readonly string[] } | undefined;
  /** Versions of SSM automations that tasks may start. */
  readonly startAutomations?: readonly string[] | undefined;
}
