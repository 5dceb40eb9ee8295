# The function behind the table's stream, which counts the comments of each page, and what becomes of
# events that it cannot count: the batch is cut in two until only they are left, and where they stand
# in the stream goes to a queue, from which they can be found for as long as the stream keeps them.

locals {
  function_name = "${var.name}-comment-stream"
  queue_name    = "${var.name}-comment-stream-failures"

  function_timeout_seconds = 30
}

module "function" {
  source = "../rust-lambda"

  name    = local.function_name
  package = "${var.packages}/comment-stream/bootstrap.zip"

  architecture       = var.architecture
  log_retention_days = var.log_retention_days
  timeout_seconds    = local.function_timeout_seconds
  tracing            = var.tracing

  environment = {
    EVENTS_TABLE_NAME = aws_dynamodb_table.events.name
    STATS_TABLE_NAME  = aws_dynamodb_table.stats.name
  }

  statements = local.function_statements
}

resource "aws_lambda_event_source_mapping" "comments" {
  event_source_arn = aws_dynamodb_table.comments.stream_arn
  function_name    = module.function.arn

  # From the beginning: a comment that came between the table and this mapping counts, too.
  starting_position = "TRIM_HORIZON"

  batch_size              = 100
  function_response_types = ["ReportBatchItemFailures"]

  # What cannot be counted holds up its shard for no longer than some attempts. A day is what a stream
  # keeps.
  bisect_batch_on_function_error = true
  maximum_record_age_in_seconds  = 86400
  maximum_retry_attempts         = 10

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failures.arn
    }
  }

  # The kinds of event that the function knows: a comment that is changed may move to another page.
  filter_criteria {
    filter {
      pattern = jsonencode({ eventName = ["INSERT", "MODIFY", "REMOVE"] })
    }
  }
}

# The policy lies in the queue, and names it by what its ARN will be: a policy of its own makes every
# apply wait for it as long again as for the queue.
resource "aws_sqs_queue" "failures" {
  name                      = local.queue_name
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyInsecureTransport"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${local.queue_name}"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
