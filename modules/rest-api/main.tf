# One REST API from an OpenAPI document: deployed anew when the document changes, on one stage, with
# access logs, throttling and traces; if asked for, behind API keys (usage_plan.tf) and a web ACL. What
# the API does, who may call it and what it calls is the document's; permissions to invoke functions
# are the caller's. Not here: domain names, and the account's role for API Gateway's logs
# (`aws_api_gateway_account`), of which an account and region has one.

resource "aws_api_gateway_rest_api" "this" {
  name = var.name
  body = var.body

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

# A deployment is a snapshot: only a new one brings a change to the stage, and the old one can go only
# when the stage has left it.
resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  triggers    = { body = sha256(var.body) }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage
  variables            = var.stage_variables
  xray_tracing_enabled = var.tracing

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log_format)
  }

  # API Gateway would create the group itself, without a retention.
  depends_on = [aws_cloudwatch_log_group.execution]
}

resource "aws_api_gateway_method_settings" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    # Bodies and headers are the callers' data and stay out of the logs.
    data_trace_enabled     = false
    logging_level          = var.execution_log_level
    metrics_enabled        = true
    throttling_burst_limit = var.throttling.burst
    throttling_rate_limit  = var.throttling.requests_per_second
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.web_acl_arn == null ? 0 : 1

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = var.web_acl_arn
}
