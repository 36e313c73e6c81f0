import * as fs from 'fs';
import * as path from 'path';
import { pacmak, TargetName } from 'jsii-pacmak';
import Python from 'jsii-pacmak/lib/targets/python';

const ROOT = path.join(__dirname, '..');

/**
 * Packages the library for Python, in `dist/python`.
 *
 * What jsii-pacmak generates takes a `dict` wherever a struct is wanted, and converts it only where the struct is an argument itself
 * (aws/jsii#973). In a map or a list the `dict` reaches the jsii kernel as it is, which drops every key that is not spelled as in
 * TypeScript: `{"handler": ..., "api_key_required": True}` would leave the door open, and no code of the library could see it. So the
 * generated constructors convert those too; a key that there is not is a TypeError then.
 */
async function packagePython(): Promise<void> {
  const generate = Python.prototype.generateCode;
  Python.prototype.generateCode = async function (outDir: string, tarball: string): Promise<void> {
    await generate.call(this, outDir, tarball);
    const file = path.join(outDir, 'src', 'cdk_websocket_service', '__init__.py');
    fs.writeFileSync(file, withStructs(fs.readFileSync(file, 'utf8')));
  };
  await pacmak({ inputDirectories: [ROOT], outputDirectory: path.join(ROOT, 'dist'), targets: [TargetName.PYTHON] });
}

const HELPER = `
def _as_struct(struct: typing.Any, value: typing.Any) -> typing.Any:
    '''What a map or a list holds, as the struct that it stands for: jsii drops the keys of a \`\`dict\`\` that are not spelled as in TypeScript.'''
    if not isinstance(value, dict):
        return value
    return struct(**{re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower(): option for name, option in value.items()})

`;

/** A parameter that holds structs: its name, what they are in, and which they are. */
const PARAMETER = new RegExp(
  '^ {8}(?<name>\\w+): (?:typing\\.Optional\\[)?typing\\.(?<container>Mapping|Sequence)\\[(?:builtins\\.str, )?'
  + 'typing\\.Union\\["?(?<struct>[\\w.]+)"?, typing\\.Dict\\[builtins\\.str, typing\\.Any\\]\\]\\]', 'gm',
);

/** Every `@jsii.data_type`, up to the checks of what its constructor is given. */
const STRUCT = /^@jsii\.data_type\([\s\S]*?^ {4}def __init__\([\s\S]*?^(?= {8}(?:if __debug__:|if isinstance\())/gm;

/** The generated code with conversions of what is in maps and lists. */
export function withStructs(code: string): string {
  const converted = code.replace(STRUCT, (text) => text + parametersOf(text).map(conversion).join(''));
  const names = parametersOf(code).map(({ name }) => name);
  const isKnown = ['routes', 'additional_stages', 'responses'].every((name) => names.includes(name));
  if (!isKnown || converted === code) throw new Error('jsii-pacmak generates other code than expected: a dict in a map would lose its options');
  return converted.replace(/^import abc\n/m, 'import abc\nimport re\n').replace(/^(?=@jsii\.)/m, `${HELPER.trimStart()}\n`);
}

interface Parameter {
  readonly name: string;
  readonly container: 'Mapping' | 'Sequence';
  readonly struct: string;
}

function parametersOf(code: string): Parameter[] {
  return [...code.matchAll(PARAMETER)].map(({ groups }) => groups as unknown as Parameter);
}

function conversion({ name, container, struct }: Parameter): string {
  const [kinds, converted] = container === 'Mapping'
    ? ['dict', `{key: _as_struct(${struct}, value) for key, value in ${name}.items()}`]
    : ['(list, tuple)', `[_as_struct(${struct}, value) for value in ${name}]`];
  return `        if isinstance(${name}, ${kinds}):\n            ${name} = ${converted}\n`;
}

if (require.main === module) void packagePython();
