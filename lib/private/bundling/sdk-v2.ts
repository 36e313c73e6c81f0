import * as fs from 'fs';
import * as path from 'path';
import { list } from '../problem';

/** How a source imports v2 of the SDK, whole or by client. Imports of types are not in a bundle. */
const IMPORT = /^(?!\s*(?:\/\/|\*|import\s+type\b)).*(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"]aws-sdk(?:\/[^'"]*)?['"]/;
const UNRESOLVED = /^Could not resolve "aws-sdk(?:\/.*)?"$/;
const BUNDLED = /[\\/]node_modules[\\/]aws-sdk[\\/]/;

/** What to write instead, with the two calls that WebSocket handlers make. */
const REPLACEMENT = 'Write `connection(connectionId).send(data)` of cdk-websocket-service/runtime, or with v3, which the runtime has, '
  + '`new ApiGatewayManagementApiClient({ endpoint }).send(new PostToConnectionCommand({ ConnectionId, Data }))` of '
  + '@aws-sdk/client-apigatewaymanagementapi, in place of `new AWS.ApiGatewayManagementApi({ endpoint }).postToConnection({ ConnectionId, '
  + 'Data }).promise()`; and `DynamoDBDocumentClient.from(new DynamoDBClient()).send(new PutCommand(item))` of @aws-sdk/lib-dynamodb in '
  + 'place of `new AWS.DynamoDB.DocumentClient().put(item).promise()`.';

/** For esbuild's error that an import of v2 cannot be resolved; `undefined` for other errors. */
export function sdkV2Hint(error: string): string | undefined {
  if (!UNRESOLVED.test(error)) return undefined;
  return `Runtimes since nodejs18.x have no AWS SDK for JavaScript v2, whose support has ended. ${REPLACEMENT}`;
}

/** What a bundle is made from. */
interface BundleSources {
  /** Absolute paths. */
  readonly inputs: readonly string[];
  readonly directory: string;
  /** What is left out of the bundle. */
  readonly external: unknown;
  /** Whether the runtime has v2, as those before nodejs18.x. */
  readonly runtimeHasIt: boolean;
}

/** Warnings about bundles that contain v2 of the SDK, and about those that expect it in a runtime without it. */
export function sdkV2Warnings(bundles: readonly BundleSources[]): string[] {
  const inside = bundles.filter(({ inputs }) => inputs.some((file) => BUNDLED.test(file)));
  const outside = bundles.filter(({ external, runtimeHasIt }) => !runtimeHasIt && [external].flat().includes('aws-sdk'));
  return [
    ...warning(inside, 'so the bundle contains it: 80 MB of sources, whose support has ended'),
    ...warning(outside, 'which runtimes since nodejs18.x do not have: unless a layer brings it, the function fails at its start'),
  ];
}

function warning(bundles: readonly BundleSources[], consequence: string): string[] {
  const importing = [...new Set(bundles.flatMap(places))];
  if (importing.length === 0) return [];
  return [`the AWS SDK for JavaScript v2 is imported in ${list(importing)}, ${consequence}. ${REPLACEMENT}`];
}

/** `src/chat.js:3` of each import. */
function places({ inputs, directory }: BundleSources): string[] {
  return inputs.filter((file) => !file.split(path.sep).includes('node_modules') && /\.[cm]?[jt]sx?$/.test(file)).flatMap((file) => {
    const name = path.relative(directory, file).split(path.sep).join('/');
    return fs.readFileSync(file, 'utf8').split('\n').flatMap((line, index) => (IMPORT.test(line) ? [`${name}:${index + 1}`] : []));
  });
}
