"""Runs MiniStack behind the one endpoint, for as long as the process that started it lives.

It listens on a free port of the loopback interface and prints that port, but takes the endpoint's
port (GATEWAY_PORT) for its own in the URLs it hands out.

The parent holds the other end of standard input. When it goes, however it goes, the pipe ends,
and this process takes its whole group, the function processes among them, with it.

To the endpoint, and to nobody through it, it tells at IDENTITY_PATH to whom an access key belongs:
no call of AWS's tells a secret, and without it no signature can be checked.

Where policies are enforced, MiniStack judges a call of DynamoDB Streams as one about everything
("*"), which no policy that names its streams allows. Here it learns which stream a call is about, and
that SQS knows no actions of batches: `sqs:DeleteMessage` allows `DeleteMessageBatch`.
"""

import asyncio
import json
import os
import signal
import socket
import socketserver
import threading

# The Lambda Runtime API is served by socketserver. Nagle's algorithm against delayed
# acknowledgements costs every warm invocation 40 ms.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True

# Seconds or requests: ten years of the one, more than enough of the other.
NEVER = 10 * 365 * 24 * 3600

IDENTITY_PATH = b"/_spillway/identity"


def end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


def listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


def identity(access_key_id: str) -> dict:
    from ministack.core import iam_evaluator, responses

    try:
        account_id = (
            responses._account_from_sts_session(access_key_id)
            or iam_evaluator.find_iam_access_key_account(access_key_id)
        )
    except iam_evaluator.AmbiguousAccessKeyError:
        return {"state": "unknown"}
    if not account_id and len(access_key_id) == 12 and access_key_id.isdigit():
        account_id = access_key_id
    found = iam_evaluator.resolve_credential(access_key_id, account_id)
    if isinstance(found, iam_evaluator.CredentialResolutionError):
        is_expired = found.code == "ExpiredTokenException"
        return {"state": "expired" if is_expired else "unknown"}
    return {
        "state": "known",
        "secretAccessKey": found.secret_access_key,
        "sessionToken": found.session_token,
        "arn": found.principal_arn,
        "accountId": found.account_id,
        "userId": found.principal_id,
    }


def judge_streams_by_their_arns() -> None:
    from ministack.core import iam_actions
    from ministack.services import dynamodb_streams

    resource = iam_actions.extract_resource_arn

    def arn(service, method, path, headers, body, *rest):
        named = stream(body) if service == "dynamodbstreams" else None
        return named or resource(service, method, path, headers, body, *rest)

    def stream(body):
        try:
            request = json.loads(body)
            if "ShardIterator" in request:
                return dynamodb_streams._decode_iterator(request["ShardIterator"])["arn"]
            return request.get("StreamArn")
        # What is no request of its form, MiniStack refuses in its own words.
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    iam_actions.extract_resource_arn = arn


def judge_batches_of_messages_by_their_single_calls() -> None:
    from ministack.core import iam_actions

    extract = iam_actions.extract_iam_action

    def action(service, *rest):
        found = extract(service, *rest)
        return found.removesuffix("Batch") if service == "sqs" and found else found

    iam_actions.extract_iam_action = action


def with_identities(app):
    async def answer(scope, receive, send):
        if scope["type"] != "http" or scope["raw_path"] != IDENTITY_PATH:
            await app(scope, receive, send)
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        found = json.dumps(identity(json.loads(body)["accessKeyId"])).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found, "more_body": False})

    return answer


def main() -> None:
    # The thread must be there before MiniStack starts, which takes a moment.
    threading.Thread(target=end_with_parent, daemon=True).start()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    judge_streams_by_their_arns()
    judge_batches_of_messages_by_their_single_calls()
    listener = listen()
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    # The endpoint alone ends its connections. If MiniStack did, it could do so with a request that
    # it had just begun to carry out, and whoever tried again would find it done already.
    config.keep_alive_timeout = NEVER
    config.keep_alive_max_requests = NEVER
    config.loglevel = "WARNING"
    print(listener.getsockname()[1], flush=True)
    # Nobody reads standard output any further: what is still written goes to the log.
    os.dup2(2, 1)
    asyncio.run(serve(with_identities(app), config))


main()
