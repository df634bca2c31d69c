/** Variables of deliberately chosen credentials. Credentials that merely exist (~/.aws, an instance's) are not used. */
const CREDENTIALS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/** True where somebody chose AWS credentials for this command. */
export const hasCredentials = (env: NodeJS.ProcessEnv): boolean => CREDENTIALS.some((name) => env[name]);
