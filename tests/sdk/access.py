"""Calls a REST API as users and sessions of IAM, and with an API key, and prints the answers as JSON."""

import json
import os

import boto3
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
REGION = "us-east-1"

gateway, iam, sts = (boto3.client(service) for service in ("apigateway", "iam", "sts"))
http = URLLib3Session()


def patch(path, value):
    return [{"op": "replace", "path": path, "value": value}]


def method(api, path, template, **settings):
    resource = gateway.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart=path)
    target = {"restApiId": api["id"], "resourceId": resource["id"], "httpMethod": "POST"}
    gateway.put_method(**target, **settings)
    gateway.put_method_response(**target, statusCode="200")
    request = {"$default": '{"statusCode": 200}'}
    gateway.put_integration(**target, type="MOCK", requestTemplates=request)
    response = {"application/json": template}
    gateway.put_integration_response(**target, statusCode="200", responseTemplates=response)


api = gateway.create_rest_api(name="access")
method(api, "signed", '{"arn": "$context.identity.userArn"}', authorizationType="AWS_IAM")
method(api, "keyed", '{"key": "$context.identity.apiKeyId"}', authorizationType="NONE", apiKeyRequired=True)
gateway.create_deployment(restApiId=api["id"], stageName="live")
url = f"{ENDPOINT}/_aws/execute-api/{api['id']}/live"


def send(request):
    """The status, the error type if there is one, and the body."""
    answer = http.send(request.prepare())
    return [answer.status_code, answer.headers.get("x-amzn-errortype"), json.loads(answer.content)]


def signed(credentials, auth=SigV4Auth, **options):
    request = AWSRequest("POST", f"{url}/signed?b=2&a=%C3%A9%20x", data=b"" if options else b"body")
    auth(credentials, "execute-api", REGION, **options).add_auth(request)
    return send(request)


def keyed(**headers):
    return send(AWSRequest("POST", f"{url}/keyed", headers=headers))


def of(access):
    return Credentials(access["AccessKeyId"], access["SecretAccessKey"], access.get("SessionToken"))


user = iam.create_user(UserName="api-caller")["User"]
access_key = iam.create_access_key(UserName="api-caller")["AccessKey"]
caller = of(access_key)
trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": trust})
role = iam.create_role(RoleName="api-role", AssumeRolePolicyDocument=trust)["Role"]
assumed = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me")
session = of(assumed["Credentials"])

report = {
    "the key of everybody": signed(Credentials("test", "test")),
    "a user": signed(caller),
    "a presigned request": signed(caller, SigV4QueryAuth, expires=60),
    "a session": signed(session),
    "a session without its token": signed(Credentials(session.access_key, session.secret_key)),
    "nobody": send(AWSRequest("POST", f"{url}/signed")),
    "an unknown key": signed(Credentials("AKIAUNKNOWN", "test")),
    "the identities of MiniStack": send(AWSRequest("POST", f"{ENDPOINT}/_spillway/identity", data=b"{}")),
}
status, error_type, body = signed(Credentials(caller.access_key, "wrong"))
report["a wrong secret"] = [status, error_type, body["message"].split(".")[0]]

denied = {"Effect": "Deny", "Principal": {"AWS": user["Arn"]}, "Action": "*", "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
gateway.update_rest_api(restApiId=api["id"], patchOperations=patch("/policy", policy))
report["whom a policy denies, before it is deployed"] = signed(caller)[0]
gateway.create_deployment(restApiId=api["id"], stageName="live")
status, error_type, body = signed(caller)
report["whom a policy denies"] = [status, error_type, body["Message"].replace(api["id"], "API")]
report["whom it does not deny"] = signed(session)[0]

iam.update_access_key(UserName="api-caller", AccessKeyId=caller.access_key, Status="Inactive")
report["a key that is not active"] = signed(caller)

gateway.update_rest_api(restApiId=api["id"], patchOperations=patch("/policy", ""))
gateway.create_deployment(restApiId=api["id"], stageName="live")
key = gateway.create_api_key(name="k", enabled=True)
report["a key without a plan"] = keyed(**{"x-api-key": key["value"]})
plan = gateway.create_usage_plan(
    name="p",
    apiStages=[{"apiId": api["id"], "stage": "live"}],
    quota={"limit": 2, "period": "MONTH"},
)["id"]
gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
report["no key"] = keyed()
three = [keyed(**{"x-api-key": key["value"]}) for _ in range(3)]
report["the key is shown"] = three[0][2] == {"key": key["id"]}
report["more than the quota"] = [three[0][0], three[1][0], three[2]]
usage = gateway.update_usage(usagePlanId=plan, keyId=key["id"], patchOperations=patch("/remaining", "1"))
report["usage"] = usage["items"][key["id"]]
report["more was granted"] = [keyed(**{"x-api-key": key["value"]})[0] for _ in range(2)]

print(json.dumps(report))
