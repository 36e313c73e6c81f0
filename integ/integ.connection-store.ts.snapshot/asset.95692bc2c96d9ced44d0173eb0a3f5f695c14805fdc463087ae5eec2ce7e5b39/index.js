"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
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

// lib/lambda/fan-out.ts
var fan_out_exports = {};
__export(fan_out_exports, {
  handler: () => handler
});
module.exports = __toCommonJS(fan_out_exports);
var import_node_crypto2 = require("node:crypto");

// lib/runtime/delivery.ts
var import_promises = require("node:timers/promises");

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
async function sdkCredentials(name) {
  try {
    const state2 = processState();
    state2.credentials ??= optional(name).then((sdk) => sdk.defaultProvider());
    return await (await state2.credentials)();
  } catch (error) {
    const why = `no credentials: AWS_ACCESS_KEY_ID is not set, and ${name} says: ${error.message}`;
    throw runtimeError("CONFIGURATION", why, error);
  }
}
async function optional(name) {
  return import(name);
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
function environmentSetting(name) {
  const text2 = process.env[name];
  return text2 ? once(`${name}=${text2}`, () => objectIn(text2)) ?? refuse(name, text2) : void 0;
}
function refuse(name, text2) {
  throw runtimeError("CONFIGURATION", `${name} in the environment must be a JSON object, as the construct sets it, not ${text2}`);
}

// lib/runtime/invocation.ts
var import_node_async_hooks = require("node:async_hooks");
var RESERVE_MS = 500;
function currentInvocation() {
  return storage().getStore();
}
function storage() {
  return processState().invocations ??= new import_node_async_hooks.AsyncLocalStorage();
}

// lib/runtime/address.ts
function addressOf(stage) {
  const current = currentInvocation();
  const name = stage ?? current?.stage;
  const here = current?.stage === name ? current?.event?.requestContext : void 0;
  const urls = environmentSetting("WEBSOCKET_CALLBACK_URLS");
  const { endpoint: given, client } = configuration();
  const own = name !== void 0 && urls?.[name];
  const url = given ?? (typeof own === "string" ? own : urls && name !== void 0 ? void 0 : process.env.WEBSOCKET_CALLBACK_URL);
  const endpoint = url ? endpointOf(url) : void 0;
  const isOfStage = url === own || endpoint?.path.split("/").pop() === name;
  if (endpoint && (given !== void 0 || isOfStage || !here || endpoint.hostname === here.domainName)) {
    return { endpoint, isSure: isOfStage && (given !== void 0 || !client) };
  }
  if (here) return { endpoint: endpointOf(`https://${here.domainName}/${name}`), isSure: !client };
  const what = name === void 0 ? "" : ` of the stage "${name}"`;
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
  for (const name of names) {
    list.push(name, signed[name]);
    lines += `${name}:${signed[name].trim().replace(/\s+/g, " ")}
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
  const { code, name, message } = error;
  return { code: typeof code === "string" ? code : name, message };
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
function recipientsOf({ recipients, stage: common }) {
  return recipients.map((one) => {
    if (typeof one === "string") return { connectionId: one, stage: common };
    const [connectionId, stage, at, quiet] = one;
    return { connectionId, stage: stage ?? common, at: at ?? void 0, quiet: quiet === 1 };
  });
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
var connectionKey = (id) => key(`C#${id}`, "C");
var userKey = (user, id) => key(userPartition(user), id);
var memberKey = (room, id) => key(roomPartition(room), id);
var userPartition = (user) => `U#${user}`;
var roomPartition = (room) => `R#${room}`;
var number = (value) => ({ N: String(value) });
var text = (value) => ({ S: value });
var endOf = (at, seconds) => number(Math.floor(at / 1e3) + seconds);
function key(pk, sk) {
  return { pk: text(pk), sk: text(sk) };
}

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
    const members = await memberRows(pk, MOST_TO_ANNOUNCE + 1);
    if (members.length > MOST_TO_ANNOUNCE) {
      console.warn(`cdk-websocket-service: room:left is not sent to ${roomOf(pk)}, which has more than ${MOST_TO_ANNOUNCE} members`);
      continue;
    }
    for (const row of announced) {
      if (row.pk.S === pk) found.push(announcement("room:left", row, Math.max(Date.now(), Number(row.joined.N) + 1), members));
    }
  }
  return found.filter(({ recipients }) => recipients.length > 0);
}
function announcement(event, { pk, sk, user, meta }, at, members) {
  const data = { connectionId: sk.S, user: user?.S, meta: meta && JSON.parse(meta.S) };
  return {
    recipients: members.filter((member) => member.sk.S !== sk.S).map(recipientOf),
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
async function removeConnection(id) {
  await announceLeft(await removeGone(id));
}

// lib/lambda/fan-out.ts
var LAST_WORD_MS = 300;
var REMEMBERED_SECONDS = 86400;
async function handler(event, context) {
  return "gone" in event ? removeConnection(event.gone) : send2(event, context);
}
async function send2(part, context) {
  const began = Date.now();
  const deadline = began + context.getRemainingTimeInMillis() - RESERVE_MS;
  const { frame, isBase64, quietFrame, rows, postsPerSecond } = part;
  const recipients = recipientsOf(part);
  const delivery = noDelivery();
  let isSending = false;
  const tell = (outcome) => log({ fanOut: part.part, rows, recipients: recipients.length }, outcome);
  const tellResult = () => {
    const left = isSending ? delivery.pending : recipients.map(({ connectionId }) => connectionId);
    tell({ ...summary(delivery), ...left.length > 0 && { left }, milliseconds: Date.now() - began });
  };
  const lastWord = setTimeout(tellResult, deadline + LAST_WORD_MS - began);
  try {
    if (!await isFirst(part.part)) return tell({ repeated: true });
    isSending = true;
    const data = isBase64 ? Buffer.from(frame, "base64") : frame;
    await deliver({ recipients, frame: data, quietFrame, rows, deadline, postsPerSecond, isPart: true }, delivery);
    if (Date.now() < deadline + LAST_WORD_MS) tellResult();
  } catch (error) {
    tell({ error: String(error) });
    throw error;
  } finally {
    clearTimeout(lastWord);
  }
}
async function isFirst(part) {
  const by = (0, import_node_crypto2.randomUUID)();
  try {
    await operate2("PutItem", {
      Item: { pk: text(`F#${part}`), sk: text("part"), by: text(by), ttl: endOf(Date.now(), REMEMBERED_SECONDS) },
      ConditionExpression: "attribute_not_exists(pk)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD"
    });
    return true;
  } catch (error) {
    const { name, item } = error;
    if (name === "ConditionalCheckFailedException") return item?.by?.S === by;
    console.warn(`cdk-websocket-service: a repetition of the part ${part} would not be noticed:`, error);
    return true;
  }
}
function summary({ delivered, gone, pending, failed }) {
  const failures = {};
  for (const { code, connectionId, message } of failed) {
    (failures[code] ??= { count: 0, example: { connectionId, message } }).count++;
  }
  return { delivered, gone: gone.length, pending: pending.length, failed: failed.length, ...failed.length > 0 && { failures } };
}
function log(about, outcome) {
  console.log(JSON.stringify({ ...about, ...outcome }));
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  handler
});
