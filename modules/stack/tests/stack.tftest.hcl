# What the stack itself decides: which patterns there are and what is said of each. A plan cannot look
# into a module inside a module, so what a pattern makes of its settings is in the pattern's own tests.

mock_provider "aws" {
  override_during = plan

  mock_resource "aws_api_gateway_api_key" {
    defaults = { id = "key123" }
  }

  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123" }
  }

  mock_resource "aws_api_gateway_stage" {
    defaults = { invoke_url = "https://abc123.execute-api.us-east-1.amazonaws.com/live" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:dev" }
  }

  mock_resource "aws_dynamodb_table" {
    defaults = {
      arn        = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-submissions"
      stream_arn = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-submissions/stream/2026-11-20T00:00:00.000"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/dev" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:us-east-1:123456789012:dev-queue"
      url = "https://sqs.us-east-1.amazonaws.com/123456789012/dev-queue"
    }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:dev-comment-stream" }
  }

  mock_resource "aws_lambda_function_url" {
    defaults = { function_url = "https://abc123.lambda-url.us-east-1.on.aws/" }
  }

  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:us-east-1:123456789012:stateMachine:dev-submission-flow" }
  }
}

variables {
  name     = "dev"
  packages = "tests/fixtures"
}

run "every_pattern_by_default" {
  command = plan

  assert {
    condition     = toset(keys(output.patterns)) == local.known_patterns
    error_message = "Without patterns, all of them are created."
  }

  assert {
    condition = { for key, value in output.patterns["function-url-ingest"] : key => value if key != "watch" } == {
      url           = "https://abc123.lambda-url.us-east-1.on.aws/"
      function      = "dev-submission-url"
      state_machine = "arn:aws:states:us-east-1:123456789012:stateMachine:dev-submission-flow"
      table         = "dev-submissions"
    }
    error_message = "A pattern's entry must say what a person needs."
  }

  assert {
    condition = { for key, value in output.patterns["crud-lambda"] : key => value if !contains(["api_key_id", "watch"], key) } == {
      url      = "https://abc123.execute-api.us-east-1.amazonaws.com/live/order"
      api_arn  = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/POST/order"
      function = "dev-order-api"
      table    = "dev-orders"
    }
    error_message = "A pattern's entry must say what a person needs."
  }

  assert {
    condition = { for key, value in output.patterns["dynamo-proxy"] : key => value if !contains(["api_key_id", "watch"], key) } == {
      url            = "https://abc123.execute-api.us-east-1.amazonaws.com/live/comments"
      api_arn        = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/*/comments*"
      failures_queue = "https://sqs.us-east-1.amazonaws.com/123456789012/dev-queue"
      function       = "dev-comment-stream"
      stats_table    = "dev-comment-stats"
      table          = "dev-comments"
    }
    error_message = "A pattern's entry must say what a person needs."
  }

  assert {
    condition = { for key, value in output.patterns["async-sqs"] : key => value if !contains(["api_key_id", "watch"], key) } == {
      url               = "https://abc123.execute-api.us-east-1.amazonaws.com/live"
      api_arn           = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/*"
      dead_letter_queue = "https://sqs.us-east-1.amazonaws.com/123456789012/dev-queue"
      function          = "dev-user-writer"
      queue             = "https://sqs.us-east-1.amazonaws.com/123456789012/dev-queue"
      table             = "dev-users"
    }
    error_message = "A pattern's entry must say what a person needs."
  }

  assert {
    condition     = alltrue([for pattern in output.patterns : length(pattern.watch) > 0])
    error_message = "A pattern's entry must say what to watch."
  }
}

run "no_pattern" {
  command = plan

  variables {
    patterns = []
  }

  assert {
    condition     = length(output.patterns) == 0 && length(module.async_sqs) + length(module.crud_lambda) + length(module.dynamo_proxy) + length(module.function_url_ingest) == 0
    error_message = "An empty set creates nothing."
  }
}

run "settings_reach_their_pattern" {
  command = plan

  variables {
    patterns    = ["crud-lambda"]
    crud_lambda = { authorization_type = "NONE", key_requests_per_day = 5, requests_per_second = 0.5 }
  }

  assert {
    condition     = keys(output.patterns) == ["crud-lambda"] && output.patterns["crud-lambda"].api_key_id == "key123"
    error_message = "key_requests_per_day must make a key."
  }
}

run "settings_reach_a_pattern_with_a_queue" {
  command = plan

  variables {
    patterns  = ["async-sqs"]
    async_sqs = { authorization_type = "NONE", key_requests_per_day = 5, maximum_concurrency = 2 }
  }

  assert {
    condition     = keys(output.patterns) == ["async-sqs"] && output.patterns["async-sqs"].api_key_id == "key123"
    error_message = "key_requests_per_day must make a key."
  }
}

run "a_key_and_capacity_are_there_if_asked_for" {
  command = plan

  variables {
    patterns     = ["dynamo-proxy"]
    dynamo_proxy = { key_requests_per_day = 5, read_units = 5, write_units = 20 }
  }

  assert {
    condition     = keys(output.patterns) == ["dynamo-proxy"] && output.patterns["dynamo-proxy"].api_key_id == "key123"
    error_message = "key_requests_per_day must make a key."
  }
}

run "capacity_to_read_alone_is_refused" {
  command = plan

  variables {
    patterns     = []
    dynamo_proxy = { read_units = 5 }
  }

  expect_failures = [var.dynamo_proxy]
}

run "an_unknown_pattern_is_refused" {
  command = plan

  variables {
    patterns = ["function-url-ingest", "url-ingest"]
  }

  expect_failures = [var.patterns]
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
    condition     = output.patterns["function-url-ingest"].table == "spillway-dev-submissions" && strcontains(file("README.md"), file("example/main.tf"))
    error_message = "README.md must show example/main.tf, word for word."
  }
}
