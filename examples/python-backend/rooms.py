"""Rooms for a backend in Python, on the connection store of a WebsocketService (docs/store.md)."""

import json
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STORE = json.loads(os.environ["WEBSOCKET_STORE"])
URLS = json.loads(os.environ["WEBSOCKET_CALLBACK_URLS"])

LIFE = 7800  # seconds: the two hours that a connection may last, and ten minutes
COUNTER_LIFE = 86_400
MOST_ROOMS = 100
YOUNG = 30_000  # milliseconds: API Gateway answers 410 until $connect has returned

dynamodb = boto3.client("dynamodb", region_name=STORE["region"])
stages = {stage: boto3.client("apigatewaymanagementapi", endpoint_url=url) for stage, url in URLS.items()}


class NotConnected(Exception):
    """The connection is closed or unknown, or in too many rooms."""


def connect(event):
    """For the $connect of a function that is not bundled by the service: records the connection, before anything else is done."""
    context = event["requestContext"]
    claims = context.get("authorizer") or {}
    user = claims.get(STORE["userFrom"]) if "userFrom" in STORE else claims.get("principalId") or claims.get("sub")
    connection_id, at = context["connectionId"], context["connectedAt"]
    shared = {"stage": s(context["stage"]), "at": n(at), "ttl": n(at // 1000 + LIFE)}
    items = [{"pk": s(f"C#{connection_id}"), "sk": s("C"), "ip": s(context["identity"]["sourceIp"]), **shared}]
    if user:
        items[0]["user"] = s(user)
        items.append({"pk": s(f"U#{user}"), "sk": s(connection_id), **shared})
    transact([{"Put": {"TableName": STORE["table"], "Item": item}} for item in items])


def disconnect(connection_id, row=None):
    """For the $disconnect, and after a 410: marks the connection closed, deletes what it has, and the connection itself last."""
    try:
        closed = dynamodb.update_item(
            TableName=STORE["table"], Key=key(f"C#{connection_id}", "C"), UpdateExpression="SET closed = :true",
            ConditionExpression="attribute_exists(pk)", ExpressionAttributeValues={":true": {"BOOL": True}}, ReturnValues="ALL_NEW",
        )["Attributes"]
    except dynamodb.exceptions.ConditionalCheckFailedException:
        closed = {}
    keys = [key(f"R#{room}", connection_id) for room in closed.get("rooms", {}).get("SS", [])]
    if "user" in closed:
        keys.append(key(f"U#{closed['user']['S']}", connection_id))
    if row and row not in keys:
        keys.append(row)  # the connection may be gone before its row
    ended = [dynamodb.delete_item(TableName=STORE["table"], Key=one, ReturnValues="ALL_OLD").get("Attributes") for one in keys]
    if closed:
        dynamodb.delete_item(TableName=STORE["table"], Key=key(f"C#{connection_id}", "C"))
    for member in ended:
        if member and "announce" in member:
            announce("room:left", member, max(now(), int(member["joined"]["N"]) + 1))


def join(room, connection_id, stage, at, user=None, meta=None, announced=False):
    """Makes a connection a member of a room. `at` is the `connectedAt` of its event."""
    member = {
        **key(f"R#{room}", connection_id), "stage": s(stage), "at": n(at), "joined": n(now()), "ttl": n(at // 1000 + LIFE),
        **({"user": s(user)} if user else {}), **({"meta": s(json.dumps(meta))} if meta else {}),
        **({"announce": {"BOOL": True}} if announced else {}),
    }
    try:
        transact([
            {"Update": {
                "TableName": STORE["table"], "Key": key(f"C#{connection_id}", "C"), "UpdateExpression": "ADD rooms :rooms",
                "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(closed) AND #ttl > :now "
                "AND (attribute_not_exists(rooms) OR size(rooms) < :most OR contains(rooms, :room))",
                "ExpressionAttributeNames": {"#ttl": "ttl"},
                "ExpressionAttributeValues": {
                    ":rooms": {"SS": [room]}, ":room": s(room), ":most": n(MOST_ROOMS), ":now": n(now() // 1000),
                },
            }},
            {"Put": {"TableName": STORE["table"], "Item": member}},
        ])
    except dynamodb.exceptions.TransactionCanceledException as error:
        raise NotConnected(connection_id) from error
    if announced:
        announce("room:joined", member, int(member["joined"]["N"]))


def emit(room, event, data):
    """Sends an event to all members of a room: the number first, then the log, then the members."""
    frame = {"event": event, "data": data, "room": room}
    if "history" in STORE:
        frame["seq"] = number(room)
        log(room, frame["seq"], event, data)
    return deliver(members(room), json.dumps(frame))


def members(room):
    """The rows of a room, strongly consistent and without those that are over."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=STORE["table"], ConsistentRead=True, KeyConditionExpression="pk = :pk", FilterExpression="#ttl > :now",
        ExpressionAttributeNames={"#ttl": "ttl"}, ExpressionAttributeValues={":pk": s(f"R#{room}"), ":now": n(now() // 1000)},
    )
    return [row for page in pages for row in page["Items"]]


def number(room):
    """The next number of a room. It begins at the clock, so that it rises when the counter has expired."""
    began = now()
    life = max(COUNTER_LIFE, STORE["history"]["seconds"] + LIFE)
    counter = dynamodb.update_item(
        TableName=STORE["table"], Key=key(f"S#{room}", "seq"), ReturnValues="UPDATED_NEW",
        UpdateExpression="SET seq = if_not_exists(seq, :now) + :one, #first = if_not_exists(#first, :now), #ttl = :ttl",
        ExpressionAttributeNames={"#first": "first", "#ttl": "ttl"},
        ExpressionAttributeValues={":now": n(began), ":one": n(1), ":ttl": n(began // 1000 + life)},
    )
    return int(counter["Attributes"]["seq"]["N"])


def log(room, seq, event, data):
    at = now()
    dynamodb.put_item(TableName=STORE["table"], Item={
        **key(f"H#{room}", f"{seq:016}"), "event": s(event), "data": s(json.dumps(data)), "at": n(at),
        "ttl": n(at // 1000 + STORE["history"]["seconds"]),
    })


def announce(event, member, at):
    room = member["pk"]["S"][2:]
    data = {"connectionId": member["sk"]["S"]}
    if "user" in member:
        data["user"] = member["user"]["S"]
    if "meta" in member:
        data["meta"] = json.loads(member["meta"]["S"])
    others = [row for row in members(room) if row["sk"] != member["sk"]]
    deliver(others, json.dumps({"event": event, "room": room, "at": at, "data": data}))


def deliver(rows, frame):
    """What became of each post: delivered, gone, pending or failed, with the ids of connections."""
    result = {"delivered": [], "gone": [], "pending": [], "failed": []}
    with ThreadPoolExecutor(max_workers=32) as pool:
        for row, outcome in zip(rows, pool.map(lambda row: post(row, frame), rows)):
            result[outcome].append(row["sk"]["S"])
    return result


def post(row, frame):
    try:
        stages[row["stage"]["S"]].post_to_connection(ConnectionId=row["sk"]["S"], Data=frame.encode())
        return "delivered"
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 410:
            return "failed"
        if now() - int(row["at"]["N"]) < YOUNG:
            return "pending"
        disconnect(row["sk"]["S"], key(row["pk"]["S"], row["sk"]["S"]))
        return "gone"
    except (BotoCoreError, KeyError):  # no connection to API Gateway, or a stage that the service does not have
        return "failed"


def transact(items):
    """boto3 does not repeat a transaction that met another one."""
    for attempt in range(8):
        try:
            return dynamodb.transact_write_items(TransactItems=items)
        except dynamodb.exceptions.TransactionCanceledException as error:
            codes = {reason["Code"] for reason in error.response["CancellationReasons"]}
            if attempt == 7 or "ConditionalCheckFailed" in codes or "TransactionConflict" not in codes:
                raise
            time.sleep(random.uniform(0, 0.025 * 2**attempt))


def key(pk, sk):
    return {"pk": s(pk), "sk": s(sk)}


def s(text):
    return {"S": text}


def n(value):
    return {"N": str(value)}


def now():
    return time.time_ns() // 1_000_000
