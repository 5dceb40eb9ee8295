# Plans against a mocked provider. `override_during = plan` gives computed values at plan time, so
# that the document, policies and outputs can be compared whole. What the API answers is tested end to
# end, on the local AWS.

mock_provider "aws" {
  override_during = plan

  mock_resource "aws_api_gateway_api_key" {
    defaults = { id = "key123" }
  }

  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      id            = "abc123"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
    }
  }

  mock_resource "aws_api_gateway_stage" {
    defaults = { invoke_url = "https://abc123.execute-api.us-east-1.amazonaws.com/live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:shop" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/shop" }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn        = "arn:aws:lambda:us-east-1:123456789012:function:shop-order-api"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:shop-order-api/invocations"
    }
  }
}

override_resource {
  target          = aws_dynamodb_table.orders
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders" }
}

override_resource {
  target          = aws_dynamodb_table.idempotency
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-order-idempotency" }
}

variables {
  name     = "shop"
  packages = "tests/fixtures"
}

run "defaults" {
  command = plan

  assert {
    condition = (
      aws_dynamodb_table.orders.name == "shop-orders"
      && aws_dynamodb_table.orders.hash_key == "id"
      && aws_dynamodb_table.orders.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.orders.deletion_protection_enabled
      && one(aws_dynamodb_table.orders.point_in_time_recovery).enabled
      && one(aws_dynamodb_table.orders.server_side_encryption).enabled
    )
    error_message = "The table of orders must be on demand, recoverable, encrypted and protected."
  }

  assert {
    condition = (
      aws_dynamodb_table.idempotency.name == "shop-order-idempotency"
      && aws_dynamodb_table.idempotency.hash_key == "id"
      && aws_dynamodb_table.idempotency.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.idempotency.deletion_protection_enabled
      && one(aws_dynamodb_table.idempotency.ttl).attribute_name == "expires_at"
      && one(aws_dynamodb_table.idempotency.ttl).enabled
      && one(aws_dynamodb_table.idempotency.server_side_encryption).enabled
    )
    error_message = "The records of keys must be on demand, encrypted, protected, and expire."
  }

  assert {
    condition = local.function_statements == {
      ReadAndWriteOrders = {
        actions = [
          "dynamodb:DeleteItem",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:Scan",
          "dynamodb:UpdateItem",
        ]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders"]
      }
      RememberWrites = {
        actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-order-idempotency"]
      }
    }
    error_message = "The function may use its tables, no more."
  }

  assert {
    condition = (
      aws_lambda_permission.api.function_name == "shop-order-api"
      && aws_lambda_permission.api.action == "lambda:InvokeFunction"
      && aws_lambda_permission.api.principal == "apigateway.amazonaws.com"
      && aws_lambda_permission.api.source_arn == "arn:aws:execute-api:us-east-1:123456789012:abc123/live/POST/order"
    )
    error_message = "Only this API's method may invoke the function."
  }

  assert {
    condition = yamldecode(local.document).paths["/order"].post["x-amazon-apigateway-integration"] == {
      type                = "aws_proxy"
      httpMethod          = "POST"
      uri                 = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:shop-order-api/invocations"
      passthroughBehavior = "when_no_match"
      timeoutInMillis     = 11000
    }
    error_message = "The method must call the function, and wait for longer than it runs."
  }

  assert {
    condition = (
      yamldecode(local.document).paths["/order"].post.security == [{ sigv4 = [] }]
      && yamldecode(local.document).components.securitySchemes.sigv4["x-amazon-apigateway-authtype"] == "awsSigv4"
      && output.api_key_id == null
    )
    error_message = "By default requests must be signed, and need no key."
  }

  assert {
    condition = (
      yamldecode(local.document).paths["/order"].post["x-amazon-apigateway-request-validator"] == "parameters"
      && yamldecode(local.document)["x-amazon-apigateway-request-validators"].parameters == { validateRequestBody = false, validateRequestParameters = true }
      && yamldecode(local.document).paths["/order"].post.requestBody.content["application/json"].schema == { "$ref" = "#/components/schemas/OrderRequest" }
      && yamldecode(local.document).components.schemas.OrderRequest.required == ["operation"]
      && yamldecode(local.document).components.schemas.OrderRequest.properties.operation.enum == ["create", "read", "update", "delete", "list", "echo", "ping"]
    )
    error_message = "The model must be the contract, and the function must judge bodies."
  }

  assert {
    condition = alltrue([
      for type, response in yamldecode(local.document)["x-amazon-apigateway-gateway-responses"] :
      jsondecode(replace(response.responseTemplates["application/json"], "$context.error.messageString", "\"m\"")) == { message = "m" }
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

  assert {
    condition = {
      url      = output.url
      api_arn  = output.api_arn
      function = output.function
      table    = output.table
      } == {
      url      = "https://abc123.execute-api.us-east-1.amazonaws.com/live/order"
      api_arn  = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/POST/order"
      function = "shop-order-api"
      table    = "shop-orders"
    }
    error_message = "The outputs do not name what was created."
  }

  assert {
    condition = output.watch == {
      apis = {
        shop-order-api = { log_group = "/aws/apigateway/shop-order-api", stage = "live" }
      }
      functions = {
        shop-order-api = { log_group = "/aws/lambda/shop-order-api", timeout_seconds = 10 }
      }
      tables = {
        shop-orders            = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders" }
        shop-order-idempotency = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-order-idempotency" }
      }
    }
    error_message = "watch must name all that was created, by kind and name."
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
      yamldecode(local.document).paths["/order"].post.security == [{ api_key = [] }]
      && yamldecode(local.document).components.securitySchemes.api_key == { type = "apiKey", name = "x-api-key", in = "header" }
      && yamldecode(local.document)["x-amazon-apigateway-api-key-source"] == "HEADER"
      && output.api_key_id == "key123"
    )
    error_message = "With a usage plan a request needs the key."
  }

  assert {
    condition     = !aws_dynamodb_table.orders.deletion_protection_enabled && !aws_dynamodb_table.idempotency.deletion_protection_enabled
    error_message = "Tables must be protected as asked."
  }
}

run "a_signature_and_a_key_are_both_needed" {
  command = plan

  variables {
    usage_plan = {}
  }

  assert {
    condition     = yamldecode(local.document).paths["/order"].post.security == [{ sigv4 = [], api_key = [] }]
    error_message = "A usage plan must not take the place of the signature."
  }
}

run "an_open_api_asks_for_nothing" {
  command = plan

  variables {
    authorization_type = "NONE"
  }

  assert {
    condition     = !can(yamldecode(local.document).paths["/order"].post.security)
    error_message = "Anyone may call, if that was asked for."
  }
}

run "a_name_of_other_characters_is_refused" {
  command = plan

  variables {
    name = "Shop"
  }

  expect_failures = [var.name]
}

run "an_unknown_authorization_is_refused" {
  command = plan

  variables {
    authorization_type = "API_KEY"
  }

  expect_failures = [var.authorization_type]
}

run "an_alias_that_is_no_table_name_is_refused" {
  command = plan

  variables {
    table_alias = "o"
  }

  expect_failures = [var.table_alias]
}

run "the_example_of_the_readme_plans" {
  command = plan

  module {
    source = "./example"
  }

  providers = {
    aws = aws
  }

  assert {
    condition     = output.table == "shop-orders" && strcontains(file("README.md"), file("example/main.tf"))
    error_message = "README.md must show example/main.tf, word for word."
  }
}
