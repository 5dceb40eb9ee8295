output "url" {
  description = "URL that takes orders: `POST` to it."
  value       = "${module.api.url}/order"
  depends_on  = [aws_lambda_permission.api]
}

output "api_arn" {
  description = "ARN of the one method, for the policies of those who may call it (`execute-api:Invoke`)."
  value       = "${module.api.execution_arn}/${local.stage}/POST/order"
}

output "api_key_id" {
  description = "Id of the API key; null without a usage plan."
  value       = module.api.api_key_id
}

output "function" {
  description = "Name of the function behind the API."
  value       = module.function.name
}

output "table" {
  description = "Name of the table of orders."
  value       = aws_dynamodb_table.orders.name
}

output "watch" {
  description = "What an operator watches: by kind and then by name, what its metrics and logs are found under."
  value = {
    apis = {
      (module.api.name) = {
        log_group = module.api.log_group
        stage     = module.api.stage
      }
    }
    functions = {
      (local.function_name) = {
        log_group       = module.function.log_group
        timeout_seconds = local.function_timeout_seconds
      }
    }
    tables = {
      (aws_dynamodb_table.orders.name)      = { arn = aws_dynamodb_table.orders.arn }
      (aws_dynamodb_table.idempotency.name) = { arn = aws_dynamodb_table.idempotency.arn }
    }
  }
}
