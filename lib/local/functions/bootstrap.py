"""Runs in a handler's process, in place of Lambda's runtime client for Python; process-channel.ts tells what the lines are.

https://github.com/aws/aws-lambda-python-runtime-interface-client has the texts of the errors.
"""
import importlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback

import bootstrap_network

CHANNEL = 3


class RuntimeFault(Exception):
    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = trace or []


class Channel:
    def __init__(self):
        os.set_inheritable(CHANNEL, False)
        os.set_blocking(CHANNEL, True)
        self._lock = threading.Lock()
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with os.fdopen(CHANNEL, "rb", closefd=False) as stream:
            for line in stream:
                self._lines.put(line.decode("utf-8").rstrip("\n"))
        # The gateway is gone.
        os._exit(0)

    def receive(self):
        return self._lines.get()

    def send(self, line):
        data = (line + "\n").encode("utf-8", "replace")
        with self._lock:
            while data:
                data = data[os.write(CHANNEL, data):]


class Output:
    """Stands for sys.stdout or sys.stderr and keeps what is printed with its invocation."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, channel, name, state):
        self._channel = channel
        self._name = name
        self._state = state

    def write(self, text):
        if text:
            self._channel.send("O" + json.dumps([self._name, self._state["request_id"], text]))
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass

    def isatty(self):
        return False

    def writable(self):
        return True


class CognitoIdentity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class LambdaContext:
    def __init__(self, request_id, arn, timeout):
        self.aws_request_id = request_id
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = arn
        self.client_context = None
        self.identity = CognitoIdentity()
        self._deadline = time.time() * 1000 + timeout

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline - time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


def load_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise RuntimeFault(
            "Runtime.MalformedHandlerName",
            "Bad handler '{}': not enough values to unpack (expected 2, got 1)".format(name),
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise RuntimeFault("Runtime.ImportModuleError", "Unable to import module '{}': {}".format(module_name, error))
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise RuntimeFault("Runtime.UserCodeSyntaxError", "Syntax error in module '{}': {}".format(module_name, error), trace)
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise RuntimeFault("Runtime.HandlerNotFound", "Handler '{}' missing on module '{}'".format(function_name, module_name))


def reported(error):
    if isinstance(error, RuntimeFault):
        return {"errorType": error.error_type, "errorMessage": error.message, "trace": error.trace}
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__ and "importlib" not in frame.filename]
    return {"errorType": type(error).__name__, "errorMessage": str(error), "trace": traceback.format_list(own)}


def run(handler, text, context):
    result = handler(json.loads(text), context)
    try:
        return json.dumps(result, ensure_ascii=False)
    except Exception as error:
        raise RuntimeFault("Runtime.MarshalError", "Unable to marshal response: {}".format(error))


def set_up_logging():
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(levelname)s]\t%(message)s"))
    logging.getLogger().addHandler(handler)


def main():
    # Ctrl-C goes to every process of the terminal; the gateway decides when handlers end: it closes the channel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel()
    setup = json.loads(channel.receive())
    state = {"request_id": None}
    sys.stdout = Output(channel, "stdout", state)
    sys.stderr = Output(channel, "stderr", state)
    set_up_logging()
    bootstrap_network.watch_aws_calls(channel.send)
    # In place of the folder of this file.
    sys.path[0] = os.getcwd()
    try:
        handler = load_handler(setup["handler"])
    except Exception as error:
        channel.send("F" + json.dumps(reported(error)))
        os._exit(1)
    channel.send("S")
    while True:
        line = channel.receive()
        # Nothing is handed ahead to this process, so there is no lease between the id and the space.
        request_id = line[1:37]
        state["request_id"] = request_id
        digits = request_id.replace("-", "")
        os.environ["_X_AMZN_TRACE_ID"] = "Root=1-{:x}-{};Parent={};Sampled=0".format(int(time.time()), digits[8:], digits[:16])
        started = time.perf_counter()
        try:
            context = LambdaContext(request_id, setup["arn"], setup["timeout"])
            kind, answer = "R", run(handler, line[38:], context)
        except Exception as error:
            kind, answer = "E", json.dumps(reported(error))
        channel.send("{}{}{:.3f} {}".format(kind, line[1:37], (time.perf_counter() - started) * 1000, answer))
        state["request_id"] = None


main()
