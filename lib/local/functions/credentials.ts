import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

/** With these an SDK signs its calls: the gateway takes any signature, AWS refuses them. */
export const PLACEHOLDER_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'localgateway', AWS_SECRET_ACCESS_KEY: 'localgateway' };

/**
 * Whether functions get placeholders, for there are no AWS credentials.
 *
 * @param shell the environment of the gateway
 * @param own what the template and the developer give the function
 */
export function usesPlaceholders(shell: NodeJS.ProcessEnv, own: Readonly<Record<string, string>> = {}): boolean {
  return credentialSource({ ...shell, ...own }) === undefined;
}

/** Where an SDK finds credentials, as text for the developer. */
export interface CredentialSource {
  /** `the access key id AKIA... (AWS_ACCESS_KEY_ID)` */
  readonly text: string;
  /** Absent for credentials of a session or of another program. */
  readonly accessKeyId?: string;
}

/** Where an SDK finds credentials with these variables; `undefined` if it finds none. */
export function credentialSource(variables: NodeJS.ProcessEnv): CredentialSource | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_WEB_IDENTITY_TOKEN_FILE: token } = variables;
  const profileVariable = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'].find((name) => variables[name]);
  if (accessKeyId) {
    const profile = profileVariable ? ` or the profile ${variables[profileVariable]} (${profileVariable}), which some SDKs prefer` : '';
    return { text: `the access key id ${accessKeyId} (AWS_ACCESS_KEY_ID)${profile}`, accessKeyId };
  }
  // A profile that is not there is the developer's to know: the SDK says so.
  if (profileVariable) return profileSource(variables, variables[profileVariable]!, profileVariable);
  if (token) return { text: `the role ${variables.AWS_ROLE_ARN} (AWS_WEB_IDENTITY_TOKEN_FILE)` };
  const container = ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'].find((name) => variables[name]);
  if (container) return { text: `those of the container (${container})` };
  return sectionsOf(variables, 'default').some((section) => CREDENTIAL_SETTING.test(section)) ? profileSource(variables, 'default', '~/.aws') : undefined;
}

function profileSource(variables: NodeJS.ProcessEnv, name: string, from: string): CredentialSource {
  const [accessKeyId] = sectionsOf(variables, name).flatMap((section) => /^\s*aws_access_key_id\s*=\s*(\S+)/m.exec(section)?.[1] ?? []);
  return accessKeyId === undefined
    ? { text: `the profile ${name} (${from})` }
    : { text: `the access key id ${accessKeyId} of the profile ${name} (${from})`, accessKeyId };
}

/**
 * The settings of a profile in the shared config files.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
function sectionsOf(variables: NodeJS.ProcessEnv, profile: string): string[] {
  const home = path.join(variables.HOME ?? os.homedir(), '.aws');
  const files = [
    variables.AWS_SHARED_CREDENTIALS_FILE ?? path.join(home, 'credentials'),
    variables.AWS_CONFIG_FILE ?? path.join(home, 'config'),
  ];
  return files.flatMap((file) => {
    try {
      const sections = fs.readFileSync(file, 'utf8').split(/^\s*(?=\[)/m);
      return sections.filter((section) => /^\[\s*(?:profile\s+)?(.*?)\s*\]/.exec(section)?.[1] === profile);
    } catch {
      return [];
    }
  });
}

const CREDENTIAL_SETTINGS = [
  'aws_access_key_id', 'credential_process', 'credential_source', 'login_session', 'role_arn', 'sso_session', 'sso_start_url',
];
const CREDENTIAL_SETTING = new RegExp(`^\\s*(${CREDENTIAL_SETTINGS.join('|')})\\s*=`, 'm');
