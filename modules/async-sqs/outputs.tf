# What the API needs to answer comes first: its role's policy; and what makes users of messages.

output "url" {
  description = "URL of the API, without a final slash: `POST` to `/users` below it, `GET` `/status/{messageID}` and `/users/{userID}`."
  value       = module.api.url
  depends_on  = [aws_iam_role_policy.api, aws_lambda_event_source_mapping.users]
}

output "api_arn" {
  description = "ARN of all methods, for the policies of those who may call them (`execute-api:Invoke`)."
  value       = "${module.api.execution_arn}/${local.stage}/*"
}

output "api_key_id" {
  description = "Id of the API key; null without a usage plan."
  value       = module.api.api_key_id
}

output "dead_letter_queue" {
  description = "URL of the queue of messages that the function could not make users of."
  value       = aws_sqs_queue.dead_letters.url
}

output "function" {
  description = "Name of the function that writes users."
  value       = module.function.name
}

output "queue" {
  description = "URL of the queue of messages that are accepted and not yet users."
  value       = aws_sqs_queue.users.url
}

output "table" {
  description = "Name of the table of users."
  value       = aws_dynamodb_table.users.name
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
      (local.dead_letter_queue_name) = {
        arn            = aws_sqs_queue.dead_letters.arn
        is_dead_letter = true
      }
      (local.queue_name) = {
        arn            = aws_sqs_queue.users.arn
        is_dead_letter = false
      }
    }
    tables = {
      (aws_dynamodb_table.users.name) = { arn = aws_dynamodb_table.users.arn }
    }
  }
}
