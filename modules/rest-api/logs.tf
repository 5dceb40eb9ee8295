# The stage's logs: a line of JSON for each request, and what API Gateway says of its own work. The
# groups come before the stage, so that neither is ever without a retention.

locals {
  # Only what API Gateway itself determines: a value that a client chooses, such as its user agent,
  # could hold quotes, and a line would not be JSON any more.
  access_log_format = {
    requestId          = "$context.requestId"
    extendedRequestId  = "$context.extendedRequestId"
    requestTime        = "$context.requestTime"
    httpMethod         = "$context.httpMethod"
    resourcePath       = "$context.resourcePath"
    protocol           = "$context.protocol"
    status             = "$context.status"
    responseLength     = "$context.responseLength"
    responseLatency    = "$context.responseLatency"
    sourceIp           = "$context.identity.sourceIp"
    caller             = "$context.identity.caller"
    apiKeyId           = "$context.identity.apiKeyId"
    errorType          = "$context.error.responseType"
    integrationStatus  = "$context.integration.integrationStatus"
    integrationLatency = "$context.integration.latency"
    wafStatus          = "$context.waf.status"
    xrayTraceId        = "$context.xrayTraceId"
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
}

# The name is API Gateway's.
resource "aws_cloudwatch_log_group" "execution" {
  count = var.execution_log_level == "OFF" ? 0 : 1

  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.this.id}/${var.stage}"
  retention_in_days = var.log_retention_days
}
