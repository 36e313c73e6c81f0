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
  const variables = { ...shell, ...own };
  return !CREDENTIAL_VARIABLES.some((name) => variables[name]) && !hasDefaultProfile(variables);
}

const CREDENTIAL_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  // A profile that is not there is the developer's to know: the SDK says so.
  'AWS_DEFAULT_PROFILE',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];

/** https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html */
function hasDefaultProfile(variables: NodeJS.ProcessEnv): boolean {
  const home = path.join(variables.HOME ?? os.homedir(), '.aws');
  const files = [
    variables.AWS_SHARED_CREDENTIALS_FILE ?? path.join(home, 'credentials'),
    variables.AWS_CONFIG_FILE ?? path.join(home, 'config'),
  ];
  return files.some((file) => {
    try {
      return hasCredentials(fs.readFileSync(file, 'utf8'));
    } catch {
      return false;
    }
  });
}

function hasCredentials(text: string): boolean {
  const sections = text.split(/^\s*(?=\[)/m);
  return sections.some((section) => /^\[\s*(profile\s+)?default\s*\]/.test(section) && CREDENTIAL_SETTING.test(section));
}

const CREDENTIAL_SETTINGS = [
  'aws_access_key_id', 'credential_process', 'credential_source', 'login_session', 'role_arn', 'sso_session', 'sso_start_url',
];
const CREDENTIAL_SETTING = new RegExp(`^\\s*(${CREDENTIAL_SETTINGS.join('|')})\\s*=`, 'm');
