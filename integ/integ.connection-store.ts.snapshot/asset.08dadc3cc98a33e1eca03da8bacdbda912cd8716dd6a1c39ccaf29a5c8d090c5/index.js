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

// lib/runtime/error.ts
var FROM_RUNTIME = /* @__PURE__ */ Symbol.for("cdk-websocket-service.runtime-error");
var WEBSOCKET_ERROR = /* @__PURE__ */ Symbol.for("cdk-websocket-service.websocket-error");
var WebsocketError = class extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, WEBSOCKET_ERROR, { value: true });
  }
  code;
  name = "WebsocketError";
};
function runtimeError(code, message, cause) {
  const error = new WebsocketError(code, message, cause === void 0 ? void 0 : { cause });
  Object.defineProperty(error, FROM_RUNTIME, { value: true });
  return error;
}
function isRuntimeError(error) {
  return typeof error === "object" && error !== null && FROM_RUNTIME in error;
}

// lib/runtime/aws/credentials.ts
var PROCESS = globalThis;
var KEY = /* @__PURE__ */ Symbol.for("cdk-websocket-service.credentials");
async function findCredentials(host) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken };
  if (/^(localhost|127\.[\d.]+|\[::1\])(:|$)/.test(host)) return { accessKeyId: "local", secretAccessKey: "local" };
  try {
    PROCESS[KEY] ??= optional("@aws-sdk/credential-provider-node").then((sdk) => sdk.defaultProvider());
    return await (await PROCESS[KEY])();
  } catch (error) {
    throw runtimeError("CONFIGURATION", `there are no credentials: AWS_ACCESS_KEY_ID is not set, and @aws-sdk/credential-provider-node, which reads profiles and those of containers, says: ${error.message}`, error);
  }
}
async function optional(name2) {
  return import(name2);
}

// lib/runtime/configuration.ts
var PROCESS2 = globalThis;
var KEY2 = /* @__PURE__ */ Symbol.for("cdk-websocket-service.configuration");
function configuration() {
  return PROCESS2[KEY2] ?? {};
}
function hasStore() {
  return Boolean(configuration().table ?? process.env.WEBSOCKET_STORE);
}
function storeSettings() {
  const { table } = configuration();
  const settings = environmentSetting("WEBSOCKET_STORE");
  if (table !== void 0) return { ...settings, table };
  if (settings) return settings;
  throw runtimeError("NO_STORE", "there is no connection store: WEBSOCKET_STORE is not set. Give the service `connectionStore: WebsocketConnectionStore.dynamoDb()`, code outside of it `service.grantPublish(fn)`, or call `configure({ table })`");
}
var parsed = /* @__PURE__ */ new Map();
function environmentSetting(name2) {
  const text2 = process.env[name2];
  if (!text2) return void 0;
  let known = parsed.get(name2);
  if (known?.text !== text2) parsed.set(name2, known = { text: text2, value: parse(name2, text2) });
  return known.value;
}
function parse(name2, text2) {
  try {
    const value = JSON.parse(text2);
    if (typeof value === "object" && value !== null) return value;
  } catch {
  }
  throw runtimeError("CONFIGURATION", `the environment variable ${name2} must be a JSON object, as the construct sets it, not ${text2}`);
}

// lib/runtime/events.ts
var RESERVED_CLAIMS = ["principalId", "integrationLatency", "_claims"];
function connectionOf(event, userFrom) {
  const { connectionId, connectedAt, stage, identity, authorizer = {} } = event.requestContext;
  const claims = claimsOf(authorizer);
  const user = userFrom === void 0 ? name(authorizer.principalId) ?? name(claims.sub) : name({ ...claims, ...authorizer }[userFrom]);
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
    const parsed3 = JSON.parse(String(json));
    return typeof parsed3 === "object" && parsed3 !== null ? parsed3 : {};
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

// lib/runtime/invocation.ts
var import_node_async_hooks = require("node:async_hooks");
var KEY3 = /* @__PURE__ */ Symbol.for("cdk-websocket-service.invocation");
var RESERVE_MS = 500;
var INTEGRATION_MS = 29e3;
function runInvocation(event, lambda, fn, options) {
  const { stage, eventType } = event.requestContext ?? {};
  const remaining = lambda?.getRemainingTimeInMillis?.() ?? INTEGRATION_MS;
  const deadline = Date.now() + (eventType === "CONNECT" ? Math.min(remaining, INTEGRATION_MS) : remaining) - RESERVE_MS;
  const isTracked = options?.isTracked ?? isTrackedEvent(event);
  return storage().run({ stage, event, deadline, isTracked }, fn);
}
function currentInvocation() {
  return storage().getStore();
}
function isTrackedEvent({ requestContext }) {
  const current = currentInvocation();
  return current?.isTracked === true && current.event.requestContext.requestId === requestContext.requestId;
}
function storage() {
  const shared = globalThis;
  return shared[KEY3] ??= new import_node_async_hooks.AsyncLocalStorage();
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
var import_promises3 = require("node:timers/promises");

// lib/runtime/aws/transport.ts
var http = __toESM(require("node:http"));
var https = __toESM(require("node:https"));
var import_promises = require("node:timers/promises");

// lib/runtime/aws/signature.ts
var import_node_crypto = require("node:crypto");
var ALGORITHM = "AWS4-HMAC-SHA256";
function sign(request2, credentials, { region, service }, time) {
  const date = new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
  const headers = { "host": request2.host, "x-amz-date": date, ...request2.headers };
  if (credentials.sessionToken) headers["x-amz-security-token"] = credentials.sessionToken;
  const names = Object.keys(headers).sort();
  const signedNames = names.join(";");
  const lines = names.map((name2) => `${name2}:${headers[name2].trim().replace(/\s+/g, " ")}
`);
  const canonical = `${request2.method}
${canonicalPath(request2.path)}

${lines.join("")}
${signedNames}
${request2.hash}`;
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const key2 = signingKey(credentials.secretAccessKey, scope);
  const signature = hmac(key2, `${ALGORITHM}
${date}
${scope}
${hashOf(canonical)}`).toString("hex");
  const credential = `${credentials.accessKeyId}/${scope}`;
  headers.authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedNames}, Signature=${signature}`;
  return headers;
}
function hashOf(data) {
  return (0, import_node_crypto.createHash)("sha256").update(data).digest("hex");
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
var keys = /* @__PURE__ */ new Map();
function signingKey(secret, scope) {
  const name2 = `${secret}/${scope}`;
  let key2 = keys.get(name2);
  if (!key2) {
    key2 = scope.split("/").reduce(hmac, `AWS4${secret}`);
    if (keys.size >= 50) keys.clear();
    keys.set(name2, key2);
  }
  return key2;
}
function hmac(key2, text2) {
  return (0, import_node_crypto.createHmac)("sha256", key2).update(text2).digest();
}

// lib/runtime/aws/transport.ts
var [ATTEMPT, LEAST, FIRST_PAUSE, LONGEST_PAUSE] = [5e3, 250, 50, 2e3];
var PATIENCE = 25e3;
var SOCKETS = 100;
var SKEW = 24e4;
var SKEWED = /^(InvalidSignature|RequestTimeTooSkewed|RequestExpired|SignatureDoesNotMatch|RequestInTheFuture)/;
var PROCESS3 = globalThis;
var KEY4 = /* @__PURE__ */ Symbol.for("cdk-websocket-service.transport");
async function send(request2, deadline, mayPass2 = isPassing, attemptOnce) {
  const signable = { ...request2, hash: request2.hash ?? hashOf(request2.body ?? "") };
  let failure2;
  for (let attempt = 1; ; attempt++) {
    let answer;
    try {
      const milliseconds = Math.max(LEAST, Math.min(ATTEMPT, deadline - Date.now()));
      answer = await (attemptOnce?.() ?? attemptOf(signable, milliseconds));
      if (!mayPass2(answer)) return answer;
    } catch (error) {
      if (isRuntimeError(error) || !/^E(?!RR_)/.test(String(error.code))) throw error;
      failure2 = error;
    }
    const pause = pauseBefore(attempt);
    if (Date.now() + pause >= deadline) {
      if (answer) return answer;
      const why = `no answer of ${request2.endpoint.host} after ${attempt} attempts: ${failure2.message}`;
      throw runtimeError("TIMEOUT", why, failure2);
    }
    await (0, import_promises.setTimeout)(pause);
  }
}
function pauseBefore(attempt) {
  return Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
}
function currentDeadline() {
  return currentInvocation()?.deadline ?? Date.now() + PATIENCE;
}
function isPassing({ status }) {
  return status === 429 || status >= 500;
}
var endpoints = /* @__PURE__ */ new Map();
function endpointOf(url) {
  let endpoint = endpoints.get(url);
  if (!endpoint) {
    const { protocol, hostname, port, host, pathname } = new URL(url);
    const path = pathname.replace(/\/+$/, "");
    endpoint = { isTls: protocol === "https:", hostname: hostname.replace(/^\[|\]$/g, ""), port, host, path };
    endpoints.set(url, endpoint);
  }
  return endpoint;
}
function serviceEndpoint(service, region) {
  const given = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || process.env.AWS_ENDPOINT_URL;
  if (given) return endpointOf(given);
  return endpointOf(`https://${service}.${region}.${suffixOf(region)}`);
}
function suffixOf(region) {
  if (region.startsWith("cn-")) return "amazonaws.com.cn";
  if (process.env.AWS_USE_DUALSTACK_ENDPOINT === "true") return "api.aws";
  return region.startsWith("eusc-") ? "amazonaws.eu" : "amazonaws.com";
}
function ownRegion() {
  return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1";
}
async function attemptOf(request2, milliseconds) {
  const shared = processState();
  const answer = await exchange(request2, milliseconds);
  if (!SKEWED.test(answer.type) || !answer.date) return answer;
  const difference = Date.parse(answer.date) - Date.now();
  if (!(Math.abs(difference - shared.clock) > SKEW)) return answer;
  shared.clock = difference;
  return exchange(request2, milliseconds);
}
async function exchange(request2, milliseconds) {
  const { endpoint, method, body } = request2;
  const credentials = await findCredentials(endpoint.host);
  const path = endpoint.path + request2.path;
  for (; ; ) {
    const headers = sign({ ...request2, host: endpoint.host, path }, credentials, request2, Date.now() + processState().clock);
    if (request2.contentType) headers["content-type"] = request2.contentType;
    if (body !== void 0) headers["content-length"] = String(Buffer.byteLength(body));
    try {
      return await roundTrip(endpoint, { method, path, headers }, body, milliseconds);
    } catch (error) {
      if (!error.isStale) throw error;
    }
  }
}
function roundTrip({ isTls, hostname, port }, options, body, milliseconds) {
  return new Promise((resolve, reject) => {
    const request2 = (isTls ? https : http).request({ ...options, hostname, port, agent: agentFor(isTls) });
    const timer = setTimeout(() => {
      request2.destroy(Object.assign(new Error(`no answer in ${milliseconds} ms`), { code: "ETIMEDOUT" }));
    }, milliseconds);
    let isAnswered = false;
    const fail = (error) => {
      clearTimeout(timer);
      const isStale = request2.reusedSocket && !isAnswered && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(Object.assign(error, { isStale }));
    };
    request2.on("error", fail);
    request2.on("response", (response) => {
      isAnswered = true;
      let text2 = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => text2 += chunk);
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(timer);
        resolve(answerOf(response, text2));
      });
    });
    request2.end(body);
  });
}
function answerOf({ statusCode, headers }, body) {
  const status = statusCode;
  const type = status < 300 ? "" : String(headers["x-amzn-errortype"] ?? typeIn(body) ?? "");
  return { status, type: type.replace(/^.*#|:.*$/g, ""), body, date: headers.date };
}
function typeIn(body) {
  const value = parsed2(body);
  return value.__type ?? value.code;
}
function parsed2(body) {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}
function agentFor(isTls) {
  const shared = processState();
  const options = { keepAlive: true, scheduling: "lifo", maxSockets: SOCKETS };
  return isTls ? shared.https ??= new https.Agent(options) : shared.http ??= new http.Agent(options);
}
function processState() {
  return PROCESS3[KEY4] ??= { clock: 0 };
}

// lib/runtime/address.ts
function addressOf(stage) {
  const current = currentInvocation();
  const name2 = stage ?? current?.stage;
  const urls = environmentSetting("WEBSOCKET_CALLBACK_URLS");
  const own = name2 !== void 0 && urls?.[name2];
  const { endpoint, client } = configuration();
  if (endpoint === void 0 && typeof own === "string") return { endpoint: endpointOf(own), isSure: !client };
  const single = endpoint ?? (urls && name2 !== void 0 ? void 0 : process.env.WEBSOCKET_CALLBACK_URL);
  const found = single === void 0 ? void 0 : endpointOf(single);
  const isOfStage = name2 !== void 0 && found?.path.split("/").pop() === name2;
  const isCurrent = name2 !== void 0 && name2 === current?.stage;
  if (found && (endpoint !== void 0 || isOfStage || !isCurrent)) return { endpoint: found, isSure: isOfStage };
  if (isCurrent) {
    const { domainName } = current.event.requestContext;
    if (found?.hostname === domainName) return { endpoint: found, isSure: false };
    return { endpoint: endpointOf(`https://${domainName}/${name2}`), isSure: !client };
  }
  throw runtimeError("NO_ENDPOINT", `the callback URL of ${name2 === void 0 ? "the stage" : `the stage "${name2}"`} is not known: neither WEBSOCKET_CALLBACK_URLS nor WEBSOCKET_CALLBACK_URL has it. Outside of the service: \`service.grantPublish(fn)\`, or \`configure\``);
}

// lib/runtime/fan-out.ts
var import_node_crypto2 = require("node:crypto");

// lib/runtime/aws/lambda.ts
var ACCEPTED = 202;
async function invokeEvent(functionName, payload) {
  const region = storeSettings().region ?? ownRegion();
  const { status, type, body } = await send({
    service: "lambda",
    region,
    endpoint: serviceEndpoint("lambda", region),
    method: "POST",
    path: `/2015-03-31/functions/${encoded(functionName)}/invocations`,
    headers: { "x-amz-invocation-type": "Event" },
    contentType: "application/json",
    body: payload
  }, currentDeadline());
  if (status === ACCEPTED) return;
  const { message, Message = message } = parsed2(body);
  const code = status === 403 ? "FORBIDDEN" : status === 429 ? "THROTTLED" : status >= 500 ? "TIMEOUT" : "CONFIGURATION";
  throw runtimeError(code, `Lambda did not accept an invocation of ${functionName}: ${status} ${type} ${String(Message ?? "")}`.trim());
}

// lib/runtime/management-api.ts
async function callConnection(method, id, { endpoint }, deadline, frame) {
  if (/^\.{0,2}$/.test(id)) return { status: 400, type: "BadRequestException", body: `{"message":"Invalid connectionId: '${id}'"}` };
  return send({
    service: "execute-api",
    // Host names of AWS have their region, custom domains do not.
    region: /(?:^|\.)execute-api(?:-fips)?\.([a-z0-9-]+)\./.exec(endpoint.hostname)?.[1] ?? ownRegion(),
    endpoint,
    method,
    path: `/@connections/${encoded(id)}`,
    ...frame
  }, deadline, isPassing, configuration().request?.(method, id, frame?.body));
}
function failureOf({ status, type, body }, { endpoint }) {
  const { message, Message = message } = parsed2(body);
  const what = [`${endpoint.host}${endpoint.path} answered ${status}`, type, Message].filter(Boolean).join(" ");
  return { code: codeOf(status) ?? (type || `HTTP_${status}`), message: what };
}
function codeOf(status) {
  if (status === 403) return "FORBIDDEN";
  if (status === 413) return "TOO_LARGE";
  if (status === 429) return "THROTTLED";
  return status >= 500 ? "TIMEOUT" : void 0;
}

// lib/runtime/posts.ts
var MOST_BYTES = 131072;
async function post({ connectionId, at }, address, deadline, frame) {
  try {
    const answer = await callConnection("POST", connectionId, address, deadline, frame);
    if (answer.status < 300) return "delivered";
    if (answer.status !== 410) return failureOf(answer, address);
    return isYoung(at) ? "pending" : "gone";
  } catch (error) {
    return failureIn(error);
  }
}
function isYoung(at) {
  return Date.now() - at < 3e4;
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
  const body = Buffer.from(frameOf(data));
  return { body, hash: hashOf(body) };
}

// lib/runtime/fan-out.ts
var [MOST_IDS, MOST_BYTES2] = [2e3, 2e5];
var AT_ONCE = 8;
async function handOver(functionName, shipment, recipients, postsPerSecond, failed) {
  const parts = partsOf(shipment, recipients);
  const share = postsPerSecond / (parts.length + 1);
  let accepted = 0;
  let next = 0;
  const worker = async () => {
    while (next < parts.length) {
      const { part, from, to } = parts[next++];
      const own = recipients.slice(from, to);
      try {
        await invokeEvent(functionName, JSON.stringify({ ...part, postsPerSecond: share }));
        accepted += own.filter(({ quiet }) => !quiet).length;
      } catch (error) {
        failed(own, error);
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
  recipients.forEach((recipient, index) => {
    const entry = entryOf(recipient, common.stage);
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (list.length === MOST_IDS || bytes + size > room && list.length > 0) {
      parts.push({ part: { ...common, part: (0, import_node_crypto2.randomUUID)(), recipients: list }, from: index - list.length, to: index });
      [list, bytes] = [[], 0];
    }
    list.push(entry);
    bytes += size;
  });
  if (list.length > 0) {
    parts.push({ part: { ...common, part: (0, import_node_crypto2.randomUUID)(), recipients: list }, from: recipients.length - list.length, to: recipients.length });
  }
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

// lib/runtime/store/keys.ts
var CONNECTION_SECONDS = 7800;
var connectionKey = (id) => key(`C#${id}`, "C");
var userKey = (user, id) => key(userPartition(user), id);
var memberKey = (room, id) => key(roomPartition(room), id);
var userPartition = (user) => `U#${user}`;
var roomPartition = (room) => `R#${room}`;
var number = (value) => ({ N: String(value) });
var text = (value) => ({ S: value });
var endOf = (at, seconds) => number(Math.floor(at / 1e3) + seconds);
function isOver(item, now) {
  return Number(item.ttl?.N) <= Math.floor(now / 1e3);
}
function key(pk, sk) {
  return { pk: text(pk), sk: text(sk) };
}

// lib/runtime/aws/dynamo-db.ts
var import_node_crypto3 = require("node:crypto");
var import_promises2 = require("node:timers/promises");
var PASSING = /^(ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded|InternalServerError|TransactionInProgress)/;
var PASSING_REASONS = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
function dynamoDb() {
  return operate;
}
async function operate(operation, input) {
  const end = currentDeadline();
  if (operation === "TransactWriteItems") return request(operation, { ClientRequestToken: (0, import_node_crypto3.randomUUID)(), ...input }, end);
  let result = await request(operation, input, end);
  for (let attempt = 1; isUnfinished(result.UnprocessedItems); attempt++) {
    const pause = pauseBefore(attempt);
    if (Date.now() + pause >= end) throw failure("ProvisionedThroughputExceededException", `${operation}: unprocessed at the deadline`);
    await (0, import_promises2.setTimeout)(pause);
    result = await request(operation, { ...input, RequestItems: result.UnprocessedItems }, end);
  }
  return result;
}
async function request(operation, input, end) {
  const region = storeSettings().region ?? ownRegion();
  const answer = await send({
    service: "dynamodb",
    region,
    endpoint: serviceEndpoint("dynamodb", region),
    method: "POST",
    path: "/",
    headers: { "x-amz-target": `DynamoDB_20120810.${operation}` },
    contentType: "application/x-amz-json-1.0",
    body: JSON.stringify(input)
  }, end, mayPass);
  const value = parsed2(answer.body);
  if (answer.status === 200) return value;
  const message = value.message ?? value.Message ?? `status ${answer.status}`;
  const details = { item: value.Item, reasons: value.CancellationReasons };
  throw failure(answer.type || "UnknownError", `${operation}: ${String(message)}`, details);
}
function mayPass(answer) {
  if (answer.status === 200) return false;
  if (isPassing(answer) || PASSING.test(answer.type)) return true;
  const reasons = parsed2(answer.body).CancellationReasons;
  if (answer.type !== "TransactionCanceledException" || !Array.isArray(reasons)) return false;
  const codes = reasons.map(({ Code = "None" }) => Code).filter((code) => code !== "None");
  return codes.length > 0 && codes.every((code) => PASSING_REASONS.includes(code));
}
function isUnfinished(unprocessed) {
  return Object.keys(Object(unprocessed)).length > 0;
}
function failure(name2, message, details = {}) {
  return Object.assign(new Error(message), { name: name2, ...details });
}

// lib/runtime/store/table.ts
var CONDITION_FAILED = "ConditionalCheckFailed";
async function operate2(operation, input) {
  return call2(operation, { TableName: storeSettings().table, ...input });
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
    await call2("TransactWriteItems", { TransactItems: actions.map(([verb, input]) => ({ [verb]: { TableName, ...input } })) });
    return void 0;
  } catch (error) {
    const { reasons = [] } = error;
    if (!reasons.some(({ Code }) => Code === CONDITION_FAILED)) throw storeFailure("TransactWriteItems", error);
    return reasons.map(({ Code, Item: Item3 }) => ({ failed: Code === CONDITION_FAILED, item: Item3 }));
  }
}
function itemOf(attributes) {
  return Object.fromEntries(Object.entries(attributes).filter(([, attribute]) => attribute !== void 0));
}
async function call2(operation, input) {
  try {
    return await dynamoDb()(operation, input);
  } catch (error) {
    throw storeFailure(operation, error);
  }
}
function storeFailure(operation, error) {
  const { name: name2, message, reasons } = error;
  if (isRuntimeError(error) || name2 === `${CONDITION_FAILED}Exception` || reasons) return error;
  return runtimeError("STORE_FAILED", `${operation} on the table ${storeSettings().table} failed: ${name2}: ${message}`, error);
}

// lib/runtime/store/connection-item.ts
async function connectionItem(id) {
  const { Item: Item3 } = await operate2("GetItem", { Key: connectionKey(id), ConsistentRead: true });
  if (!Item3 || Item3.closed || isOver(Item3, Date.now())) return void 0;
  const { user, stage, at, ip, rooms } = Item3;
  return { id, user: user?.S, stage: stage.S, at: Number(at.N), ip: ip?.S, rooms: rooms?.SS ?? [] };
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
  const keys2 = (rooms?.SS ?? []).map((room) => memberKey(room, id));
  if (user) keys2.push(userKey(user.S, id));
  if (row && !keys2.some(({ pk }) => pk.S === row.pk.S)) keys2.push(row);
  const ended = await Promise.all(keys2.map(deleteRow));
  if (closed) await deleteRow(connectionKey(id));
  return ended.filter((item) => item?.joined);
}
async function deleteRow({ pk, sk }) {
  return (await operate2("DeleteItem", { Key: { pk, sk }, ReturnValues: "ALL_OLD" })).Attributes;
}

// lib/runtime/store-link.ts
var PROCESS4 = globalThis;
var KEY5 = /* @__PURE__ */ Symbol.for("cdk-websocket-service.store");
function linkStore(link) {
  return PROCESS4[KEY5] = link;
}

// lib/runtime/delivery.ts
var [CONCURRENCY, REMOVALS, POSTS_PER_SECOND] = [40, 10, 5e3];
var [CORE_SPEED, CORE_MEMORY] = [2e3, 1769];
var [RELIED_ON, RESERVE] = [0.7, 500];
var [INTERVAL, MEASURED] = [100, 300];
var PROCESS5 = globalThis;
var PACE = /* @__PURE__ */ Symbol.for("cdk-websocket-service.pace");
var LINK = /* @__PURE__ */ linkStore({ find: connectionItem, remove });
async function deliver(consignment) {
  const { deadline = currentDeadline() } = consignment;
  const { maxConcurrency = CONCURRENCY, postsPerSecond = POSTS_PER_SECOND } = { ...configuration(), ...consignment };
  const frame = prepared(consignment.frame);
  const quietFrame = consignment.quietFrame === void 0 ? frame : prepared(consignment.quietFrame);
  const recipients = withStages(consignment.recipients);
  const addresses = addressesOf(recipients);
  const delivery = { delivered: 0, gone: [], pending: [], failed: [], handedOver: 0 };
  const removable = [];
  const fail = ({ connectionId, quiet }, { code, message }) => {
    if (!quiet) delivery.failed.push({ connectionId, code, message });
  };
  const settle = (recipient, isSure, outcome) => {
    const { connectionId, quiet } = recipient;
    if (outcome === "gone" && isSure) removable.push(connectionId);
    if (typeof outcome === "object") fail(recipient, outcome);
    else if (quiet) return;
    else if (outcome === "delivered") delivery.delivered++;
    else delivery[outcome].push(connectionId);
  };
  let [next, end, done] = [0, recipients.length, 0];
  const worker = async () => {
    while (next < end) {
      const recipient = recipients[next++];
      const address = addresses.get(recipient.stage);
      if (!("endpoint" in address)) {
        fail(recipient, address);
      } else if (await turn(postsPerSecond, deadline)) {
        settle(recipient, address.isSure, await post(recipient, address, deadline, recipient.quiet ? quietFrame : frame));
      } else if (!recipient.quiet) {
        delivery.pending.push(recipient.connectionId);
      }
      done++;
    }
  };
  const began = Date.now();
  const handovers = [];
  const functionName = !consignment.isPart && hasStore() ? storeSettings().fanOut : void 0;
  const plan = () => {
    const now = Date.now();
    const measured = now - began < MEASURED ? assumedSpeed() : (done + maxConcurrency) * 1e3 / (now - began);
    const fitting = Math.max(0, Math.floor(Math.min(measured, postsPerSecond) * (RELIED_ON * (deadline - now) - RESERVE) / 1e3));
    if (end - next <= fitting) return;
    const from = next + Math.floor(fitting * RELIED_ON);
    const handed = recipients.slice(from, end);
    end = from;
    handovers.push(handOver(functionName, consignment, handed, postsPerSecond, (failed, error) => {
      for (const recipient of failed) fail(recipient, failureIn(error));
    }).then((count) => {
      delivery.handedOver += count;
    }));
  };
  let timer;
  if (functionName) {
    plan();
    timer = setInterval(plan, INTERVAL);
  }
  await Promise.all(Array.from({ length: Math.min(maxConcurrency, end) }, worker));
  clearInterval(timer);
  await Promise.all(handovers);
  if (removable.length > 0 && !consignment.keepsGone && hasStore()) await LINK.remove(removable, consignment.rows, deadline);
  return delivery;
}
async function announceLeft(ended) {
  for (const announcement2 of await leftAnnouncements(ended)) await deliver({ ...announcement2, keepsGone: true });
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
  await announceLeft(ended).catch((error) => failures.push(error));
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
  let failure2;
  for (const { stage } of recipients) {
    if (addresses.has(stage)) continue;
    try {
      addresses.set(stage, addressOf(stage));
      known++;
    } catch (error) {
      addresses.set(stage, failureIn(failure2 = error));
    }
  }
  if (failure2 && known === 0) throw failure2;
  return addresses;
}
async function turn(postsPerSecond, deadline) {
  const pace = PROCESS5[PACE] ??= { next: 0 };
  const now = Date.now();
  const slot = Math.max(now, pace.next);
  if (slot >= deadline) return false;
  pace.next = slot + 1e3 / postsPerSecond;
  if (slot - now >= 1) await (0, import_promises3.setTimeout)(slot - now);
  return true;
}
function assumedSpeed() {
  return CORE_SPEED * Math.min(1, Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? CORE_MEMORY) / CORE_MEMORY);
}

// lib/runtime/store/connections.ts
async function recordConnection({ id, user, stage, at, ip }) {
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
  const { eventType, connectionId } = event?.requestContext ?? {};
  if (connectionId === void 0) return fn();
  if (isTrackedEvent(event) || "methodArn" in event || eventType !== "CONNECT" && eventType !== "DISCONNECT") {
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
