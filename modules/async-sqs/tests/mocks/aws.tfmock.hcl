# What the mocked provider computes, for every test of this module.

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_data "aws_region" {
  defaults = { name = "us-east-1" }
}

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
  defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-user-writer" }
}

override_resource {
  target = aws_dynamodb_table.users
  values = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-users" }
}

override_resource {
  target = aws_sqs_queue.dead_letters
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:shop-users-dead-letters"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/shop-users-dead-letters"
  }
}

override_resource {
  target = aws_sqs_queue.users
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:shop-users"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/shop-users"
  }
}
