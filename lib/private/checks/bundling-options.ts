import { Token } from 'aws-cdk-lib';
import { BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Complaint } from '../problem';

/** A line that only an ES module may have. */
const IMPORT = /^\s*import\b\s*[\w$*{'"]/m;

/** What is wrong with one of the bundling options, if anything. */
export function bundlingComplaint(options: BundlingOptions): { option: string; value: unknown; complaint: Complaint } | undefined {
  const { sourceMap, sourceMapMode, banner, footer, define } = options;
  if (sourceMap === false && sourceMapMode !== undefined) {
    return {
      option: 'sourceMapMode',
      value: sourceMapMode,
      complaint: { reason: 'says how to write a source map, but `sourceMap` is false', remedy: 'leave one of them out' },
    };
  }
  const defined = Object.entries(define ?? {}).map(([name, value]) => [`define["${name}"]`, value]);
  const late = [['banner', banner], ['footer', footer], ...defined].find(([, value]) => Token.isUnresolved(value));
  if (!late) return moduleBanner(options);
  const [option, value] = late;
  return {
    option: option!,
    value,
    complaint: {
      reason: 'is known when the stack is deployed, and the code is bundled before that',
      remedy: 'put the value into `environment`',
    },
  };
}

function moduleBanner({ banner, format }: BundlingOptions): ReturnType<typeof bundlingComplaint> {
  const code = banner?.replace(/\/\*[\s\S]*?\*\//g, '') ?? '';
  if (format === OutputFormat.ESM || !IMPORT.test(code)) return undefined;
  return {
    option: 'banner',
    value: banner,
    complaint: {
      reason: 'contains an import, which only an ES module may have, and the bundle is CommonJS',
      remedy: 'set `format: OutputFormat.ESM`, or use `require`',
    },
  };
}
