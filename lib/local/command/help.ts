import { DEFAULTS, INSPECTOR_PORT } from '../gateway-options';
import { PORT } from './arguments';

/** The text of `--help`. */
export const HELP = `cdk-websocket-service local [options]

Serves the WebSocket APIs of a CDK app on this machine as API Gateway does, without an AWS account
and without Docker. Handlers run in processes of their own; a saved file takes effect with the next
message, and connections stay open. The gateway calls no AWS service and looks up no context;
handlers call what their environment names.

  --app COMMAND|DIR  the command that synthesizes the app, or a cloud assembly that is served as it
                     is, such as cdk.out (default: "app" of cdk.json)
  --stack NAME       serve the APIs of this stack only: its name or construct path (default: all)
  --port PORT        the port, 0 for a free one (default: ${PORT}); an API with a stage of the same
                     name as one before it gets the next port
  --host HOST        the address to listen on (default: ${DEFAULTS.host}, this machine only); with 0.0.0.0
                     anyone who reaches this machine can run every route
  --allow-host NAME  a name or IP address that clients may ask for besides localhost, --host and the
                     names of the app, such as my-machine.lan or *.example.com; may be given
                     several times
  --allow-origin ORIGIN
                     the origin of a web page that may connect although it is not at such a host,
                     such as https://app.example.com, null or file://; may be given several times
  --env-vars FILE    environment variables of the functions, over those of the template: lines of
                     NAME=value, or JSON with an object for each function (by construct path,
                     logical id or name) and one called Parameters for all
  --dynamodb URL|aws where the tables of the app are: in a DynamoDB that you run, where missing ones
                     are created, or on AWS (default: in one that the gateway starts, dynoxide, from
                     the package @dynoxide/<platform>-<arch> in node_modules of the app)
  --data DIR         keep the tables in this folder (default: in memory)
  --inspect[=PORT]   give every function a debugger port, the first of them PORT (default: ${INSPECTOR_PORT});
                     a function does not time out while a debugger is attached
  --no-watch         neither build nor synthesize again when files change
  --no-inspector     do not show what passes the gateway in a page; its address is printed at the
                     start and answers this machine only
  --serial           serve the messages of a connection one after the other; AWS serves them
                     concurrently
  --concurrency N    the most processes for one function (default: ${DEFAULTS.concurrency}); its reserved concurrency
                     counts if it is lower
  --lambda WHERE     where handlers that invoke functions of the app send these calls: local (the
                     default), so that the functions run here, or aws
  --local-issuer     let ConnectAuthorizer.jwt and .cognito trust tokens of this gateway, which the
                     command token prints, instead of those of their issuer
  --record FILE      write what passes the gateway into this file, for replay: frames, events and
                     answers of handlers, posts. Credentials are masked, bodies are kept; only you
                     may read the file
  --mask             mask bodies in the recording too, which then cannot be replayed
  --verbose          print the event and the result of each function as well
  --json             print one JSON object a line, see below
  --help             this text
  --version          the version of this package

Each event is a line: time, connection, type, route -> function, status, duration, bytes.
Below it, indented: what the handler printed, why a request was refused, the stack of an error.
The status of a disconnect is its close code. NO_COLOR=1 turns colours off, FORCE_COLOR=1
turns them on where the output is not a terminal.

With --json a gateway that serves begins with the line
  {"type":"ready","apis":[{"name","stack","logicalId","port",
    "stages":[{"name","url","callbackUrl","connect"}],
    "routes":[{"routeKey","target","function","authorizer","twoWay"}]}],
   "tables":{"names","where"},"inspector"}
Only {"type":"synthesis","time","command"} comes before it, when the app is synthesized, and
{"type":"resynthesis",...,"error"} when that failed and the gateway waits for a save.

Events follow as {"type","time",...}; the types are listening, notice, connect, message, disconnect,
post, get, delete, invoke, running, output, rebuild, synthesis and resynthesis. {"type":"stopping"}
is printed when the gateway is asked to stop; the requests that end with it follow. A start that
fails prints no "ready", and its error as {"type":"error","code","message"} on stderr.

If the app is broken when the gateway starts, the next save tries again; with --no-watch, the
gateway ends.

Ctrl-C (SIGINT, SIGTERM, SIGHUP) closes all connections with 1001 and ends all function processes;
a second one ends everything at once. A gateway that npx, npm, pnpm, yarn or the script of the
Python package has started also ends when its launcher is gone.


cdk-websocket-service routes [--app DIR]

Prints the WebSocket APIs of a synthesized app: URLs, and for each route its target, function and
authorizer.

  --app DIR          the cloud assembly that \`cdk synth\` wrote (default: cdk.out)


cdk-websocket-service asyncapi [--app DIR] [--api NAME] [--out FILE]

Prints an AsyncAPI 3 document of a WebSocket API: what clients send to each route, by the models,
and what comes back. Tools make documentation and clients in other languages of it.

  --app DIR          the cloud assembly that \`cdk synth\` wrote (default: cdk.out)
  --api NAME         which API, if there are several: its name or logical id
  --out FILE         write the document to this file


cdk-websocket-service token [options]

Asks a gateway that runs with --local-issuer for a token, and prints it. The token is signed with a
key in the memory of that gateway, is for the issuer, audience and scopes of its authorizer, and
expires after an hour.

  --sub NAME         whose token it is: the claim sub (default: local-user)
  --claim NAME=VALUE a further claim; VALUE is JSON, such as '["a","b"]', true or 5, or else text;
                     may be given several times
  --expires-in SECONDS
                     3600 at most (default); a token with 0 or less has expired already
  --api NAME         the API, if its authorizer accepts other tokens than that of another one: its
                     name, or stack/logical id
  --stage NAME       the stage, if that makes a difference
  --port PORT        the port of the gateway (default: ${PORT})
  --host HOST        the address of the gateway (default: ${DEFAULTS.host})


cdk-websocket-service replay FILE [options]

Plays a recording of local --record against the handlers of the app: clients connect and send what
they did, and what comes back is compared; ids and times count as equal. Nothing in the file is
evaluated. The results of authorizers are those of the recording.

  --app COMMAND|DIR, --stack NAME, --env-vars FILE, --dynamodb URL|aws, --lambda WHERE
                     as for local; tables are new ones in memory unless --dynamodb says otherwise
  --authorize        run the authorizers, with tokens of the local issuer
  --json             print one JSON object a line; the last is
                     {"type":"replayed","file","played","differences":[{"at","expected","got"}]}


cdk-websocket-service migrate FILE [options]

Writes a service of the Serverless Framework (serverless.yml, .json, .js) as a CDK app that deploys
onto the same stack: same logical ids, same URL. MIGRATION.md says what became of each key, and how
to deploy and to roll back. Then prints what the deployment changes: no resource may be replaced or
removed. Files that migrate did not write, or that have changed since, are not overwritten.

  --out DIR          the folder of the app (default: cdk, beside FILE)
  --stage NAME       the stage (default: that of the file, or dev)
  --param KEY=VALUE  the value of \${param:KEY}; may be given several times
  --variable NAME=VALUE
                     the value of a variable that only AWS or a plugin knows, by what is between the
                     braces: 'cf:network-dev.VpcId=vpc-1'; may be given several times
  --compiled FILE    the template that Serverless deployed (default:
                     .serverless/cloudformation-template-update-stack.json beside FILE, or else what
                     Serverless makes of FILE by our own rules)
  --dialect serverless|osls
                     without a compiled template: which of the two deploys the service (default:
                     osls if package.json has it, or else serverless)
  --fresh            drop the logical ids of Serverless: for a new stack beside the old one
  --check            write nothing, only print the difference
  --template FILE    with --check: judge this template instead, such as that of your own rewrite in
                     cdk.out; with --compiled, FILE of the service is not needed
  --json             print one JSON object a line; the last is
                     {"type":"difference","comparedWith","isSafe","counts","resources",...}


Exit codes: 0 done or stopped; 1 the app, its assembly or the gateway failed, the message says what,
a replay differs, or a migration would replace or lose something or open a route that had an
authorizer, IAM or an API key; 2 usage; 130 ended by a second Ctrl-C.
`;
