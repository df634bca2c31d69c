import type { Cloud } from "./cloud/start-cloud.ts";
import type { Credentials } from "./emulator/sessions.ts";

/** Makes keys of the role that `archive.auditors` of `local/valetkey.json` names: it reads the archive of the signed log, and nothing else. */
export async function auditorKeys({ aws, hubAccount, scope }: Cloud): Promise<Credentials> {
  const archive = `arn:aws:s3:::${scope.archiveBucket}`;
  const role = await aws.admin(hubAccount).createRole({
    name: "auditor",
    trust: { Version: "2012-10-17", Statement: [] },
    permissions: {
      reads: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: [archive, `${archive}/*`] },
          { Effect: "Allow", Action: ["kms:Decrypt"], Resource: ["*"] },
        ],
      },
    },
  });
  return aws.keysFor(role.arn, "auditor");
}
