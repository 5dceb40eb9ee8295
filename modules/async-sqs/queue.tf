# The queue between the API and the function, the function behind it, and what becomes of messages that
# the function cannot make users of: after five receives they are dead letters, which are kept for two
# weeks and can be sent back.

locals {
  dead_letter_queue_name = "${var.name}-users-dead-letters"
  function_name          = "${var.name}-user-writer"
  queue_name             = "${var.name}-users"

  # A message stays invisible while Lambda gathers a batch, runs it, and tries again when the function
  # is throttled: AWS asks for the window and six times the function's timeout.
  batching_window_seconds    = 0
  function_timeout_seconds   = 10
  visibility_timeout_seconds = 6 * local.function_timeout_seconds + local.batching_window_seconds

  maximum_receives = 5

  # The policies lie in the queues, and name them by what their ARNs will be: a policy of its own makes
  # every apply wait for it as long again as for the queue.
  queue_arns = {
    for name in [local.dead_letter_queue_name, local.queue_name] :
    name => "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${name}"
  }
  queue_policies = {
    for name, arn in local.queue_arns : name => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    })
  }
}

resource "aws_sqs_queue" "users" {
  name                       = local.queue_name
  max_message_size           = 256 * 1024
  message_retention_seconds  = 4 * 24 * 3600
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = local.visibility_timeout_seconds

  policy = local.queue_policies[local.queue_name]

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = local.maximum_receives
  })
}

# A message keeps its age when it moves here, so it is kept for longer than in the queue before.
resource "aws_sqs_queue" "dead_letters" {
  name                      = local.dead_letter_queue_name
  max_message_size          = 256 * 1024
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true

  policy = local.queue_policies[local.dead_letter_queue_name]

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queue_arns[local.queue_name]]
  })
}

module "function" {
  source = "../rust-lambda"

  name    = local.function_name
  package = "${var.packages}/user-writer/bootstrap.zip"

  architecture       = var.architecture
  log_retention_days = var.log_retention_days
  timeout_seconds    = local.function_timeout_seconds
  tracing            = var.tracing

  environment = {
    MAXIMUM_RECEIVES = local.maximum_receives
    USERS_TABLE_NAME = aws_dynamodb_table.users.name
  }

  statements = local.function_statements
}

resource "aws_lambda_event_source_mapping" "users" {
  event_source_arn = aws_sqs_queue.users.arn
  function_name    = module.function.arn

  batch_size                         = 10
  function_response_types            = ["ReportBatchItemFailures"]
  maximum_batching_window_in_seconds = local.batching_window_seconds

  # Bounded here and not by a reserved concurrency, which would throttle the function and so use up
  # receives.
  scaling_config {
    maximum_concurrency = var.maximum_concurrency
  }
}
