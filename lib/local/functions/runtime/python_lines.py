"""The lines that the gateway and a handler's process exchange on file descriptor 3: lines.ts in Python, and the documentation of both."""
import json

CHANNEL = 3
# Lambda's limit for a result, in bytes.
RESPONSE_LIMIT = 6_291_556

# Where the 36 characters of a request id end.
_ID_END = 37

# Own copies, since a handler may replace what the json module has.
_encode = json.JSONEncoder().encode
_decode = json.JSONDecoder().decode


def decode_setup(line):
    return _decode(line)


def decode_invocation(line):
    """The request id, the event and the client context. There is never a lease: the gateway prefetches nothing for Python."""
    request_id, rest = line[1:_ID_END], line[_ID_END + 1:]
    if line[0] == "I":
        return request_id, rest, None
    length, _, rest = rest.partition(" ")
    return request_id, rest[int(length):], _decode(rest[:int(length)])


def encode_loaded():
    return "S"


def encode_not_loaded(error):
    return "F" + _encode(error)


def encode_result(request_id, duration, result):
    return "R{}{:.3f} {}".format(request_id, duration, result)


def encode_error(request_id, duration, error):
    return "E{}{:.3f} {}".format(request_id, duration, _encode(error))


def encode_output(stream, request_id, text):
    return "O" + _encode([stream, request_id, text])


def encode_note(facts):
    return "N" + _encode(facts)
