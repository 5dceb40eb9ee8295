"""Makes a REST API with the Python SDK and prints, as JSON, what the SDK made of the answers."""

import json

import boto3
from botocore.exceptions import ClientError

client = boto3.client("apigateway")


def error(call, **arguments):
    """The code and the status of the error that a call has to end with."""
    try:
        call(**arguments)
    except ClientError as refused:
        return [
            refused.response["Error"]["Code"],
            refused.response["ResponseMetadata"]["HTTPStatusCode"],
        ]
    return "it succeeded"


def patch(path, value, op="replace"):
    return [{"op": op, "path": path, "value": value}]


api = client.create_rest_api(name="from-sdk", tags={"Team": "tests"})
api_id = api["id"]
root = api["rootResourceId"]

# `createdDate` is read as a date, so it was a number of seconds.
assert api["createdDate"].year >= 2024, api["createdDate"]

for number in range(11):
    resource = client.create_resource(restApiId=api_id, parentId=root, pathPart=f"r{number}")
    target = {"restApiId": api_id, "resourceId": resource["id"], "httpMethod": "GET"}
    client.put_method(**target, authorizationType="NONE")
    client.put_method_response(**target, statusCode="200")
    client.put_integration(
        **target,
        type="MOCK",
        requestTemplates={"application/json": '{"statusCode": 200}'},
        timeoutInMillis=2000,
    )
    client.put_integration_response(
        **target,
        statusCode="200",
        responseTemplates={"application/json": '{"resource":"$context.resourcePath"}'},
    )

client.update_integration(**target, patchOperations=patch("/timeoutInMillis", "1500"))
client.update_rest_api(restApiId=api_id, patchOperations=patch("/name", "renamed"))
deployment = client.create_deployment(restApiId=api_id, stageName="sdk")

pages = client.get_paginator("get_resources").paginate(
    restApiId=api_id, PaginationConfig={"PageSize": 5}
)
arn = f"arn:aws:apigateway:us-east-1::/restapis/{api_id}"

errors = {
    "an API that is not there": error(client.get_rest_api, restApiId="nosuchapi0"),
    "a resource that is there already": error(
        client.create_resource, restApiId=api_id, parentId=root, pathPart="r1"
    ),
    "a method without authorization type": error(
        client.put_method, **{**target, "httpMethod": "PUT"}, authorizationType=""
    ),
    "a path that cannot be patched": error(
        client.update_rest_api, restApiId=api_id, patchOperations=patch("/id", "x")
    ),
    "a deployment that a stage uses": error(
        client.delete_deployment, restApiId=api_id, deploymentId=deployment["id"]
    ),
}

print(
    json.dumps(
        {
            "api": api_id,
            "seen": {
                "errors": errors,
                "name": client.get_rest_api(restApiId=api_id)["name"],
                "paged": sum(len(page["items"]) for page in pages),
                "tags": client.get_tags(resourceArn=arn)["tags"],
                "timeout": client.get_integration(**target)["timeoutInMillis"],
            },
        }
    )
)
