# One usage plan with one API key. It holds for the methods whose document asks for a key
# (`security`); a key says who calls and how much, not that the caller may.

resource "aws_api_gateway_usage_plan" "this" {
  count = var.usage_plan == null ? 0 : 1

  name = var.name

  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.this.stage_name
  }

  quota_settings {
    limit  = var.usage_plan.requests_per_day
    period = "DAY"
  }

  throttle_settings {
    burst_limit = var.usage_plan.burst
    rate_limit  = var.usage_plan.requests_per_second
  }
}

resource "aws_api_gateway_api_key" "this" {
  count = var.usage_plan == null ? 0 : 1

  name = var.name
}

resource "aws_api_gateway_usage_plan_key" "this" {
  count = var.usage_plan == null ? 0 : 1

  key_id        = aws_api_gateway_api_key.this[0].id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.this[0].id
}
