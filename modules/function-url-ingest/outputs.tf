output "url" {
  description = "URL that takes and lists submissions; ends with a slash."
  value       = aws_lambda_function_url.this.function_url
  depends_on  = [aws_lambda_permission.url, aws_cloudformation_stack.invoke_via_url]
}

output "function" {
  description = "Name of the function behind the URL."
  value       = module.function.name
}

output "state_machine" {
  description = "ARN of the state machine."
  value       = aws_sfn_state_machine.this.arn
  depends_on  = [aws_iam_role_policy.state_machine]
}

output "table" {
  description = "Name of the table of submissions."
  value       = aws_dynamodb_table.this.name
}

output "watch" {
  description = "What an operator watches: by kind and then by name, what its metrics and logs are found under."
  value = {
    functions = {
      (local.function_name) = {
        log_group       = module.function.log_group
        timeout_seconds = local.function_timeout_seconds
      }
    }
    state_machines = {
      (local.state_machine_name) = {
        arn       = aws_sfn_state_machine.this.arn
        log_group = aws_cloudwatch_log_group.state_machine.name
      }
    }
    tables = {
      (local.table_name) = {
        arn = aws_dynamodb_table.this.arn
      }
    }
  }
}
