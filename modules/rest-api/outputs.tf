# What the stage needs to answer as asked comes first: throttling, keys and the web ACL.

output "url" {
  description = "URL of the stage, without a final slash."
  value       = aws_api_gateway_stage.this.invoke_url
  depends_on  = [aws_api_gateway_method_settings.this, aws_api_gateway_usage_plan_key.this, aws_wafv2_web_acl_association.this]
}

output "id" {
  description = "Id of the API."
  value       = aws_api_gateway_rest_api.this.id
}

output "name" {
  description = "Name of the API, under which its metrics are found."
  value       = aws_api_gateway_rest_api.this.name
}

output "stage" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "execution_arn" {
  description = "ARN of what is called; `<execution_arn>/<stage>/<METHOD>/<path>` is one method, in policies and permissions."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "log_group" {
  description = "Name of the access log group."
  value       = aws_cloudwatch_log_group.access.name
}

output "api_key_id" {
  description = "Id of the API key, by which `aws apigateway get-api-key --include-value` tells the key; null without a usage plan."
  value       = one(aws_api_gateway_api_key.this[*].id)
}
