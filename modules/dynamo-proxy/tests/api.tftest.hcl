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

run "methods_call_dynamodb" {
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
        "/comments"                = { method = "post", action = "PutItem" }
        "/comments/{pageId}"       = { method = "get", action = "Query" }
        "/comments/{pageId}/stats" = { method = "get", action = "GetItem" }
      } :
      path => {
        (call.method) = ["aws", "POST", "arn:aws:apigateway:us-east-1:dynamodb:action/${call.action}", "arn:aws:iam::123456789012:role/shop", "never", "all"]
      }
    }
    error_message = "Each method must be one call of DynamoDB, with the API's role, and take nothing unchecked."
  }

  # yamldecode gives each template its own text back, so nothing was lost in the document.
  assert {
    condition = merge([
      for path, item in yamldecode(local.document).paths : merge([
        for method, operation in item : {
          "${operation.operationId}.request"  = operation["x-amazon-apigateway-integration"].requestTemplates["application/json"]
          "${operation.operationId}.response" = operation["x-amazon-apigateway-integration"].responses["200"].responseTemplates["application/json"]
          "${operation.operationId}.refusal"  = operation["x-amazon-apigateway-integration"].responses["400"].responseTemplates["application/json"]
        }
      ]...)
      ]...) == merge([
      for operation, prefix in { createComment = "create_comment", listComments = "list_comments", getStats = "get_stats" } : {
        for part in ["request", "response", "refusal"] : "${operation}.${part}" => file("templates/${prefix}.${part}.vtl")
      }
    ]...)
    error_message = "Templates must be deployed as they are tested, byte for byte."
  }

  assert {
    condition = alltrue(flatten([
      for path, item in yamldecode(local.document).paths : [
        for method, operation in item : [
          for pattern, response in operation["x-amazon-apigateway-integration"].responses :
          response.statusCode == (pattern == "default" ? "500" : pattern)
        ]
      ]
    ]))
    error_message = "Whatever is neither a success nor a refusal must be a 500."
  }

  assert {
    condition = yamldecode(local.document).components.schemas.NewComment == {
      type                 = "object"
      required             = ["pageId", "userName", "message"]
      additionalProperties = false
      properties = {
        pageId   = { type = "string", minLength = 1, maxLength = 512 }
        userName = { type = "string", minLength = 1, maxLength = 256 }
        message  = { type = "string", minLength = 1, maxLength = 100000 }
      }
    }
    error_message = "The model must admit what DynamoDB can store, and nothing else."
  }

  assert {
    condition = (
      yamldecode(local.document)["x-amazon-apigateway-request-validators"].all == { validateRequestBody = true, validateRequestParameters = true }
      && yamldecode(local.document).paths["/comments"].post.requestBody.content["application/json"].schema == { "$ref" = "#/components/schemas/NewComment" }
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
    condition     = !anytrue([for table in [aws_dynamodb_table.comments, aws_dynamodb_table.events, aws_dynamodb_table.stats] : table.deletion_protection_enabled])
    error_message = "Tables must be protected as asked."
  }
}

run "a_signature_and_a_key_are_both_needed" {
  command = plan

  variables {
    usage_plan = {}
  }

  assert {
    condition     = yamldecode(local.document).paths["/comments"].post.security == [{ sigv4 = [], api_key = [] }]
    error_message = "A usage plan must not take the place of the signature."
  }
}

run "an_open_api_asks_for_nothing" {
  command = plan

  variables {
    authorization_type = "NONE"
  }

  assert {
    condition     = !can(yamldecode(local.document).paths["/comments"].post.security)
    error_message = "Anyone may call, if that was asked for."
  }
}
