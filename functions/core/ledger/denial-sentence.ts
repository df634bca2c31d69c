/**
 * AWS's sentence for a call that IAM denied, up to the resource. EC2 puts a sentence of its own before it. Neither the
 * caller's ARN nor the action can contain a space.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const SENTENCE =
  /^(?:You are not authorized to perform this operation\. )?User: \S+ is not authorized to perform: ([\w-]+:\w+)/;

/** Resource in AWS's sentence: an ARN without a space, up to the reason or the end. S3 puts it in quotes. */
const RESOURCE = /^ on resource: (?:"(arn:[^\s"]+)"|(arn:[^\s"]+))(?= with an explicit deny in | because no |\.?$)/;

/**
 * Reads the resource that AWS's sentence names. An ARN with a space or a quotation mark is not read: the name of a
 * resource can contain words of AWS's sentences.
 * @returns undefined where the text is no such sentence, or names no such resource.
 */
export function resourceInDenial(message: string): string | undefined {
  const [sentence] = SENTENCE.exec(message) ?? [];
  if (sentence === undefined) return undefined;
  const [, quoted, plain] = RESOURCE.exec(message.slice(sentence.length)) ?? [];
  return quoted ?? plain;
}

/**
 * True where AWS reports that the session's own policy has denied the call. The sentence must be exactly AWS's around
 * a resource that the event names elsewhere. Whoever names a resource thus writes nothing that is read as AWS's words.
 * @param resources ARNs that the event names, other than in this sentence.
 */
export function isDeniedBySession(message: string, resources: readonly string[]): boolean {
  const [sentence, action] = SENTENCE.exec(message) ?? [];
  if (sentence === undefined) return false;
  const places = ["", ...resources.flatMap((arn) => [` on resource: ${arn}`, ` on resource: "${arn}"`])];
  const reasons = [
    " with an explicit deny in a session policy",
    ` because no session policy allows the ${action} action`,
  ];
  return places.some((place) => reasons.some((reason) => message.slice(sentence.length) === `${place}${reason}`));
}
