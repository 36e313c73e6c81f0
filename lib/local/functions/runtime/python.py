"""Runs a Python handler in a process of its own, as Lambda's runtime client for Python does.

The texts of the errors are those of https://github.com/aws/aws-lambda-python-runtime-interface-client.
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

import python_lines as lines
import python_network as network


# Own copies of what a handler may replace in any module. A class holds them: libraries that stop the clock replace the variables of every
# module, this one included.
class OWN:
    clock = staticmethod(time.time)
    counter = staticmethod(time.perf_counter)
    decode = json.JSONDecoder().decode
    encode_result = json.JSONEncoder(ensure_ascii=False).encode
    write = staticmethod(os.write)
    exit = staticmethod(os._exit)
    import_module = staticmethod(importlib.import_module)
    extract_tb = staticmethod(traceback.extract_tb)
    format_list = staticmethod(traceback.format_list)
    environ = os.environ


# The most characters of output in one line to the gateway.
OUTPUT_PIECE = 16_384
# The most characters of an error's message, and of a line of its stack.
LONGEST = 262_144


class RuntimeFault(Exception):
    def __init__(self, error_type, message, trace=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = trace or []


class Channel:
    def __init__(self):
        os.set_inheritable(lines.CHANNEL, False)
        os.set_blocking(lines.CHANNEL, True)
        self._lock = threading.Lock()
        self._received = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with os.fdopen(lines.CHANNEL, "rb", closefd=False) as stream:
            for line in stream:
                self._received.put(line.decode("utf-8").rstrip("\n"))
        # The gateway is gone.
        OWN.exit(0)

    def receive(self):
        return self._received.get()

    def send(self, line):
        data = (line + "\n").encode("utf-8", "replace")
        with self._lock:
            while data:
                data = data[OWN.write(lines.CHANNEL, data):]


class Output:
    """Replaces sys.stdout or sys.stderr, and keeps what is printed with its invocation."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, channel, name, state):
        self._channel = channel
        self._name = name
        self._state = state

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not " + type(text).__name__)
        for start in range(0, len(text), OUTPUT_PIECE):
            piece = text[start:start + OUTPUT_PIECE]
            self._channel.send(lines.encode_output(self._name, self._state["request_id"], piece))
        return len(text)

    def writelines(self, texts):
        for text in texts:
            self.write(text)

    def flush(self):
        pass

    def isatty(self):
        return False

    def writable(self):
        return True


class CognitoIdentity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Client:
    def __init__(self, values):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, values.get(name))


class ClientContext:
    """What the caller of Invoke gives; whatever else it has is left out, as on Lambda."""

    def __init__(self, values):
        values = values if isinstance(values, dict) else {}
        client = values.get("client")
        self.custom = values.get("custom")
        self.env = values.get("env")
        self.client = Client(client) if isinstance(client, dict) else None


class LambdaContext:
    def __init__(self, request_id, arn, timeout, client_context):
        self.aws_request_id = request_id
        self.log_group_name = OWN.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = OWN.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = OWN.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = OWN.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = OWN.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = arn
        self.client_context = None if client_context is None else ClientContext(client_context)
        self.identity = CognitoIdentity()
        self._deadline = OWN.clock() * 1000 + timeout

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline - OWN.clock() * 1000))

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
        module = OWN.import_module(module_name.replace("/", "."))
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
        return {"errorType": error.error_type, "errorMessage": shortened(error.message), "trace": error.trace}
    frames = OWN.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__ and "importlib" not in frame.filename]
    try:
        message = str(error)
    except Exception:
        message = "<unprintable {} object>".format(type(error).__name__)
    trace = [shortened(line) for line in OWN.format_list(own)]
    return {"errorType": type(error).__name__, "errorMessage": shortened(message), "trace": trace}


def shortened(text):
    return text[:LONGEST] + "..." if len(text) > LONGEST else text


def run(handler, text, context):
    result = handler(OWN.decode(text), context)
    try:
        answer = OWN.encode_result(result)
    except Exception as error:
        raise RuntimeFault("Runtime.MarshalError", "Unable to marshal response: {}".format(error))
    if len(answer) > lines.RESPONSE_LIMIT // 4 and len(answer.encode("utf-8", "replace")) > lines.RESPONSE_LIMIT:
        message = "Response payload size exceeded maximum allowed payload size ({} bytes).".format(lines.RESPONSE_LIMIT)
        raise RuntimeFault("Function.ResponseSizeTooLarge", message)
    return answer


def set_up_logging():
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("[%(levelname)s]\t%(message)s"))
    logging.getLogger().addHandler(handler)


def main():
    # Ctrl-C reaches every process of the terminal, but the gateway decides when handlers end: it closes the channel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel()
    setup = lines.decode_setup(channel.receive())
    state = {"request_id": None}
    sys.stdout = Output(channel, "stdout", state)
    sys.stderr = Output(channel, "stderr", state)
    set_up_logging()
    network.watch_aws_calls(lambda *facts: channel.send(lines.encode_note(facts)))
    # Replaces the folder of this file.
    sys.path[0] = os.getcwd()
    try:
        handler = load_handler(setup["handler"])
    except Exception as error:
        channel.send(lines.encode_not_loaded(reported(error)))
        OWN.exit(1)
    channel.send(lines.encode_loaded())
    while True:
        request_id, event, client_context = lines.decode_invocation(channel.receive())
        state["request_id"] = request_id
        digits = request_id.replace("-", "")
        OWN.environ["_X_AMZN_TRACE_ID"] = "Root=1-{:x}-{};Parent={};Sampled=0".format(int(OWN.clock()), digits[8:], digits[:16])
        started = OWN.counter()
        try:
            context = LambdaContext(request_id, setup["arn"], setup["timeout"], client_context)
            encode, answer = lines.encode_result, run(handler, event, context)
        except Exception as error:
            encode, answer = lines.encode_error, reported(error)
        channel.send(encode(request_id, (OWN.counter() - started) * 1000, answer))
        state["request_id"] = None


main()
