import { unknownDeployment } from "../../deployments/address-of.ts";
import { type Deployments, DeploymentsFile } from "../../deployments/deployments-file.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import type { OperatorCommand } from "../operator.ts";
import { parseLocal } from "../operator-options.ts";
import { loadPrinter } from "../print/print.ts";
import { type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";

/** Runs `valetkey use [<name> | --forget <name>]`: lists the named deployments, chooses the default one, or removes a name. */
export const use: OperatorCommand = async (argv, env, report) => {
  const options = parseLocal("use", argv, ["forget"], 1);
  const file = new DeploymentsFile(env);
  const [name] = options.words;
  const { forget } = options.option;
  if (name !== undefined && forget !== undefined)
    throw new ClientError("usage", "usage", "give a name or --forget, not both");
  const known = file.read();
  if (name === undefined && forget === undefined) {
    (await loadPrinter(options))({ ...listed(known) }, () => deploymentsTable(known));
    return 0;
  }
  const meant = name ?? forget ?? "";
  if (!Object.hasOwn(known.named, meant)) throw unknownDeployment(meant, known);
  await file.change(({ current, named }) => {
    if (forget === undefined) return { current: meant, named };
    const { [meant]: _, ...others } = named;
    return { ...(current === undefined || current === meant ? {} : { current }), named: others };
  });
  const url = known.named[meant]?.url;
  if (forget === undefined) report.note("uses", `commands use ${meant} (${url}) by default`, { name: meant, url });
  else
    report.note(
      "forgotten",
      `${url} is not called ${meant} any more; ${ownCommand()} logout --url ${url} deletes the sign-in`,
      { name: meant, url },
    );
  return 0;
};

const listed = ({ current, named }: Deployments) => ({
  deployments: Object.entries(named).map(([name, { url, signIn }]) => ({
    name,
    url,
    current: name === current,
    ...(signIn ? { sign_in: signIn } : {}),
  })),
});

const deploymentsTable = ({ current, named }: Deployments): Shown =>
  Object.keys(named).length === 0
    ? shown`No deployment has a name yet: ${ownCommand()} login --url <address> --name <name>\n`
    : table(
        ["", "name", "address", "signs in at"],
        Object.entries(named).map(([name, { url, signIn }]) => [
          name === current ? "*" : "",
          name,
          url,
          signIn?.issuer,
        ]),
      );
