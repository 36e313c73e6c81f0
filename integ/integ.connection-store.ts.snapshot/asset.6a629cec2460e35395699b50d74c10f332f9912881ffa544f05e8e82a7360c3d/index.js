"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name2 in all)
    __defProp(target, name2, { get: all[name2], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key2 of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key2) && key2 !== except)
        __defProp(to, key2, { get: () => from[key2], enumerable: !(desc = __getOwnPropDesc(from, key2)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

// lib/lambda/connection-tracker.ts
var connection_tracker_exports = {};
__export(connection_tracker_exports, {
  handler: () => handler2
});
module.exports = __toCommonJS(connection_tracker_exports);

// lib/lambda/subprotocol-echo.ts
var { SUBPROTOCOL = "" } = process.env;
async function handler(event) {
  const header = Object.entries(event.headers ?? {}).find(([name2]) => name2.toLowerCase() === "sec-websocket-protocol")?.[1] ?? "";
  const isOffered = header.split(",").some((offered) => offered.trim() === SUBPROTOCOL);
  return isOffered ? { statusCode: 200, headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL } } : { statusCode: 200 };
}

// lib/runtime/call.ts
function isCallbackHandler(handler3) {
  return handler3.length >= 3;
}
function takesCallbacks() {
  const major = /nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? "")?.[1] ?? parseInt(process.versions.node, 10);
  return Number(major) < 24;
}
function call(handler3, event, lambda) {
  const run = handler3;
  if (!isCallbackHandler(handler3)) return run(event, lambda);
  return new Promise((resolve, reject) => {
    const result = run(event, lambda, (error, value) => error === void 0 || error === null ? resolve(value) : reject(error));
    if (typeof result?.then === "function") resolve(result);
  });
}

// lib/runtime/invocation.ts
var import_node_async_hooks = require("node:async_hooks");

// lib/runtime/process-state.ts
var KEY = /* @__PURE__ */ Symbol.for("cdk-websocket-service.process");
function processState() {
  const all = globalThis;
  return all[KEY] ??= {};
}
var MOST = 100;
var remembered = /* @__PURE__ */ new Map();
function once(text2, make) {
  let value = remembered.get(text2);
  if (value === void 0) {
    if (remembered.size >= MOST) remembered.clear();
    remembered.set(text2, value = make());
  }
  return value;
}

// lib/runtime/invocation.ts
var RESERVE_MS = 500;
var INTEGRATION_MS = 29e3;
function runInvocation(event, lambda, fn, options) {
  const { stage, eventType } = isOfWebsocket(event) ? event.requestContext : {};
  const remaining = lambda?.getRemainingTimeInMillis?.() ?? INTEGRATION_MS;
  const deadline = Date.now() + (eventType === "CONNECT" ? Math.min(remaining, INTEGRATION_MS) : remaining) - RESERVE_MS;
  const isTracked = options?.isTracked ?? isTrackedEvent(event);
  return storage().run({ ...stage !== void 0 && { stage, event }, deadline, isTracked }, fn);
}
function isOfWebsocket(event) {
  return event?.requestContext?.connectionId !== void 0;
}
function currentInvocation() {
  return storage().getStore();
}
function isTrackedEvent(event) {
  const current = currentInvocation();
  return current?.isTracked === true && current.event?.requestContext.requestId === event?.requestContext?.requestId;
}
function storage() {
  return processState().invocations ??= new import_node_async_hooks.AsyncLocalStorage();
}

// lib/runtime/error.ts
var MARK = /* @__PURE__ */ Symbol.for("cdk-websocket-service.error");
var WebsocketError = class extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, MARK, { value: false, writable: true });
  }
  code;
  name = "WebsocketError";
};
function runtimeError(code, message, cause) {
  const error = new WebsocketError(code, message, cause ? { cause } : void 0);
  error[MARK] = true;
  return error;
}
function isRuntimeError(error) {
  return error?.[MARK] === true;
}

// lib/runtime/aws/answer.ts
function isPassing({ status }) {
  return status === 429 || status >= 500;
}
function codeOf({ status }) {
  if (status === 403) return "FORBIDDEN";
  if (status === 413) return "TOO_LARGE";
  if (status === 429) return "THROTTLED";
  return status >= 500 ? "TIMEOUT" : void 0;
}
function described(who, { status, type, body }) {
  const { message, Message = message } = objectIn(body) ?? {};
  return [who, "answered", status, type, Message].filter(Boolean).join(" ");
}
function refusal(who, answer) {
  return runtimeError(codeOf(answer) ?? "CONFIGURATION", described(who, answer));
}
function objectIn(text2) {
  try {
    const value = JSON.parse(text2);
    if (typeof value === "object") return value ?? void 0;
  } catch {
  }
  return void 0;
}

// lib/runtime/aws/credentials.ts
function findCredentials(host) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])(:|$)/.test(host);
  return isLocal ? { accessKeyId: "local", secretAccessKey: "local" } : sdkCredentials("@aws-sdk/credential-provider-node");
}
async function sdkCredentials(name2) {
  try {
    const state2 = processState();
    state2.credentials ??= optional(name2).then((sdk) => sdk.defaultProvider());
    return await (await state2.credentials)();
  } catch (error) {
    const why = `no credentials: AWS_ACCESS_KEY_ID is not set, and ${name2} says: ${error.message}`;
    throw runtimeError("CONFIGURATION", why, error);
  }
}
async function optional(name2) {
  return import(name2);
}

// lib/runtime/configuration.ts
function configuration() {
  return processState().configuration ?? {};
}
function hasStore() {
  return Boolean(configuration().table ?? process.env.WEBSOCKET_STORE);
}
function storeSettings() {
  const { table } = configuration();
  const settings = environmentSetting("WEBSOCKET_STORE");
  if (table !== void 0) return { ...settings, table };
  if (settings) return settings;
  throw runtimeError("NO_STORE", "there is no connection store: WEBSOCKET_STORE is not set. Give the service a `connectionStore`, code outside of it `service.grantPublish(fn)`, or call `configure({ table })`");
}
function environmentSetting(name2) {
  const text2 = process.env[name2];
  return text2 ? once(`${name2}=${text2}`, () => objectIn(text2)) ?? refuse(name2, text2) : void 0;
}
function refuse(name2, text2) {
  throw runtimeError("CONFIGURATION", `${name2} in the environment must be a JSON object, as the construct sets it, not ${text2}`);
}

// lib/runtime/events.ts
var RESERVED_CLAIMS = ["principalId", "integrationLatency", "_claims", "__proto__"];
function connectionOf(event, userFrom) {
  const { connectionId, connectedAt, stage, identity, authorizer = {} } = event.requestContext;
  const claims = claimsOf(authorizer);
  const user = userFrom === void 0 ? name(authorizer.principalId) ?? name(authorizer.sub) : name({ ...claims, ...authorizer }[userFrom]);
  return {
    id: connectionId,
    ...user !== void 0 && { user },
    claims,
    stage,
    connectedAt: new Date(connectedAt),
    sourceIp: identity?.sourceIp
  };
}
function claimsOf(authorizer) {
  const all = [...Object.entries(typedClaims(authorizer._claims)), ...Object.entries(authorizer)];
  return Object.fromEntries(all.filter(([key2]) => !RESERVED_CLAIMS.includes(key2)));
}
function typedClaims(json) {
  try {
    const parsed = JSON.parse(String(json));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
function name(value) {
  return (typeof value === "string" || typeof value === "number") && value !== "" ? String(value) : void 0;
}

// lib/runtime/handled.ts
function connectionFrom(event) {
  return connectionOf(event, hasStore() ? storeSettings().userFrom : void 0);
}

// lib/runtime/log.ts
var DEPTH = 6;
function logFailure(what, event, error) {
  log("error", `${what} failed`, event, { error });
}
function log(level, message, event, details) {
  const { routeKey, connectionId, requestId } = event?.requestContext ?? {};
  console[level](JSON.stringify({ message, routeKey, connectionId, requestId, ...plain(details, DEPTH, []) }));
}
function countFailure() {
  const metric = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{
        Namespace: "cdk-websocket-service",
        Dimensions: [["FunctionName"]],
        Metrics: [{ Name: "HandlerErrors", Unit: "Count" }]
      }]
    },
    FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? "unknown",
    HandlerErrors: 1
  };
  process.stdout.write(`${JSON.stringify(metric)}
`);
}
function plain(value, depth, above) {
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value) || depth === 0) return "...";
  const inner = (item) => plain(item, depth - 1, [...above, value]);
  try {
    if (Array.isArray(value)) return value.map(inner);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Error) return members({ ...named(value), ...value }, inner);
    if ("toJSON" in value && typeof value.toJSON === "function") return inner(value.toJSON());
    const { constructor } = value;
    return constructor === Object || constructor === void 0 ? members(value, inner) : `[${constructor.name}]`;
  } catch {
    return "[unreadable]";
  }
}
function named(error) {
  const { name: name2, message, stack, cause, errors } = error;
  return { name: name2, message, stack, cause, errors };
}
function members(value, inner) {
  return Object.fromEntries(Object.entries(value).map(([key2, item]) => [key2, inner(item)]));
}

// lib/runtime/delivery.ts
var import_promises = require("node:timers/promises");

// lib/runtime/aws/endpoint.ts
function endpointOf(url) {
  return once(url, () => {
    const { protocol, hostname, port, host, pathname } = new URL(url);
    return {
      protocol,
      // Node.js wants `::1` to connect, and `[::1]` in the header.
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port,
      host,
      path: pathname.replace(/\/+$/, ""),
      region: /(?:^|\.)execute-api(?:-fips)?\.([a-z0-9-]+)\./.exec(hostname)?.[1]
    };
  });
}
function ownRegion() {
  return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1";
}

// lib/runtime/address.ts
function addressOf(stage) {
  const current = currentInvocation();
  const name2 = stage ?? current?.stage;
  const here = current?.stage === name2 ? current?.event?.requestContext : void 0;
  const urls = environmentSetting("WEBSOCKET_CALLBACK_URLS");
  const { endpoint: given, client } = configuration();
  const own = name2 !== void 0 && urls?.[name2];
  const url = given ?? (typeof own === "string" ? own : urls && name2 !== void 0 ? void 0 : process.env.WEBSOCKET_CALLBACK_URL);
  const endpoint = url ? endpointOf(url) : void 0;
  const isOfStage = url === own || endpoint?.path.split("/").pop() === name2;
  if (endpoint && (given !== void 0 || isOfStage || !here || endpoint.hostname === here.domainName)) {
    return { endpoint, isSure: isOfStage && (given !== void 0 || !client) };
  }
  if (here) return { endpoint: endpointOf(`https://${here.domainName}/${name2}`), isSure: !client };
  const what = name2 === void 0 ? "" : ` of the stage "${name2}"`;
  throw runtimeError("NO_ENDPOINT", `neither WEBSOCKET_CALLBACK_URLS nor WEBSOCKET_CALLBACK_URL has the callback URL${what}. Outside of the service: \`service.grantPublish(fn)\`, or \`configure\``);
}

// lib/runtime/aws/transport.ts
var http = __toESM(require("node:http"));
var https = __toESM(require("node:https"));

// lib/runtime/aws/signature.ts
var crypto = __toESM(require("node:crypto"));
var ALGORITHM = "AWS4-HMAC-SHA256";
function sign({ service, region, method, host, path, headers, hash: hash2 }, credentials, time) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const date = new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
  const signed = { host, "x-amz-date": date, ...headers };
  if (sessionToken) signed["x-amz-security-token"] = sessionToken;
  const names = Object.keys(signed).sort();
  const list = [];
  let lines = "";
  for (const name2 of names) {
    list.push(name2, signed[name2]);
    lines += `${name2}:${signed[name2].trim().replace(/\s+/g, " ")}
`;
  }
  const signedNames = names.join(";");
  const canonical = `${method}
${canonicalPath(path)}

${lines}
${signedNames}
${hash2}`;
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const secret = `AWS4${secretAccessKey}`;
  const key2 = once(`${secret}/${scope}`, () => scope.split("/").reduce(hmac, secret));
  const signature = hmac(key2, `${ALGORITHM}
${date}
${scope}
${hashOf(canonical)}`).toString("hex");
  list.push("authorization", `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`);
  return list;
}
function hashOf(data) {
  return crypto.hash?.("sha256", data) ?? crypto.createHash("sha256").update(data).digest("hex");
}
function encoded(text2) {
  return encodeURIComponent(text2).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
function canonicalPath(path) {
  const segments = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encoded(segment));
  }
  return `/${segments.join("/")}${segments.length > 0 && path.endsWith("/") ? "/" : ""}`;
}
function hmac(key2, text2) {
  return crypto.createHmac("sha256", key2).update(text2).digest();
}

// lib/runtime/aws/transport.ts
var ATTEMPT = 5e3;
var LEAST = 250;
var FIRST_PAUSE = 50;
var LONGEST_PAUSE = 2e3;
var PATIENCE = 25e3;
var SOCKETS = 100;
var SKEW = 24e4;
var SKEWED = /^(InvalidSignature|RequestTimeTooSkewed|RequestExpired|SignatureDoesNotMatch|RequestInTheFuture)/;
var state = processState;
async function send(request2, deadline, mayPass2 = isPassing, attemptOnce) {
  let failure;
  for (let attempt = 1; ; attempt++) {
    let answer;
    try {
      answer = await (attemptOnce ? attemptOnce() : exchange(request2, Math.max(LEAST, Math.min(ATTEMPT, deadline - Date.now()))));
      if (!mayPass2(answer)) return answer;
    } catch (error) {
      if (isRuntimeError(error) || !/^E(?!RR_)/.test(error.code)) throw error;
      failure = error;
    }
    const pause = Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
    if (Date.now() + pause >= deadline) {
      if (answer) return answer;
      const why = `no answer of ${request2.endpoint.host} after ${attempt} attempts: ${failure.message}`;
      throw runtimeError("TIMEOUT", why, failure);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
function currentDeadline() {
  const current = currentInvocation();
  if (current) return current.deadline;
  const timeout = Number(process.env.WEBSOCKET_TIMEOUT) * 1e3;
  return Date.now() + (timeout > 0 ? Math.min(PATIENCE, timeout - RESERVE_MS) : PATIENCE);
}
async function exchange(request2, milliseconds) {
  const { endpoint: { host, path }, body, hash: hash2 = hashOf(body ?? "") } = request2;
  const credentials = await findCredentials(host);
  for (let isSkewed = false; ; ) {
    const { clock = 0 } = state();
    const signable = { ...request2, host, path: path + request2.path, hash: hash2 };
    const headers = sign(signable, credentials, Date.now() + clock);
    if (body !== void 0) headers.push("content-length", String(Buffer.byteLength(body)));
    const answer = await roundTrip(signable, headers, milliseconds);
    if (answer) {
      const difference = Date.parse(answer.date) - Date.now();
      if (isSkewed || !SKEWED.test(answer.type) || !(Math.abs(difference - clock) > SKEW)) return answer;
      isSkewed = true;
      state().clock = difference;
    }
  }
}
function roundTrip({ endpoint, method, path, body }, headers, milliseconds) {
  const { protocol, hostname, port } = endpoint;
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const fail = (error) => {
      clearTimeout(timer);
      if (request2.reusedSocket && !isAnswered && /^(ECONNRESET|EPIPE)$/.test(error.code)) resolve(void 0);
      else reject(error);
    };
    const request2 = https.request({ protocol, hostname, port, method, path, headers, agent: agentFor(protocol) }, (response) => {
      const chunks = [];
      isAnswered = true;
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(timer);
        resolve(answerOf(response, Buffer.concat(chunks).toString()));
      });
    });
    const timer = setTimeout(() => {
      request2.destroy(Object.assign(new Error(`no answer in ${milliseconds} ms`), { code: "ETIMEDOUT" }));
    }, milliseconds);
    request2.on("error", fail);
    request2.end(body);
  });
}
function answerOf(response, body) {
  const status = response.statusCode;
  if (status < 300) return { status, type: "", body };
  const { date, "x-amzn-errortype": header } = response.headers;
  const { code = "", __type = code } = objectIn(body) ?? {};
  return { status, type: String(header ?? __type).replace(/^.*#|:.*$/g, ""), body, date };
}
function agentFor(protocol) {
  const { Agent } = protocol === "https:" ? https : http;
  const agents = state().agents ??= {};
  return agents[protocol] ??= new Agent({ keepAlive: true, scheduling: "lifo", maxSockets: SOCKETS });
}

// lib/runtime/fan-out.ts
var import_node_crypto = require("node:crypto");

// lib/runtime/aws/service.ts
function callService(service, path, headers, body, mayPass2) {
  const region = storeSettings().region ?? ownRegion();
  const endpoint = serviceEndpoint(service, region);
  return send({ service, region, endpoint, method: "POST", path, headers, body }, currentDeadline(), mayPass2);
}
function serviceEndpoint(service, region) {
  const { env } = process;
  const given = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL;
  return endpointOf(given || `https://${service}.${region}.${suffixOf(region)}`);
}
function suffixOf(region) {
  if (region.startsWith("cn-")) return "amazonaws.com.cn";
  if (process.env.AWS_USE_DUALSTACK_ENDPOINT === "true") return "api.aws";
  return region.startsWith("eusc-") ? "amazonaws.eu" : "amazonaws.com";
}

// lib/runtime/aws/lambda.ts
var ACCEPTED = 202;
async function invokeEvent(functionName, payload) {
  const path = `/2015-03-31/functions/${encoded(functionName)}/invocations`;
  const answer = await callService("lambda", path, { "x-amz-invocation-type": "Event" }, payload);
  if (answer.status !== ACCEPTED) throw refusal(`the invocation of ${functionName}`, answer);
}

// lib/runtime/management-api.ts
function callConnection(method, id, { endpoint }, deadline, frame) {
  if (/^\.{0,2}$/.test(id)) {
    return Promise.resolve({ status: 400, type: "BadRequestException", body: `{"message":"Invalid connectionId: '${id}'"}` });
  }
  return send({
    service: "execute-api",
    region: endpoint.region ?? ownRegion(),
    endpoint,
    method,
    path: `/@connections/${encoded(id)}`,
    ...frame
  }, deadline, void 0, configuration().request?.(method, id, frame?.body));
}

// lib/runtime/posts.ts
var MOST_BYTES = 131072;
async function post({ connectionId, at }, address, deadline, frame) {
  try {
    const answer = await callConnection("POST", connectionId, address, deadline, frame);
    const { status, type } = answer;
    if (status < 300) return "delivered";
    if (status !== 410) return { code: codeOf(answer) ?? (type || `HTTP_${status}`), message: described(nameOf(address), answer) };
    return isYoung(at) ? "pending" : "gone";
  } catch (error) {
    return failureIn(error);
  }
}
function isYoung(at) {
  return Date.now() - at < 3e4;
}
function nameOf({ endpoint: { host, path } }) {
  return host + path;
}
function failureIn(error) {
  const { code, name: name2, message } = error;
  return { code: typeof code === "string" ? code : name2, message };
}
function frameOf(data) {
  const frame = typeof data === "string" || data instanceof Uint8Array ? data : JSON.stringify(data) ?? "null";
  const size = Buffer.byteLength(frame);
  if (size <= MOST_BYTES) return frame;
  const sizes = `a message has at most ${MOST_BYTES} bytes (128 KB), this one ${size}`;
  throw runtimeError("TOO_LARGE", `${sizes}: send parts, or a link. Nothing was sent`);
}
function prepared(data) {
  const frame = frameOf(data);
  const body = typeof frame === "string" ? frame : Uint8Array.from(frame);
  return { body, hash: hashOf(body) };
}

// lib/runtime/fan-out.ts
var MOST_IDS = 2e3;
var MOST_BYTES2 = 2e5;
var AT_ONCE = 8;
async function handOver(functionName, parts, postsPerSecond, failed) {
  let accepted = 0;
  let next = 0;
  const worker = async () => {
    while (next < parts.length) {
      const { part, recipients } = parts[next++];
      try {
        await invokeEvent(functionName, JSON.stringify({ ...part, postsPerSecond }));
        accepted += recipients.filter(({ quiet }) => !quiet).length;
      } catch (error) {
        failed(recipients, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts.length) }, worker));
  return accepted;
}
function partsOf(shipment, recipients) {
  const common = { ...frameOf2(shipment.frame), quietFrame: shipment.quietFrame, rows: shipment.rows, stage: recipients[0]?.stage };
  const room = MOST_BYTES2 - Buffer.byteLength(JSON.stringify(common)) - 150;
  const parts = [];
  let list = [];
  let bytes = 0;
  const close = (end) => {
    if (list.length === 0) return;
    parts.push({ part: { ...common, part: (0, import_node_crypto.randomUUID)(), recipients: list }, recipients: recipients.slice(end - list.length, end) });
    [list, bytes] = [[], 0];
  };
  recipients.forEach((recipient, index) => {
    const entry = entryOf(recipient, common.stage);
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (list.length === MOST_IDS || bytes + size > room) close(index);
    list.push(entry);
    bytes += size;
  });
  close(recipients.length);
  return parts;
}
function entryOf({ connectionId, stage, at, quiet }, common) {
  const young = isYoung(at) ? at : void 0;
  if (stage === common && young === void 0 && !quiet) return connectionId;
  return [connectionId, stage === common ? void 0 : stage, young, quiet ? 1 : void 0];
}
function frameOf2(frame) {
  const bytes = Buffer.from(frame);
  if (typeof frame === "string" && Buffer.byteLength(JSON.stringify(frame)) <= bytes.length * 4 / 3) return { frame };
  return { frame: bytes.toString("base64"), isBase64: true };
}

// lib/runtime/gone.ts
function provideRemoval(removal) {
  return processState().removal = removal;
}

// lib/runtime/store/keys.ts
var CONNECTION_SECONDS = 7800;
var [NAME_BYTES, CONTROL] = [512, /[\p{Cc}\p{Cs}]/u];
var connectionKey = (id) => key(`C#${id}`, "C");
var userKey = (user, id) => key(userPartition(user), id);
var memberKey = (room, id) => key(roomPartition(room), id);
var userPartition = (user) => `U#${user}`;
var roomPartition = (room) => `R#${room}`;
var number = (value) => ({ N: String(value) });
var text = (value) => ({ S: value });
var endOf = (at, seconds) => number(Math.floor(at / 1e3) + seconds);
function checkName(kind, name2) {
  if (typeof name2 === "string" && name2 !== "" && Buffer.byteLength(name2) <= NAME_BYTES && !CONTROL.test(name2)) return name2;
  const given = typeof name2 === "string" ? JSON.stringify(name2.length > 60 ? `${name2.slice(0, 60)}...` : name2) : String(name2);
  throw runtimeError("BAD_NAME", `the name of a ${kind} is 1 to ${NAME_BYTES} bytes of UTF-8 without control characters, not ${given}`);
}
function key(pk, sk) {
  return { pk: text(pk), sk: text(sk) };
}

// lib/runtime/store/table.ts
var import_node_crypto2 = require("node:crypto");

// lib/runtime/aws/dynamo-db.ts
var PASSING = /^(ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded|InternalServerError|Transaction(InProgress|Conflict))/;
function dynamoDb() {
  return operate;
}
async function operate(operation, input) {
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${operation}` };
  const answer = await callService("dynamodb", "/", headers, JSON.stringify(input), mayPass);
  const value = objectIn(answer.body) ?? {};
  if (answer.status === 200) return value;
  const details = { name: answer.type || "UnknownError", item: value.Item, reasons: value.CancellationReasons };
  throw Object.assign(runtimeError("STORE_FAILED", described(`${operation} on the table ${storeSettings().table}`, answer)), details);
}
function mayPass(answer) {
  if (answer.status < 400 || isPassing(answer)) return answer.status >= 400;
  const reasons = objectIn(answer.body)?.CancellationReasons;
  const codes = reasons?.map(({ Code }) => Code).filter((code) => code && code !== "None") ?? [answer.type];
  return codes.length > 0 && codes.every((code) => PASSING.test(code));
}

// lib/runtime/store/table.ts
var CONDITION_FAILED = "ConditionalCheckFailed";
function operate2(operation, input) {
  return dynamoDb()(operation, { TableName: storeSettings().table, ...input });
}
async function operateIf(operation, input) {
  try {
    return await operate2(operation, input);
  } catch (error) {
    if (error.name === `${CONDITION_FAILED}Exception`) return void 0;
    throw error;
  }
}
async function transact(...actions) {
  const TableName = storeSettings().table;
  try {
    await dynamoDb()("TransactWriteItems", {
      // Else a repeated attempt of a transaction that went through fails by its own conditions.
      ClientRequestToken: (0, import_node_crypto2.randomUUID)(),
      TransactItems: actions.map(([verb, input]) => ({ [verb]: { TableName, ...input } }))
    });
    return void 0;
  } catch (error) {
    const { reasons = [] } = error;
    if (!reasons.some(({ Code }) => Code === CONDITION_FAILED)) throw error;
    return reasons.map(({ Code, Item: Item3 }) => ({ failed: Code === CONDITION_FAILED, item: Item3 }));
  }
}
function itemOf(attributes) {
  return Object.fromEntries(Object.entries(attributes).filter(([, attribute]) => attribute !== void 0));
}

// lib/runtime/store/members.ts
async function memberRows(partition, limit = Infinity, after) {
  const rows = [];
  let start = after === void 0 ? void 0 : { pk: text(partition), sk: text(after) };
  do {
    const { Items = [], LastEvaluatedKey } = await operate2("Query", {
      ConsistentRead: true,
      KeyConditionExpression: "pk = :pk",
      FilterExpression: "#ttl > :now",
      ExpressionAttributeNames: { "#ttl": "ttl" },
      ExpressionAttributeValues: { ":pk": text(partition), ":now": number(Math.floor(Date.now() / 1e3)) },
      ...limit < Infinity && { Limit: limit - rows.length },
      ...start && { ExclusiveStartKey: start }
    });
    for (const row of Items) rows.push(row);
    start = LastEvaluatedKey;
  } while (start && rows.length < limit);
  return rows;
}
function recipientOf({ sk, stage, at }) {
  return { connectionId: sk.S, stage: stage?.S, at: Number(at?.N) };
}

// lib/runtime/store/presence.ts
var MOST_TO_ANNOUNCE = 1e3;
async function leftAnnouncements(ended) {
  const announced = ended.filter(({ announce }) => announce?.BOOL);
  const found = [];
  for (const pk of new Set(announced.map((row) => row.pk.S))) {
    const members2 = await memberRows(pk, MOST_TO_ANNOUNCE + 1);
    if (members2.length > MOST_TO_ANNOUNCE) {
      console.warn(`cdk-websocket-service: room:left is not sent to ${roomOf(pk)}, which has more than ${MOST_TO_ANNOUNCE} members`);
      continue;
    }
    for (const row of announced) {
      if (row.pk.S === pk) found.push(announcement("room:left", row, Math.max(Date.now(), Number(row.joined.N) + 1), members2));
    }
  }
  return found.filter(({ recipients }) => recipients.length > 0);
}
function announcement(event, { pk, sk, user, meta }, at, members2) {
  const data = { connectionId: sk.S, user: user?.S, meta: meta && JSON.parse(meta.S) };
  return {
    recipients: members2.filter((member) => member.sk.S !== sk.S).map(recipientOf),
    frame: JSON.stringify({ event, room: roomOf(pk.S), at, data }),
    rows: pk.S
  };
}
function roomOf(partition) {
  return partition.slice(roomPartition("").length);
}

// lib/runtime/store/removal.ts
async function removeGone(id, row) {
  const closed = await operateIf("UpdateItem", {
    Key: connectionKey(id),
    UpdateExpression: "SET closed = :true",
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeValues: { ":true": { BOOL: true } },
    ReturnValues: "ALL_NEW"
  });
  const { user, rooms } = closed?.Attributes ?? {};
  const keys = (rooms?.SS ?? []).map((room) => memberKey(room, id));
  if (user) keys.push(userKey(user.S, id));
  if (row && !keys.some(({ pk }) => pk.S === row.pk.S)) keys.push(row);
  const ended = await Promise.all(keys.map(deleteRow));
  if (closed) await deleteRow(connectionKey(id));
  return ended.filter((item) => item?.joined);
}
async function deleteRow({ pk, sk }) {
  return (await operate2("DeleteItem", { Key: { pk, sk }, ReturnValues: "ALL_OLD" })).Attributes;
}

// lib/runtime/delivery.ts
var [CONCURRENCY, REMOVALS, POSTS_PER_SECOND] = [40, 10, 5e3];
var [CORE_SPEED, CORE_MEMORY] = [2e3, 1769];
var [RELIED_ON, RESERVE] = [0.7, 500];
var [INTERVAL, MEASURED] = [100, 300];
var removeAll = /* @__PURE__ */ provideRemoval(remove);
async function deliver(consignment, delivery = noDelivery()) {
  const dispatch = new Dispatch(consignment, delivery);
  await dispatch.run();
  const { removable, deadline } = dispatch;
  if (removable.length > 0 && !consignment.keepsGone && hasStore()) await removeAll(removable, consignment.rows, deadline);
  return delivery;
}
function noDelivery() {
  return { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };
}
var Dispatch = class {
  constructor(consignment, delivery) {
    this.consignment = consignment;
    this.delivery = delivery;
    const { deadline = currentDeadline(), frame, quietFrame = frame, recipients } = consignment;
    const { maxConcurrency = CONCURRENCY, postsPerSecond = POSTS_PER_SECOND } = { ...configuration(), ...consignment };
    this.deadline = deadline;
    this.frame = prepared(frame);
    this.quietFrame = quietFrame === frame ? this.frame : prepared(quietFrame);
    this.recipients = withStages(recipients);
    this.addresses = addressesOf(this.recipients);
    this.width = maxConcurrency;
    this.rate = postsPerSecond;
    this.end = recipients.length;
  }
  consignment;
  delivery;
  /** Who is gone for sure. */
  removable = [];
  deadline;
  recipients;
  addresses;
  frame;
  quietFrame;
  width;
  /** Posts a second. What is handed over takes its share with it. */
  rate;
  began = Date.now();
  handovers = [];
  /** Recipients from `next` to `end` wait for their turn; the others behind `end` are handed over. */
  next = 0;
  end;
  done = 0;
  async run() {
    const fanOut = !this.consignment.isPart && hasStore() ? storeSettings().fanOut : void 0;
    let timer;
    if (fanOut) {
      this.plan(fanOut);
      timer = setInterval(() => this.plan(fanOut), INTERVAL);
    }
    await Promise.all(Array.from({ length: Math.min(this.width, this.end) }, () => this.work()));
    clearInterval(timer);
    await Promise.all(this.handovers);
  }
  async work() {
    while (this.next < this.end) {
      await this.sendTo(this.recipients[this.next++]);
      this.done++;
    }
  }
  async sendTo(recipient) {
    const { connectionId, stage, quiet } = recipient;
    const address = this.addresses.get(stage);
    let outcome = "pending";
    if (!("endpoint" in address)) {
      outcome = address;
    } else if (await turn(this.rate, this.deadline)) {
      outcome = await post(recipient, address, this.deadline, quiet ? this.quietFrame : this.frame);
      if (outcome === "gone" && address.isSure) this.removable.push(connectionId);
    }
    this.count(recipient, outcome);
  }
  count({ connectionId, quiet }, outcome) {
    if (quiet) return;
    if (outcome === "delivered") this.delivery.delivered++;
    else if (typeof outcome === "object") this.delivery.failed.push({ connectionId, code: outcome.code, message: outcome.message });
    else this.delivery[outcome].push(connectionId);
  }
  /** Hands over what will not be sent in time, going by the speed so far. */
  plan(fanOut) {
    const passed = Date.now() - this.began;
    const measured = passed < MEASURED ? assumedSpeed() : (this.done + this.width) * 1e3 / passed;
    const time = RELIED_ON * (this.deadline - Date.now()) - RESERVE;
    const fitting = (rate) => Math.max(0, Math.floor(Math.min(measured, rate) * time / 1e3));
    const waiting = this.end - this.next;
    if (waiting <= fitting(this.rate)) return;
    const from = this.next + Math.floor(fitting(this.rate / (1 + waiting / MOST_IDS)) * RELIED_ON);
    const parts = partsOf(this.consignment, this.recipients.slice(from, this.end));
    this.end = from;
    this.rate /= parts.length + 1;
    this.handovers.push(handOver(fanOut, parts, this.rate, (recipients, error) => {
      for (const recipient of recipients) this.count(recipient, failureIn(error));
    }).then((count) => {
      this.delivery.handedOver += count;
    }));
  }
};
async function announceLeft(ended, deadline) {
  for (const announcement2 of await leftAnnouncements(ended)) await deliver({ ...announcement2, deadline, keepsGone: true });
}
async function remove(gone, rows, deadline) {
  const ended = [];
  const failures = [];
  await inParallel(REMOVALS, gone.length, async (index) => {
    if (Date.now() >= deadline) return;
    const sk = gone[index];
    try {
      ended.push(...await removeGone(sk, rows === void 0 ? void 0 : { pk: text(rows), sk: text(sk) }));
    } catch (error) {
      failures.push(error);
    }
  });
  await announceLeft(ended, deadline).catch((error) => failures.push(error));
  if (failures.length > 0) {
    console.warn(`cdk-websocket-service: ${failures.length} of ${gone.length} connections that are gone stay in the store:`, failures[0]);
  }
}
async function inParallel(width, count, task) {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}
function withStages(recipients) {
  const stage = currentInvocation()?.stage;
  return stage === void 0 ? recipients : recipients.map((one) => one.stage === void 0 ? { ...one, stage } : one);
}
function addressesOf(recipients) {
  const addresses = /* @__PURE__ */ new Map();
  let known = 0;
  let failure;
  for (const { stage } of recipients) {
    if (addresses.has(stage)) continue;
    try {
      addresses.set(stage, addressOf(stage));
      known++;
    } catch (error) {
      addresses.set(stage, failureIn(failure = error));
    }
  }
  if (failure && known === 0) throw failure;
  return addresses;
}
async function turn(postsPerSecond, deadline) {
  const state2 = processState();
  const now = Date.now();
  const slot = Math.max(now, state2.nextPost ?? 0);
  if (slot >= deadline) return false;
  state2.nextPost = slot + 1e3 / postsPerSecond;
  if (slot - now >= 1) await (0, import_promises.setTimeout)(slot - now);
  return true;
}
function assumedSpeed() {
  return CORE_SPEED * Math.min(1, Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? CORE_MEMORY) / CORE_MEMORY);
}

// lib/runtime/store/connections.ts
async function recordConnection({ id, user, stage, at, ip }) {
  if (user !== void 0) checkName("user", user);
  const shared = { stage: text(stage), at: number(at), ttl: endOf(at, CONNECTION_SECONDS) };
  const Item3 = itemOf({
    ...connectionKey(id),
    ...shared,
    user: user === void 0 ? void 0 : text(user),
    ip: ip === void 0 ? void 0 : text(ip)
  });
  if (user === void 0) await operate2("PutItem", { Item: Item3 });
  else await transact(["Put", { Item: Item3 }], ["Put", { Item: { ...userKey(user, id), ...shared } }]);
}
async function removeConnection(id) {
  await announceLeft(await removeGone(id));
}

// lib/runtime/tracking.ts
async function track(event, lambda, fn) {
  const eventType = isOfWebsocket(event) ? event.requestContext.eventType : void 0;
  if (eventType !== "CONNECT" && eventType !== "DISCONNECT" || "methodArn" in event || isTrackedEvent(event)) {
    return runInvocation(event, lambda, fn);
  }
  const around = eventType === "CONNECT" ? aroundConnect : aroundDisconnect;
  return runInvocation(event, lambda, () => around(event, fn), { isTracked: true });
}
async function aroundConnect(event, fn) {
  const { deadline } = currentInvocation();
  try {
    if (Date.now() >= deadline) throw runtimeError("TIMEOUT", "the time of $connect was over before the connection was recorded");
    const { id, user, stage, connectedAt, sourceIp } = connectionFrom(event);
    await recordConnection({ id, stage, at: connectedAt.getTime(), ...user !== void 0 && { user }, ip: sourceIp });
  } catch (error) {
    logFailure("recording the connection", event, error);
    countFailure();
    await removeConnection(event.requestContext.connectionId).catch(() => void 0);
    return { statusCode: 500 };
  }
  let answer;
  try {
    answer = await fn();
  } catch (error) {
    await remove2(event);
    throw error;
  }
  if (!isAccepted(answer) || Date.now() >= deadline + RESERVE_MS) await remove2(event);
  return answer;
}
async function aroundDisconnect(event, fn) {
  try {
    return await fn();
  } finally {
    await remove2(event);
  }
}
async function remove2(event) {
  try {
    await removeConnection(event.requestContext.connectionId);
  } catch (error) {
    logFailure("removing the connection", event, error);
    countFailure();
  }
}
var RESULT_KEYS = /* @__PURE__ */ new Set(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]);
function isAccepted(answer) {
  if (typeof answer !== "object" || answer === null || !Object.keys(answer).every((key2) => RESULT_KEYS.has(key2))) return false;
  const { statusCode, body } = answer;
  return /^2\d\d$/.test(String(statusCode)) && (typeof body === "string" || body === void 0 || body === null);
}

// lib/runtime/tracked.ts
function tracked(handler3) {
  if (typeof handler3 !== "function" || isCallbackHandler(handler3) && !takesCallbacks()) return handler3;
  const wrapped = (event, lambda) => track(event, lambda, () => call(handler3, event, lambda));
  return wrapped;
}

// lib/lambda/connection-tracker.ts
var handler2 = tracked(async (event) => process.env.SUBPROTOCOL && event.requestContext.eventType === "CONNECT" ? handler(event) : { statusCode: 200 });
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  handler
});
