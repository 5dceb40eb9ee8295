"""The function of an authorizer: whoever sends the word `allow` may call what they call."""


def handler(event, _context):
    word = event["authorizationToken"]
    if word == "unauthorized":
        raise Exception("Unauthorized")
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow" if word == "allow" else "Deny",
        "Resource": event["methodArn"],
    }
    return {
        "principalId": "ada",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"word": word, "attempt": 1},
    }
