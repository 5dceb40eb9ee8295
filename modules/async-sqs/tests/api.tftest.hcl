# The document: what each method is, and who may call it. Plans against a mocked provider. What the
# templates make is tested beside them (templates/cases), what the API answers end to end, on the local
# AWS.

mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

variables {
  name     = "shop"
  packages = "tests/fixtures"
}

run "methods_call_services" {
  command = plan

  assert {
    condition = {
      for path, item in yamldecode(local.document).paths : path => {
        for method, operation in item : method => [
          operation["x-amazon-apigateway-integration"].type,
          operation["x-amazon-apigateway-integration"].httpMethod,
          operation["x-amazon-apigateway-integration"].uri,
          operation["x-amazon-apigateway-integration"].credentials,
          operation["x-amazon-apigateway-integration"].passthroughBehavior,
          operation["x-amazon-apigateway-request-validator"],
        ]
      }
      } == {
      for path, call in {
        "/users"              = { method = "post", target = "sqs:path/123456789012/shop-users" }
        "/status/{messageID}" = { method = "get", target = "dynamodb:action/Query" }
        "/users/{userID}"     = { method = "get", target = "dynamodb:action/GetItem" }
      } :
      path => {
        (call.method) = ["aws", "POST", "arn:aws:apigateway:us-east-1:${call.target}", "arn:aws:iam::123456789012:role/shop", "never", "all"]
      }
    }
    error_message = "Each method must be one call of a service, with the API's role, and take nothing unchecked."
  }

  # Nothing of the client's request but its body goes to SQS.
  assert {
    condition = {
      for path, item in yamldecode(local.document).paths :
      path => one([for operation in values(item) : try(operation["x-amazon-apigateway-integration"].requestParameters, {})])
      } == {
      "/users"              = { "integration.request.header.Content-Type" = "'application/x-www-form-urlencoded'" }
      "/status/{messageID}" = {}
      "/users/{userID}"     = {}
    }
    error_message = "The body must go to SQS as a form, and nothing else of a request."
  }

  # yamldecode gives each template its own text back, so nothing was lost in the document.
  assert {
    condition = merge([
      for path, item in yamldecode(local.document).paths : merge([
        for method, operation in item : {
          "${operation.operationId}.request"  = operation["x-amazon-apigateway-integration"].requestTemplates["application/json"]
          "${operation.operationId}.response" = operation["x-amazon-apigateway-integration"].responses["200"].responseTemplates["application/json"]
          "${operation.operationId}.refusal"  = operation["x-amazon-apigateway-integration"].responses["4\\d{2}"].responseTemplates["application/json"]
        }
      ]...)
      ]...) == merge([
      for operation, prefix in { createUser = "create_user", getStatus = "get_status", getUser = "get_user" } : {
        for part in ["request", "response", "refusal"] : "${operation}.${part}" => file("templates/${prefix}.${part}.vtl")
      }
    ]...)
    error_message = "Templates must be deployed as they are tested, byte for byte."
  }

  assert {
    condition = {
      for path, item in yamldecode(local.document).paths : path => one([
        for operation in values(item) : {
          for pattern, response in operation["x-amazon-apigateway-integration"].responses : pattern => response.statusCode
        }
      ])
      } == {
      "/users"              = { "200" = "202", "4\\d{2}" = "400", default = "500" }
      "/status/{messageID}" = { "200" = "200", "4\\d{2}" = "400", default = "500" }
      "/users/{userID}"     = { "200" = "200", "4\\d{2}" = "400", default = "500" }
    }
    error_message = "Whatever is neither a success nor a refusal must be a 500."
  }

  assert {
    condition = yamldecode(local.document).components.schemas.NewUser == {
      type                 = "object"
      required             = ["name", "email"]
      additionalProperties = false
      properties = {
        name  = { type = "string", minLength = 5, maxLength = 256 }
        email = { type = "string", minLength = 3, maxLength = 320 }
      }
    }
    error_message = "The model must admit what the function makes users of, and nothing else."
  }

  assert {
    condition = (
      yamldecode(local.document)["x-amazon-apigateway-request-validators"].all == { validateRequestBody = true, validateRequestParameters = true }
      && yamldecode(local.document).paths["/users"].post.requestBody.content["application/json"].schema == { "$ref" = "#/components/schemas/NewUser" }
    )
    error_message = "Bodies must be checked against the model."
  }

  assert {
    condition = alltrue([
      for type, response in yamldecode(local.document)["x-amazon-apigateway-gateway-responses"] :
      keys(jsondecode(replace(response.responseTemplates["application/json"], "$context.error.messageString", "\"m\"")))[0] == "message"
    ])
    error_message = "What API Gateway refuses by itself must be JSON with a message."
  }

  assert {
    condition = {
      for type, response in yamldecode(local.document)["x-amazon-apigateway-gateway-responses"] :
      type => response.responseParameters["gatewayresponse.header.Retry-After"] if try(response.statusCode, 0) == 429
    } == { QUOTA_EXCEEDED = "'3600'", THROTTLED = "'1'" }
    error_message = "Who asks too often must be told when to try again."
  }
}

run "requests_are_signed_by_default" {
  command = plan

  assert {
    condition = (
      alltrue(flatten([for item in values(yamldecode(local.document).paths) : [for operation in values(item) : operation.security == [{ sigv4 = [] }]]]))
      && yamldecode(local.document).components.securitySchemes.sigv4["x-amazon-apigateway-authtype"] == "awsSigv4"
      && output.api_key_id == null
    )
    error_message = "By default requests must be signed, and need no key."
  }
}

run "a_key_alone_tells_callers_apart" {
  command = plan

  variables {
    authorization_type  = "NONE"
    deletion_protection = false
    usage_plan          = {}
  }

  assert {
    condition = (
      alltrue(flatten([for item in values(yamldecode(local.document).paths) : [for operation in values(item) : operation.security == [{ api_key = [] }]]]))
      && yamldecode(local.document).components.securitySchemes.api_key == { type = "apiKey", name = "x-api-key", in = "header" }
      && yamldecode(local.document)["x-amazon-apigateway-api-key-source"] == "HEADER"
      && output.api_key_id == "key123"
    )
    error_message = "With a usage plan a request needs the key."
  }

  assert {
    condition     = !aws_dynamodb_table.users.deletion_protection_enabled
    error_message = "The table must be protected as asked."
  }
}

run "a_signature_and_a_key_are_both_needed" {
  command = plan

  variables {
    usage_plan = {}
  }

  assert {
    condition     = yamldecode(local.document).paths["/users"].post.security == [{ sigv4 = [], api_key = [] }]
    error_message = "A usage plan must not take the place of the signature."
  }
}

run "an_open_api_asks_for_nothing" {
  command = plan

  variables {
    authorization_type = "NONE"
  }

  assert {
    condition     = !can(yamldecode(local.document).paths["/users"].post.security)
    error_message = "Anyone may call, if that was asked for."
  }
}
