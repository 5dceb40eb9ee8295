# Plans against a mocked provider. `override_during = plan` gives computed values at plan time, so
# that names, formats and outputs can be compared whole. What an API answers is tested end to end, by
# the patterns that have one.

mock_provider "aws" {
  override_during = plan

  mock_resource "aws_api_gateway_api_key" {
    defaults = { id = "key123" }
  }

  mock_resource "aws_api_gateway_deployment" {
    defaults = { id = "dep123" }
  }

  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      id            = "abc123"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
    }
  }

  mock_resource "aws_api_gateway_stage" {
    defaults = {
      arn        = "arn:aws:apigateway:us-east-1::/restapis/abc123/stages/live"
      invoke_url = "https://abc123.execute-api.us-east-1.amazonaws.com/live"
    }
  }

  mock_resource "aws_api_gateway_usage_plan" {
    defaults = { id = "plan123" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:shop" }
  }
}

variables {
  name = "shop-api"
  body = "{\"openapi\": \"3.0.3\", \"paths\": {}}"
}

run "defaults" {
  command = plan

  assert {
    condition = (
      aws_api_gateway_rest_api.this.name == "shop-api"
      && aws_api_gateway_rest_api.this.body == var.body
      && one(aws_api_gateway_rest_api.this.endpoint_configuration).types == tolist(["REGIONAL"])
    )
    error_message = "The API must be what the document says, in its region."
  }

  assert {
    condition = (
      aws_api_gateway_stage.this.stage_name == "live"
      && aws_api_gateway_stage.this.deployment_id == "dep123"
      && aws_api_gateway_stage.this.xray_tracing_enabled
      && length(aws_api_gateway_stage.this.variables) == 0
      && one(aws_api_gateway_stage.this.access_log_settings).destination_arn == "arn:aws:logs:us-east-1:123456789012:log-group:shop"
    )
    error_message = "The stage must serve the deployment, traced and with access logs."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.access.name == "/aws/apigateway/shop-api"
      && aws_cloudwatch_log_group.access.retention_in_days == 30
      && one(aws_cloudwatch_log_group.execution).name == "API-Gateway-Execution-Logs_abc123/live"
      && one(aws_cloudwatch_log_group.execution).retention_in_days == 30
    )
    error_message = "Both kinds of logs must have a group with a retention."
  }

  assert {
    condition     = alltrue([for name, value in jsondecode(one(aws_api_gateway_stage.this.access_log_settings).format) : can(regex("^\\$context[.][A-Za-z.]+$", value))])
    error_message = "An access log line must be JSON of $context variables."
  }

  assert {
    condition = aws_api_gateway_method_settings.this.method_path == "*/*" && alltrue([
      for settings in aws_api_gateway_method_settings.this.settings : (
        !settings.data_trace_enabled
        && settings.logging_level == "ERROR"
        && settings.metrics_enabled
        && settings.throttling_burst_limit == 200
        && settings.throttling_rate_limit == 100
      )
    ])
    error_message = "All methods must be throttled and measured, log errors, and never log bodies."
  }

  assert {
    condition     = length(aws_api_gateway_usage_plan.this) + length(aws_api_gateway_api_key.this) + length(aws_wafv2_web_acl_association.this) == 0
    error_message = "Keys and a web ACL are there only if they are asked for."
  }

  assert {
    condition = {
      url           = output.url
      id            = output.id
      name          = output.name
      stage         = output.stage
      execution_arn = output.execution_arn
      log_group     = output.log_group
      } == {
      url           = "https://abc123.execute-api.us-east-1.amazonaws.com/live"
      id            = "abc123"
      name          = "shop-api"
      stage         = "live"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
      log_group     = "/aws/apigateway/shop-api"
    } && output.api_key_id == null
    error_message = "The outputs do not name what was created."
  }
}

run "another_body_is_another_deployment" {
  command = plan

  variables {
    body = "openapi: 3.0.3\npaths: {}"
  }

  assert {
    condition = (
      aws_api_gateway_deployment.this.triggers.body == sha256("openapi: 3.0.3\npaths: {}")
      && aws_api_gateway_deployment.this.triggers.body != sha256("{\"openapi\": \"3.0.3\", \"paths\": {}}")
    )
    error_message = "The deployment must follow the body."
  }
}

run "everything_else_is_as_asked" {
  command = plan

  variables {
    execution_log_level = "OFF"
    log_retention_days  = 1
    stage               = "v1"
    stage_variables     = { greetingsTable = "shop-greetings" }
    throttling          = { requests_per_second = 0.5 }
    tracing             = false
    usage_plan          = { requests_per_day = 5 }
    web_acl_arn         = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/shop/1"
  }

  assert {
    condition = (
      length(aws_cloudwatch_log_group.execution) == 0
      && aws_cloudwatch_log_group.access.retention_in_days == 1
      && aws_api_gateway_stage.this.stage_name == "v1"
      && aws_api_gateway_stage.this.variables == tomap({ greetingsTable = "shop-greetings" })
      && !aws_api_gateway_stage.this.xray_tracing_enabled
      && aws_api_gateway_method_settings.this.settings[0].logging_level == "OFF"
      && aws_api_gateway_method_settings.this.settings[0].throttling_rate_limit == 0.5
      && aws_api_gateway_method_settings.this.settings[0].throttling_burst_limit == 200
    )
    error_message = "Logs, stage, throttling and traces must be as asked."
  }

  assert {
    condition = (
      one(aws_api_gateway_usage_plan.this).name == "shop-api"
      && one(one(aws_api_gateway_usage_plan.this).api_stages).api_id == "abc123"
      && one(one(aws_api_gateway_usage_plan.this).api_stages).stage == "v1"
      && one(one(aws_api_gateway_usage_plan.this).quota_settings).limit == 5
      && one(one(aws_api_gateway_usage_plan.this).quota_settings).period == "DAY"
      && one(one(aws_api_gateway_usage_plan.this).throttle_settings).burst_limit == 20
      && one(one(aws_api_gateway_usage_plan.this).throttle_settings).rate_limit == 10
      && one(aws_api_gateway_usage_plan_key.this).key_id == "key123"
      && one(aws_api_gateway_usage_plan_key.this).usage_plan_id == "plan123"
      && output.api_key_id == "key123"
    )
    error_message = "The usage plan must bound its key on this stage."
  }

  assert {
    condition = (
      one(aws_wafv2_web_acl_association.this).resource_arn == "arn:aws:apigateway:us-east-1::/restapis/abc123/stages/live"
      && one(aws_wafv2_web_acl_association.this).web_acl_arn == var.web_acl_arn
    )
    error_message = "The web ACL must stand in front of the stage."
  }
}

run "a_name_of_other_characters_is_refused" {
  command = plan

  variables {
    name = "Shop API"
  }

  expect_failures = [var.name]
}

run "a_body_that_is_no_openapi_document_is_refused" {
  command = plan

  variables {
    body = "swagger: '2.0'"
  }

  expect_failures = [var.body]
}

run "a_body_that_is_no_document_is_refused" {
  command = plan

  variables {
    body = "{"
  }

  expect_failures = [var.body]
}

run "an_unknown_log_level_is_refused" {
  command = plan

  variables {
    execution_log_level = "DEBUG"
  }

  expect_failures = [var.execution_log_level]
}

run "logs_for_ever_are_refused" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "a_stage_of_other_characters_is_refused" {
  command = plan

  variables {
    stage = "v1.0"
  }

  expect_failures = [var.stage]
}

run "a_stage_variable_of_other_characters_is_refused" {
  command = plan

  variables {
    stage_variables = { greetings = "two words" }
  }

  expect_failures = [var.stage_variables]
}

run "a_stage_variable_with_another_name_is_refused" {
  command = plan

  variables {
    stage_variables = { "greetings-table" = "shop-greetings" }
  }

  expect_failures = [var.stage_variables]
}

run "throttling_below_nothing_is_refused" {
  command = plan

  variables {
    throttling = { burst = -1 }
  }

  expect_failures = [var.throttling]
}

run "a_quota_of_nothing_is_refused" {
  command = plan

  variables {
    usage_plan = { requests_per_day = 0 }
  }

  expect_failures = [var.usage_plan]
}

run "a_global_web_acl_is_refused" {
  command = plan

  variables {
    web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1"
  }

  expect_failures = [var.web_acl_arn]
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
    condition     = output.url == "https://abc123.execute-api.us-east-1.amazonaws.com/live/hello" && strcontains(file("README.md"), file("example/main.tf"))
    error_message = "README.md must show example/main.tf, word for word."
  }
}
