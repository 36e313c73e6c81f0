"""Redirects connections to the APIs that the gateway serves to the gateway, and watches calls to AWS, as node-network.ts does in Node.js.

Loaded before the handler. Modules that a handler without network never needs are patched when they are imported, not imported here.
"""
import json
import os
import re
import sys

GATEWAY_FILE = os.environ.get("CDK_WEBSOCKET_SERVICE_GATEWAY")
# The default endpoint of an API. Those of VPC endpoints, which have a hyphen before the first dot, are not served.
EXECUTE_API = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu)\.?$", re.IGNORECASE)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
SIGNATURE = re.compile(r"AWS4-[\w-]+ Credential=([^/,]{1,128})/\d{8}/(?:[a-z0-9-]+/)?([a-z0-9-]{1,40})/aws4_request")
AWS = re.compile(r"\.amazonaws\.com(?:\.cn)?$")
REFUSAL = re.compile(
    "UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|InvalidSignatureException|SignatureDoesNotMatch"
    "|IncompleteSignature|MissingAuthenticationToken|AuthFailure|ExpiredToken|RequestExpired|TokenRefreshRequired"
)

_address = None
_note = None
_calls = 0
_aws_hosts = {}


def note(*facts):
    if _note:
        _note(*facts)


def begin(service, host, access_key_id=None):
    global _calls
    _calls += 1
    note("begin", _calls, service, host, access_key_id)
    return _calls


def gateway_of(host):
    """The gateway's address if the host is that of an API served here."""
    global _address
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    found = EXECUTE_API.match(host) if GATEWAY_FILE and isinstance(host, str) else None
    if not found:
        return None
    try:
        with open(GATEWAY_FILE, encoding="utf-8") as stream:
            _address = json.load(stream)
    except (OSError, ValueError):
        # The gateway is stopping and has removed the file: keep the last address.
        pass
    return _address if _address and found.group(1).lower() in _address["apis"] else None


class WhenImported:
    """Calls back with a module once it is imported."""

    def __init__(self, name, callback):
        self._name = name
        self._callback = callback
        if name in sys.modules:
            callback(sys.modules[name])
        else:
            sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        if name != self._name:
            return None
        finders = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in finders)), None)
        # A loader that is a class is shared by many modules.
        if spec is not None and not isinstance(spec.loader, type):
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                sys.meta_path.remove(self)
                self._callback(module)

            spec.loader.exec_module = exec_module
        return spec


def redirect_connections(socket):
    resolve, connect, connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex

    def getaddrinfo(host, port, *args, **options):
        gateway = gateway_of(host)
        if not gateway:
            if not isinstance(host, str) or not AWS.search(host):
                return resolve(host, port, *args, **options)
            return watched(host, lambda: remember(host, resolve(host, port, *args, **options)))
        redirect_tls()
        return resolve(gateway["host"], gateway["port"], *args, **options)

    def local(target):
        gateway = gateway_of(target[0]) if isinstance(target, tuple) and target else None
        if not gateway:
            return target
        redirect_tls()
        return (gateway["host"], gateway["port"])

    def redirecting_connect(self, target):
        host = _aws_hosts.get(target[0]) if isinstance(target, tuple) and target else None
        if host:
            return watched(host, lambda: connect(self, target))
        return connect(self, local(target))

    socket.getaddrinfo = getaddrinfo
    socket.socket.connect = redirecting_connect
    socket.socket.connect_ex = lambda self, target: connect_ex(self, local(target))


def watched(host, act):
    """Notes a connection to AWS: clients connect before they send anything that is signed."""
    call = begin("aws", host)
    outcome = None
    try:
        return act()
    except BlockingIOError:
        raise
    except Exception as error:
        outcome = type(error).__name__
        raise
    finally:
        note("end", call, outcome)


def remember(host, addresses):
    if len(_aws_hosts) > 1000:
        _aws_hosts.clear()
    _aws_hosts.update((address[4][0], host) for address in addresses)
    return addresses


def redirect_tls():
    """Makes TLS expect the gateway's certificate, which is for localhost. Clients that speak TLS load ssl before they look up a host."""
    ssl = sys.modules.get("ssl")
    if ssl is None or hasattr(ssl.SSLContext, "_redirects_to_gateway"):
        return
    ssl.SSLContext._redirects_to_gateway = True

    def redirecting(wrap):
        def wrapped(self, *args, **options):
            requested = options.get("server_hostname")
            if not gateway_of(requested):
                return wrap(self, *args, **options)
            connection = wrap(self, *args, **{**options, "server_hostname": "localhost"})
            connection._redirected_from = requested
            return connection

        return wrapped

    def named(getpeercert):
        # Some clients compare the names of the certificate themselves.
        def wrapped(self, *args, **options):
            certificate = getpeercert(self, *args, **options)
            if isinstance(certificate, dict) and certificate and hasattr(self, "_redirected_from"):
                names = tuple(certificate.get("subjectAltName", ()))
                return {**certificate, "subjectAltName": names + (("DNS", self._redirected_from),)}
            return certificate

        return wrapped

    ssl.SSLContext.wrap_socket = redirecting(ssl.SSLContext.wrap_socket)
    ssl.SSLContext.wrap_bio = redirecting(ssl.SSLContext.wrap_bio)
    ssl.SSLSocket.getpeercert = named(ssl.SSLSocket.getpeercert)
    ssl.SSLObject.getpeercert = named(ssl.SSLObject.getpeercert)


def watch_aws_calls(send_note):
    """Notes the calls to AWS of this process from now on, for aws-calls.ts."""
    global _note
    _note = send_note
    WhenImported("http.client", lambda module: watch_connections(module.HTTPConnection))


def watch_connections(connection_class):
    putheader, endheaders, getresponse = connection_class.putheader, connection_class.endheaders, connection_class.getresponse

    def end(self, outcome=None):
        call, self._aws_call = getattr(self, "_aws_call", None), None
        if call is not None:
            note("end", call, outcome)

    def noting_putheader(self, header, *values):
        name = header.decode("latin-1") if isinstance(header, bytes) else str(header)
        if name.lower() == "authorization" and values:
            value = values[0].decode("latin-1") if isinstance(values[0], bytes) else str(values[0])
            self._aws_signature = SIGNATURE.match(value)
        return putheader(self, header, *values)

    def noting_endheaders(self, *args, **options):
        signature, self._aws_signature = getattr(self, "_aws_signature", None), None
        if signature and not (signature.group(2) == "execute-api" and (gateway_of(self.host) or "amazonaws" not in self.host)):
            end(self)
            host = self.host if self.port in (80, 443) else "{}:{}".format(self.host, self.port)
            self._aws_call = begin(signature.group(2), host, signature.group(1))
        try:
            return endheaders(self, *args, **options)
        except Exception as error:
            end(self, type(error).__name__)
            raise

    def noting_getresponse(self, *args, **options):
        try:
            response = getresponse(self, *args, **options)
        except Exception as error:
            end(self, type(error).__name__)
            raise
        if getattr(self, "_aws_call", None) is not None:
            end(self, refusal_of(response) if response.status in (400, 401, 403) else None)
        return response

    connection_class.putheader = noting_putheader
    connection_class.endheaders = noting_endheaders
    connection_class.getresponse = noting_getresponse


def refusal_of(response):
    """The error by which AWS rejects credentials; the body stays for the client to read."""
    try:
        text = (response.headers.get("x-amzn-errortype") or "") + response.peek(4096).decode("latin-1")
    except Exception:
        return None
    found = REFUSAL.search(text)
    return found.group(0) if found else None


WhenImported("socket", redirect_connections)
