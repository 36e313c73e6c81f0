/** Services that cover what compiles differently, each over this base. */
const BASE = 'service: svc\nprovider: {name: aws, runtime: nodejs20.x}\n';
const A = 'a: {handler: h.h, events: [{websocket: $connect}]}';

function withProvider(provider: string, functions = A, rest = ''): string {
  return `service: svc\nprovider: {name: aws, runtime: nodejs20.x, ${provider}}\nfunctions: {${functions}}\n${rest}`;
}

function withFunctions(functions: string, rest = ''): string {
  return `${BASE}functions: {${functions}}\n${rest}`;
}

const VPC = 'vpc: {securityGroupIds: [sg-1], subnetIds: [subnet-1, subnet-2]}';
const ARN = 'arn:aws:lambda:us-east-1:123456789012:function';

export const SERVICES: Readonly<Record<string, string>> = {
  'one function': withFunctions(A),
  'no runtime': `service: svc\nprovider: {name: aws}\nfunctions: {${A}}`,
  'no functions': `${BASE}resources: {Resources: {T: {Type: 'AWS::SNS::Topic'}}}`,
  'no websocket': withFunctions('a: {handler: h.h}'),
  'provider defaults': withProvider('stage: prod, region: eu-west-1, memorySize: 512, timeout: 20, architecture: arm64, environment: {A: "1", B: x}, '
    + `tags: {t: u}, ${VPC}, logRetentionInDays: 7, versionFunctions: false, layers: ['${ARN.replace('function', 'layer')}:l:1'], tracing: {lambda: true}`,
  `${A}, b: {handler: h.h, memorySize: 256, timeout: 3, architecture: x86_64, environment: {B: y, C: {Ref: WebsocketsApi}}, tags: {t: v, w: x}, `
    + `vpc: {securityGroupIds: [sg-2], subnetIds: [subnet-3]}, logRetentionInDays: 14, tracing: PassThrough, layers: ['${ARN.replace('function', 'layer')}:m:2']}`),
  'unset vpc': withProvider(VPC, 'a: {handler: h.h, vpc: null, events: [{websocket: $connect}]}, b: {handler: h.h}'),
  'no subnets': withFunctions('a: {handler: h.h, vpc: {securityGroupIds: [sg-1], subnetIds: []}, events: [{websocket: $connect}]}'),
  'storage, description, concurrency': withFunctions('a: {handler: h.h, description: d, ephemeralStorageSize: 1024, reservedConcurrency: 0, '
    + 'events: [{websocket: $connect}]}, b: {handler: h.h, reservedConcurrency: 5, name: own-name}'),
  'onError, kms, tracing, files': withProvider('kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/k", tracing: {lambda: true}, '
    + `iam: {role: {statements: [{Effect: Allow, Action: ['s3:*'], Resource: '*'}, {Effect: Allow, Action: ['s3:*'], Resource: '*'}]}}, ${VPC}`,
  'a: {handler: h.h, onError: "arn:aws:sns:us-east-1:123456789012:t", events: [{websocket: $connect}]}, '
    + 'b: {handler: h.h, onError: {Ref: T}, kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/l", '
    + 'fileSystemConfig: {arn: "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0", localMountPath: /mnt/x}}',
  "resources: {Resources: {T: {Type: 'AWS::SNS::Topic'}}}"),
  'files without vpc': withFunctions('a: {handler: h.h, fileSystemConfig: '
    + '{arn: "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0", localMountPath: /mnt/x}}'),
  'provisioned concurrency': withFunctions('conn: {handler: h.h, provisionedConcurrency: 2, events: [{websocket: {route: $connect, authorizer: auth}}, '
    + '{websocket: {route: x, routeResponseSelectionExpression: $default}}]}, auth: {handler: h.h, provisionedConcurrency: 1}'),
  'provisioned without versions': withProvider('versionFunctions: false',
    'a: {handler: h.h, provisionedConcurrency: 2, events: [{websocket: $connect}]}, b: {handler: h.h, versionFunction: true}, c: {handler: h.h}'),
  'snap start': withFunctions('a: {handler: h.h, runtime: java21, snapStart: true, events: [{websocket: $connect}]}'),
  'both': withFunctions('a: {handler: h.h, runtime: java21, snapStart: true, provisionedConcurrency: 1}'),
  'handler and authorizer at once': withFunctions('a: {handler: h.h, provisionedConcurrency: 1, events: [{websocket: {route: $connect, authorizer: a}}]}, '
    + 'b: {handler: h.h, events: [{websocket: {route: x, authorizer: {name: a, identitySource: [route.request.querystring.t]}}}]}'),
  'runtime management': withProvider('runtimeManagement: onFunctionUpdate', 'a: {handler: h.h, events: [{websocket: $connect}]}, '
    + 'b: {handler: h.h, runtimeManagement: auto}, c: {handler: h.h, runtimeManagement: {mode: manual, arn: "arn:aws:lambda:us-east-1::runtime:x"}}'),
  'condition and dependsOn': withFunctions('a: {handler: h.h, condition: C, dependsOn: [T], url: true, maximumRetryAttempts: 1, '
    + 'provisionedConcurrency: 1, events: [{websocket: $connect}]}', "resources: {Conditions: {C: {'Fn::Equals': [a, b]}}, Resources: {T: {Type: 'AWS::SNS::Topic'}}}"),
  'dependsOn as a string': withFunctions('a: {handler: h.h, dependsOn: T, disableLogs: true, events: [{websocket: $connect}]}'),
  'disabled logs': withFunctions('a: {handler: h.h, disableLogs: true, events: [{websocket: $connect}]}, b: {handler: h.h}, '
    + 'c: {handler: h.h, name: own, disableLogs: true}, d: {handler: h.h, name: mine}'),
  'all logs disabled': withFunctions('a: {handler: h.h, disableLogs: true, events: [{websocket: $connect}]}'),
  'urls': withFunctions('a: {handler: h.h, url: true, events: [{websocket: $connect}]}, b: {handler: h.h, url: {authorizer: aws_iam, cors: true}}, '
    + 'c: {handler: h.h, provisionedConcurrency: 1, url: {invokeMode: RESPONSE_STREAM, cors: {allowedOrigins: [a, a], allowedHeaders: null, '
    + 'allowedMethods: [GET], allowCredentials: true, exposedResponseHeaders: [x], maxAge: 5}}}'),
  'destinations': withFunctions('a: {handler: h.h, destinations: {onSuccess: b, onFailure: "arn:aws:sqs:us-east-1:123456789012:q"}, events: [{websocket: $connect}]}, '
    + 'b: {handler: h.h, maximumEventAge: 60, maximumRetryAttempts: 0, provisionedConcurrency: 1, destinations: {onSuccess: a, '
    + 'onFailure: {type: sns, arn: {Ref: T}}}}, c: {handler: h.h, versionFunction: false, maximumEventAge: 90, destinations: '
    + '{onSuccess: b, onFailure: {type: eventBus, arn: {Ref: E}}}}'),
  'a conditional destination': withFunctions(`${A}, b: {handler: h.h, destinations: {onSuccess: c}}, c: {handler: h.h, condition: C}`,
    "resources: {Conditions: {C: {'Fn::Equals': [a, b]}}}"),
  'role by ARN': withProvider("iam: {role: 'arn:aws:iam::123456789012:role/x'}"),
  'role by name': withProvider('iam: {role: MyRole}', A, "resources: {Resources: {MyRole: {Type: 'AWS::IAM::Role'}}}"),
  'role by GetAtt': withProvider("iam: {role: {'Fn::GetAtt': [MyRole, Arn]}}"),
  'old role': withProvider("role: 'arn:aws:iam::123456789012:role/x'"),
  'roles of functions': withFunctions("a: {handler: h.h, role: MyRole, events: [{websocket: $connect}]}, b: {handler: h.h, role: {'Fn::ImportValue': r}}"),
  'a role of one function': withFunctions(`${A}, b: {handler: h.h, role: 'arn:aws:iam::123456789012:role/x', destinations: {onSuccess: a}}`),
  'role options': withProvider('iam: {role: {name: r, path: /p/, permissionsBoundary: "arn:aws:iam::123456789012:policy/b", tags: {k: v}, '
    + 'managedPolicies: ["arn:aws:iam::aws:policy/x"], statements: [{Effect: Allow, Action: [a], Resource: "*"}]}, '
    + `deploymentRole: 'arn:aws:iam::123456789012:role/d'}, ${VPC}, logs: {websocket: true}`),
  'old role options': withProvider('iamRoleStatements: [{Effect: Allow, Action: [a], Resource: {Ref: X}}], '
    + 'iamManagedPolicies: ["arn:aws:iam::aws:policy/x"], rolePermissionsBoundary: "arn:aws:iam::123456789012:policy/b", cfnRole: "arn:aws:iam::123456789012:role/d", '
    + 'logs: {websocket: true}'),
  'bucket by name': withProvider('deploymentBucket: my-bucket, deploymentPrefix: pre, logs: {websocket: true}'),
  'bucket options': withProvider('deploymentBucket: {tags: {a: b}, blockPublicAccess: true, versioning: true, maxPreviousDeploymentArtifacts: 3}'),
  'bucket without policy': withProvider('deploymentBucket: {skipPolicySetup: true, serverSideEncryption: AES256}'),
  'named bucket with options': withProvider('deploymentBucket: {name: my-bucket, tags: {a: b}}'),
  'all logs': withProvider('architecture: arm64, logRetentionInDays: 30, logDataProtectionPolicy: {Name: n, Version: "2021-06-01", Statement: []}, '
    + 'logs: {frameworkLambda: true, restApi: {role: "arn:aws:iam::123456789012:role/l"}, websocket: {level: ERROR, format: $context.requestId, fullExecutionData: false}}'),
  'few logs': withProvider('logs: {restApi: {roleManagedExternally: true}, websocket: {accessLogging: false, executionLogging: false}}'),
  'logs of functions': withProvider('logs: {lambda: {logFormat: JSON, applicationLogLevel: INFO}}', `${A}, b: {handler: h.h, logs: {logFormat: Text}}`),
  'long names': 'service: a-service-with-quite-a-long-name-indeed\nprovider: {name: aws, runtime: python3.12, logs: {websocket: true}}\n'
    + `functions: {${A}}`,
  'names of the API': withProvider('tags: {a: b}, websocketsApiName: n, websocketsDescription: d, websocketsApiRouteSelectionExpression: $request.body.x, '
    + 'websocket: {useProviderTags: true}'),
  'tags without the flag': withProvider('tags: {a: b}'),
  'authorizers': withFunctions(`a: {handler: h.h, events: [{websocket: {route: $connect, authorizer: '${ARN}:my-auth:live-1'}}]}, `
    + 'b: {handler: h.h, events: [{websocket: {route: x, authorizer: {arn: {\'Fn::ImportValue\': z}, name: my_auth, identitySource: [route.request.header.X]}}}, '
    + `{websocket: {route: y, authorizer: {arn: '${ARN}:f', name: ignored}}}]}`),
  'one route twice': withFunctions('a: {handler: h.h, events: [{websocket: {route: $connect, authorizer: c}}]}, '
    + 'b: {handler: h.h, events: [{websocket: $connect}]}, c: {handler: h.h}'),
  'odd routes': withFunctions("a: {handler: h.h, events: [{websocket: foo-bar}, {websocket: fooDashbar}, {websocket: 'a b:c'}, {websocket: ''}, {websocket: a.b/c_d}]}"),
  'ids that meet': withFunctions('a-b: {handler: h.h, logRetentionInDays: 3, events: [{websocket: x}]}, aDashb: {handler: h.h, events: [{websocket: y}]}'),
  'keys like numbers': withFunctions("b: {handler: h.h, events: [{websocket: x}]}, '2': {handler: h.h, events: [{websocket: y}]}, '1': {handler: h.h, events: [{websocket: z}]}"),
  'a shared API': withProvider('apiGateway: {websocketApiId: abc}, logs: {websocket: true}, tags: {a: b}'),
  'a shared API by import': withProvider("apiGateway: {websocketApiId: {'Fn::ImportValue': i}}"),
  'a shared API by reference': withProvider('apiGateway: {websocketApiId: {Ref: P}}', A, 'resources: {Parameters: {P: {Type: String}}}'),
  'its own API under the same id': withProvider('apiGateway: {websocketApiId: {Ref: WebsocketsApi}}', A,
    "resources: {Resources: {WebsocketsApi: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Name: n}}}}"),
  'resources': withProvider(`${VPC}`, `${A}, b: {handler: h.h}`, `resources:
  Description: mine
  Transform: [AWS::Serverless-2016-10-31]
  Parameters: {P: {Type: String}}
  Mappings: {M: {k: {v: w}}}
  Metadata: {x: y}
  Conditions: {C: {'Fn::Equals': [a, b]}}
  Outputs: {O: {Value: v}, ServiceEndpointWebsocket: {Description: changed}, BLambdaFunctionQualifiedArn: {Export: {Name: e}}}
  Resources:
    T: {Type: AWS::SNS::Topic, Properties: {DisplayName: null, Tags: [null, {Key: k, Value: null}]}}
    N: {Type: AWS::SNS::Topic, Properties: null}
    ALambdaFunction: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SecurityGroupIds: [sg-9], SubnetIds: [s, t, u]}, MemorySize: null}}
    WebsocketsApi: {Type: AWS::ApiGatewayV2::Api, Properties: {DisableExecuteApiEndpoint: true}}
    AWebsocketsIntegration: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: {'Fn::Join': ['', [x]]}, TimeoutInMillis: 5}}
    IamRoleLambdaExecution: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyDocument: {Statement: [{Effect: Deny}]}}, {PolicyName: q}], Path: [x]}}
    ServerlessDeploymentBucketPolicy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: {Ref: Other}}}
    SconnectWebsocketsRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {Target: no, ApiKeyRequired: true}}
    ALambdaPermissionWebsockets: {Type: AWS::Lambda::Permission, DependsOn: [X]}
`),
  'an object over a list': withFunctions(A, "resources: {Resources: {IamRoleLambdaExecution: {Type: 'AWS::IAM::Role', Properties: {Policies: {a: b}}}}}"),
  'a list of resources': withFunctions(A, "resources: [{Resources: {T: {Type: 'AWS::SNS::Topic', Properties: {A: [1, 2]}}}}, "
    + "{Resources: {T: {Type: 'AWS::SNS::Topic', Properties: {A: [3], B: 4}}}, Outputs: {O: {Value: v}}}]"),
  'a list of functions': `${BASE}functions: [{${A}}, {b: {handler: h.h}}, {a: {handler: h.g, events: [{websocket: $default}]}}]`,
  'extensions': withFunctions(A, `resources:
  extensions:
    WebsocketsDeploymentStage: {Properties: {AutoDeploy: true, Description: e}, DependsOn: [X], DeletionPolicy: Retain, UpdateReplacePolicy: Retain}
    SconnectWebsocketsRoute: {Properties: {ApiKeyRequired: true}, Condition: C, Metadata: {m: 1}}
    ALambdaPermissionWebsockets: {DependsOn: [Y, Z]}
    AWebsocketsIntegration: {DependsOn: [Y], CreationPolicy: {a: b}, UpdatePolicy: {c: d}}
`),
  'an extension of nothing': withFunctions(A, 'resources: {extensions: {Nothing: {Properties: {}}}}'),
  'stack options': withProvider("stackName: other, stackTags: {a: b}, stackPolicy: [{Effect: Allow, Principal: '*', Action: 'Update:*', Resource: '*'}], "
    + "notificationArns: ['arn:aws:sns:us-east-1:123456789012:t']"),
  'packaged alone': withFunctions(A, 'package: {individually: true}'),
  'nulls': withFunctions('a: {handler: h.h, environment: {A: null, B: x}, events: [{websocket: $connect}]}'),
  'durable': withFunctions('a: {handler: h.h, runtime: nodejs22.x, durableConfig: {executionTimeout: 60, retentionPeriodInDays: 2}, events: [{websocket: $connect}]}'),
  'recursive loop': withFunctions('a: {handler: h.h, recursiveLoop: Allow, events: [{websocket: $connect}]}'),
};
