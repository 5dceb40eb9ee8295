# What the API needs to answer comes first: its role's policy.

output "url" {
  description = "URL of the comments: `POST` to it, `GET` below it."
  value       = "${module.api.url}/comments"
  depends_on  = [aws_iam_role_policy.api]
}

output "api_arn" {
  description = "ARN of all methods, for the policies of those who may call them (`execute-api:Invoke`)."
  value       = "${module.api.execution_arn}/${local.stage}/*/comments*"
}

output "api_key_id" {
  description = "Id of the API key; null without a usage plan."
  value       = module.api.api_key_id
}

output "failures_queue" {
  description = "URL of the queue that says which events could not be counted."
  value       = aws_sqs_queue.failures.url
}

output "function" {
  description = "Name of the function that counts."
  value       = module.function.name
}

output "stats_table" {
  description = "Name of the table of numbers of comments."
  value       = aws_dynamodb_table.stats.name
}

output "table" {
  description = "Name of the table of comments."
  value       = aws_dynamodb_table.comments.name
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
    queues = {
      (local.queue_name) = {
        arn            = aws_sqs_queue.failures.arn
        is_dead_letter = true
      }
    }
    tables = {
      (aws_dynamodb_table.comments.name) = { arn = aws_dynamodb_table.comments.arn }
      (aws_dynamodb_table.events.name)   = { arn = aws_dynamodb_table.events.arn }
      (aws_dynamodb_table.stats.name)    = { arn = aws_dynamodb_table.stats.arn }
    }
  }
}
