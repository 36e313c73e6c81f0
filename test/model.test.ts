import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectAuthorizer, WebsocketModel, WebsocketModelOptions, WebsocketService } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { inlineFunction, quickStack } from './_helpers/quick-app';
import { readSchemaFile } from '../lib/model';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'schemas/send-message.json': '{ "type": "object", "required": ["text"] }',
    'schemas/titled.json': '{ "title": "what is said" }',
    'schemas/later.json': '{ "properties": { "kind": { "const": "text" } } }',
    'schemas/broken.json': '{\n  "type": "object",\n}',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(requestModel: WebsocketModel, id = 'Chat'): WebsocketService {
  return new WebsocketService(stack, id, {
    routes: { send: { function: inlineFunction(stack, `Fn${id}`), requestModel } }, authorizer: ConnectAuthorizer.none(),
  });
}

function hasModel(properties: object): void {
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Model', properties);
}

describe('fromSchema', () => {
  test('is a model with the schema, named after the route', () => {
    // WHEN
    service(WebsocketModel.fromSchema({ type: 'object', required: ['text'] }));

    // THEN
    hasModel({ Name: 'Send', Schema: { type: 'object', required: ['text'] }, ContentType: 'application/json' });
  });

  test('is named after its title', () => {
    service(WebsocketModel.fromSchema({ title: 'what is said' }));

    hasModel({ Name: 'WhatIsSaid' });
  });

  test('has the options', () => {
    service(WebsocketModel.fromSchema({ title: 'text' }, { modelName: 'Mine', description: 'what is said', contentType: 'application/json' }));

    hasModel({ Name: 'Mine', Description: 'what is said', ContentType: 'application/json' });
  });

  test('may hold tokens', () => {
    // GIVEN
    const parameter = new CfnParameter(stack, 'Longest', { type: 'Number' });

    // WHEN
    service(WebsocketModel.fromSchema({ title: parameter.valueAsString, properties: { text: { maxLength: parameter.valueAsNumber } } }));

    // THEN
    hasModel({ Name: 'Send', Schema: { title: { Ref: 'Longest' }, properties: { text: { maxLength: { Ref: 'Longest' } } } } });
  });

  test('fails with the place of what is not draft-04', () => {
    const model = WebsocketModel.fromSchema({ properties: { kind: { const: 'text' } } });

    expect(() => service(model)).toThrow(new Error(
      'Stack/Chat: routes["send"].requestModel#/properties/kind/const: "text" is the value of `const`, which is not a keyword of JSON Schema '
      + 'draft-04, the only draft that API Gateway supports; write `enum` with this one value',
    ));
  });

  test('fails for a schema that is too long', () => {
    const model = WebsocketModel.fromSchema({ description: 'x'.repeat(40_000) });

    expect(() => service(model)).toThrow(new Error(
      'Stack/Chat: routes["send"].requestModel: { description } has 40018 characters as JSON, more than the 32768 that API Gateway allows; '
      + 'divide it into models that refer to each other, or check the rest in the function',
    ));
  });

  test('a schema of something else than JSON is not checked', () => {
    service(WebsocketModel.fromSchema({ anything: true }, { contentType: 'text/plain' }));

    hasModel({ Schema: { anything: true }, ContentType: 'text/plain' });
  });

  test.each([['{}', '"{}"'], [[], '[]'], [null, 'null'], [undefined, '(not set)']])('fails for the schema %j', (schema, shown) => {
    expect(() => service(WebsocketModel.fromSchema(schema as never))).toThrow(new Error(
      `Stack/Chat: routes["send"].requestModel: ${shown} is not an object; use { type: 'object' }`,
    ));
  });

  test.each<[WebsocketModelOptions, string]>([
    [{ modelName: 'send-message' },
      'modelName: "send-message" is not a legal name of a model; use 1 to 128 letters and digits, for example "SendMessage"'],
    [{ modelName: 1 as never }, 'modelName: 1 is not a string; use \'SendMessage\''],
    [{ description: 1 as never }, 'description: 1 is not a string; use a text'],
    [{ contentType: 1 as never }, 'contentType: 1 is not a string; use \'application/json\''],
    [{ description: 'x'.repeat(1025) }, `description: "${'x'.repeat(100)}..." has 1025 characters; use 0 to 1024`],
    [{ contentType: '' }, 'contentType: "" has 0 characters; use 1 to 256'],
  ])('fails for the options %j', (options, message) => {
    expect(() => service(WebsocketModel.fromSchema({}, options))).toThrow(new Error(`Stack/Chat: routes["send"].requestModel.${message}`));
  });

  test('fails for a name that is known at deployment only', () => {
    // GIVEN
    const modelName = new CfnParameter(stack, 'Name').valueAsString;

    // THEN
    expect(() => service(WebsocketModel.fromSchema({}, { modelName }))).toThrow(new Error(
      `Stack/Chat: routes["send"].requestModel.modelName: "${modelName}" is known only at deployment, but the construct id is made `
      + 'from it before that; write the name itself',
    ));
  });

  test('is one resource in each service that uses it', () => {
    // GIVEN
    const model = WebsocketModel.fromSchema({ title: 'text' });

    // WHEN
    service(model);
    service(model, 'Other');

    // THEN
    Template.fromStack(stack).resourcePropertiesCountIs('AWS::ApiGatewayV2::Model', { Name: 'Text' }, 2);
  });
});

describe('fromFile', () => {
  test.each<[string, () => string]>([
    ['relative', () => 'schemas/send-message.json'],
    ['absolute', () => `${folder.path}/schemas/send-message.json`],
  ])('reads the schema, and names the model after the file: %s', (_, file) => {
    service(WebsocketModel.fromFile(file()));

    hasModel({ Name: 'SendMessage', Schema: { type: 'object', required: ['text'] } });
  });

  test('is named after its title, or as the options say', () => {
    service(WebsocketModel.fromFile('schemas/titled.json'));
    service(WebsocketModel.fromFile('schemas/titled.json', { modelName: 'Mine', description: 'mine' }), 'Other');

    hasModel({ Name: 'WhatIsSaid' });
    hasModel({ Name: 'Mine', Description: 'mine' });
  });

  test.each([
    ['schemas/none.json', '"schemas/none.json" does not exist; name a JSON file, relative to the directory that the app runs in or absolute'],
    [undefined, '(not set) is not a string; use \'schemas/send-message.json\''],
  ])('fails for the file %s', (file, message) => {
    expect(() => service(WebsocketModel.fromFile(file as never))).toThrow(new Error(`Stack/Chat: routes["send"].requestModel: ${message}`));
  });

  test('fails with line and column of a JSON error', () => {
    expect(() => service(WebsocketModel.fromFile('schemas/broken.json')))
      .toThrow(/^Stack\/Chat: routes\["send"\]\.requestModel: "schemas\/broken\.json" is not JSON: line 3, column 1: .+; fix it$/);
  });

  test('fails with file and place of what is not draft-04', () => {
    expect(() => service(WebsocketModel.fromFile('schemas/later.json'))).toThrow(new Error(
      'Stack/Chat: routes["send"].requestModel (schemas/later.json)#/properties/kind/const: "text" is the value of `const`, which is not a keyword '
      + 'of JSON Schema draft-04, the only draft that API Gateway supports; write `enum` with this one value',
    ));
  });
});

describe('existing', () => {
  test('is a name, and no resource', () => {
    service(WebsocketModel.existing('Text'));

    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Route', { RequestModels: { $default: 'Text' } });
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Model', 0);
  });

  test('may be a token', () => {
    service(WebsocketModel.existing(new CfnParameter(stack, 'Name').valueAsString));

    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Route', { RequestModels: { $default: { Ref: 'Name' } } });
  });

  test.each([
    ['a text', '"a text" is not a legal name of a model; use 1 to 128 letters and digits, for example "AText"'],
    [undefined, '(not set) is not a string; use \'SendMessage\''],
  ])('fails for the name %j', (name, message) => {
    expect(() => service(WebsocketModel.existing(name as never)))
      .toThrow(new Error(`Stack/Chat: routes["send"].requestModel.modelName: ${message}`));
  });
});

describe('schema files', () => {
  function read(text: string) {
    folder.write({ 'schema.json': text });
    return readSchemaFile('schema.json');
  }

  test.each(['{ "type": "object" }', '\uFEFF{"type":"object"}\r\n'])('reads %j', (text) => {
    expect(read(text)).toEqual({ schema: { type: 'object' } });
  });

  test('reports a missing file', () => {
    expect(readSchemaFile('schemas/none.json')).toEqual({
      reason: 'does not exist', remedy: 'name a JSON file, relative to the directory that the app runs in or absolute',
    });
  });

  test('says why a file cannot be read', () => {
    expect(readSchemaFile('.')).toEqual({
      reason: expect.stringMatching(/^cannot be read \(EISDIR: /),
      remedy: 'name a JSON file, relative to the directory that the app runs in or absolute',
    });
  });

  test.each(['[]', '1', 'null', '"a"'])('rejects JSON that is not an object: %s', (text) => {
    expect(read(text)).toEqual({ reason: 'holds JSON that is not an object', remedy: 'put a JSON Schema into it, for example { "type": "object" }' });
  });

  test.each([
    ['a comma too many', '{\n  "type": "object",\n}', '3, column 1'],
    ['a comma at once', '{\n  "required": [,]\n}', '2, column 16'],
    ['a comment', '// a schema\n{}', '1, column 1'],
    ['an end that is missing', '{\r\n  "type": "object"', '2, column 19'],
    ['quotes that are missing', '{ "type: 1 }', '1, column 13'],
    ['more behind it', '{}\n{}', '2, column 1'],
    ['nothing', '', '1, column 1'],
  ])('tells where a file is no JSON: %s', (_, text, place) => {
    expect(read(text)).toEqual({ reason: expect.stringContaining(`is not JSON: line ${place}: `), remedy: 'fix it' });
  });
});
