import { DEFAULTS, INSPECTOR_PORT } from '../gateway-options';
import { PORT } from './arguments';

/** The text of `--help`. */
export const HELP = `cdk-websocket-service local [options]

Serves the WebSocket APIs of a CDK app on this machine as API Gateway does, without an AWS account
and without Docker. Handlers run in processes of their own; a saved file is in use with the next
message, connections stay open. The gateway calls no AWS service and looks up no context; handlers
call what their environment names.

  --app COMMAND|DIR  the command that synthesizes the app, or a cloud assembly that is served as it
                     is, such as cdk.out (default: "app" of cdk.json)
  --stack NAME       serve the APIs of this stack only: its name or construct path (default: all)
  --port PORT        the port; an API with the same stage name as one before it gets the next one;
                     0 takes free ones (default: ${PORT})
  --host HOST        the address to listen on (default: ${DEFAULTS.host}, this machine only); with 0.0.0.0
                     whoever reaches this machine can run every route
  --allow-host NAME  a name or IP address that clients may ask for besides localhost, --host and the
                     names of the app, such as my-machine.lan or *.example.com; may be given
                     several times
  --allow-origin ORIGIN
                     a web page that may connect though it is at no such host, by its origin, such
                     as https://app.example.com, null or file://; may be given several times
  --env-vars FILE    environment variables of the functions, over those of the template: lines of
                     NAME=value, or JSON with an object for each function (by construct path,
                     logical id or name) and one called Parameters for all
  --inspect[=PORT]   give every function a debugger port, the first of them PORT (default: ${INSPECTOR_PORT});
                     a function does not time out while a debugger is attached
  --no-watch         neither build nor synthesize again when files change
  --serial           serve the messages of a connection one after the other; AWS serves them at
                     the same time
  --concurrency N    the most processes for one function (default: ${DEFAULTS.concurrency}); its reserved concurrency
                     counts if it is lower
  --verbose          print the event and the result of each function as well
  --json             print one JSON object a line, see below
  --help             this text
  --version          the version of this package

Each event is a line: time, connection, what it was, route -> function, status, duration, bytes.
Below it, indented: what the handler printed, why a request was refused, the stack of an error.
The status of a disconnect is its close code. NO_COLOR=1 turns colours off, FORCE_COLOR=1
turns them on where the output is not a terminal.

With --json a gateway that serves begins with the line
  {"type":"ready","apis":[{"name","stack","logicalId","port",
    "stages":[{"name","url","callbackUrl","connect"}],
    "routes":[{"routeKey","target","function","authorizer","twoWay"}]}]}
Before it come only {"type":"synthesis","time","command"} when the app is synthesized, and
{"type":"resynthesis",...,"error"} when that failed and a save is waited for.

Events follow as {"type","time",...}; the types are listening, notice, connect, message, disconnect,
post, get, delete, running, output, rebuild, synthesis and resynthesis. {"type":"stopping"} is
printed when it is asked to stop; what ends with it follows. A start that fails prints no "ready",
and its error as {"type":"error","code","message"} on stderr.

An app that is broken when the gateway starts does not end it: the next save tries again. With
--no-watch it does.

Ctrl-C (SIGINT, SIGTERM, SIGHUP) closes all connections with 1001 and ends all function processes;
a second one ends everything at once. Started by npx, npm, pnpm, yarn or the script of the Python
package, it also ends when that is gone.


cdk-websocket-service routes [--app DIR]

Prints the WebSocket APIs of a synthesized app: URLs, and for each route its target, function and
authorizer.

  --app DIR          the cloud assembly that \`cdk synth\` wrote (default: cdk.out)


Exit codes: 0 done or stopped; 1 the app, its assembly or the gateway failed, the message says what;
2 usage; 130 ended by a second Ctrl-C.
`;
