# A REST API from one resource for each thing it consists of, of every kind that there is.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  backend "local" {}
}

provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

variable "name" {
  type = string
}

variable "text" {
  type = string
}

resource "aws_api_gateway_rest_api" "this" {
  name           = var.name
  api_key_source = "HEADER"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  tags = {
    Purpose = "test"
  }
}

resource "aws_api_gateway_request_validator" "body" {
  rest_api_id           = aws_api_gateway_rest_api.this.id
  name                  = "body"
  validate_request_body = true
}

resource "aws_api_gateway_model" "note" {
  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = "Note"
  content_type = "application/json"

  schema = jsonencode({
    "$schema"  = "http://json-schema.org/draft-04/schema#"
    type       = "object"
    required   = ["text"]
    properties = { text = { type = "string" } }
  })
}

resource "aws_api_gateway_authorizer" "unused" {
  rest_api_id                      = aws_api_gateway_rest_api.this.id
  name                             = "unused"
  authorizer_uri                   = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:none/invocations"
  authorizer_result_ttl_in_seconds = 60
  identity_validation_expression   = "Bearer .+"
}

resource "aws_api_gateway_gateway_response" "bad_request" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = "BAD_REQUEST_BODY"
  status_code   = "422"

  response_templates = {
    "application/json" = "{\"message\":$context.error.messageString,\"why\":\"body\"}"
  }
}

resource "aws_api_gateway_resource" "notes" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "notes"
}

resource "aws_api_gateway_resource" "note" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.notes.id
  path_part   = "{id}"
}

resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.note.id
  http_method   = "GET"
  authorization = "NONE"

  request_parameters = {
    "method.request.path.id" = true
  }
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.note.id
  http_method = aws_api_gateway_method.get.http_method
  type        = "MOCK"

  request_templates = {
    "application/json" = jsonencode({ statusCode = 200 })
  }
}

resource "aws_api_gateway_method_response" "get" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.note.id
  http_method = aws_api_gateway_method.get.http_method
  status_code = "200"

  response_models = {
    "application/json" = "Empty"
  }

  response_parameters = {
    "method.response.header.Cache-Control" = true
  }
}

resource "aws_api_gateway_integration_response" "get" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.note.id
  http_method = aws_api_gateway_integration.get.http_method
  status_code = aws_api_gateway_method_response.get.status_code

  response_parameters = {
    "method.response.header.Cache-Control" = "'no-store'"
  }

  response_templates = {
    "application/json" = "{\"id\":\"$input.params('id')\",\"text\":\"${var.text}\"}"
  }
}

resource "aws_api_gateway_method" "post" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = aws_api_gateway_resource.notes.id
  http_method          = "POST"
  authorization        = "NONE"
  request_validator_id = aws_api_gateway_request_validator.body.id

  request_models = {
    "application/json" = aws_api_gateway_model.note.name
  }
}

resource "aws_api_gateway_integration" "post" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.notes.id
  http_method = aws_api_gateway_method.post.http_method
  type        = "MOCK"

  request_templates = {
    "application/json" = jsonencode({ statusCode = 201 })
  }
}

resource "aws_api_gateway_method_response" "post" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.notes.id
  http_method = aws_api_gateway_method.post.http_method
  status_code = "201"
}

resource "aws_api_gateway_integration_response" "post" {
  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = aws_api_gateway_resource.notes.id
  http_method       = aws_api_gateway_integration.post.http_method
  status_code       = aws_api_gateway_method_response.post.status_code
  selection_pattern = "2\\d\\d"
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    configuration = sha256(jsonencode([
      aws_api_gateway_gateway_response.bad_request.response_templates,
      aws_api_gateway_integration_response.get.response_templates,
      aws_api_gateway_integration_response.post.id,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name = "/aws/apigateway/${var.name}"
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "v1"

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode({ requestId = "$context.requestId", status = "$context.status" })
  }

  tags = {
    Purpose = "test"
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    logging_level          = "ERROR"
    metrics_enabled        = true
    throttling_burst_limit = 50
    throttling_rate_limit  = 100.5
  }
}

resource "aws_api_gateway_method_settings" "get" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "notes/{id}/GET"

  settings {
    throttling_burst_limit = 5
    throttling_rate_limit  = 10
  }
}

resource "aws_api_gateway_api_key" "client" {
  name = var.name
}

resource "aws_api_gateway_usage_plan" "standard" {
  name = var.name

  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.this.stage_name

    throttle {
      path        = "/notes/POST"
      burst_limit = 2
      rate_limit  = 1
    }
  }

  quota_settings {
    limit  = 1000
    period = "DAY"
  }

  throttle_settings {
    burst_limit = 20
    rate_limit  = 10
  }
}

resource "aws_api_gateway_usage_plan_key" "client" {
  usage_plan_id = aws_api_gateway_usage_plan.standard.id
  key_id        = aws_api_gateway_api_key.client.id
  key_type      = "API_KEY"
}

resource "aws_api_gateway_documentation_part" "api" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  properties  = jsonencode({ description = "Notes" })

  location {
    type = "API"
  }
}

resource "aws_api_gateway_documentation_version" "first" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  version     = "1"
  depends_on  = [aws_api_gateway_documentation_part.api]
}

resource "aws_api_gateway_domain_name" "this" {
  domain_name              = "${var.name}.example.com"
  regional_certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = aws_api_gateway_domain_name.this.domain_name
  base_path   = "api"
}

output "api_id" {
  value = aws_api_gateway_rest_api.this.id
}

output "domain" {
  value = aws_api_gateway_domain_name.this.domain_name
}
