# Submissions through a Lambda function URL: the function (here) starts an Express state machine that
# validates and stores (state_machine.tf), and lists what the table holds. How the URL is reached is
# in url.tf, the state machine's role in iam.tf. Domain names, a CDN and a web ACL are not here: a
# function URL takes them only through CloudFront.

locals {
  function_name      = "${var.name}-submission-url"
  state_machine_name = "${var.name}-submission-flow"
  table_name         = "${var.name}-submissions"

  # Each limit ends within the one around it, so that whoever waits gets an answer, not a cut line:
  # all attempts at storing (9 s) and the second that a check gets within the state machine's 10 s,
  # and those within the function's 15 s.
  store_attempts         = 3
  store_attempt_seconds  = 2
  store_backoff_seconds  = 1
  store_backoff_rate     = 2
  store_backoffs_seconds = [for retry in range(local.store_attempts - 1) : local.store_backoff_seconds * pow(local.store_backoff_rate, retry)]
  store_seconds          = local.store_attempts * local.store_attempt_seconds + sum(local.store_backoffs_seconds)
  check_seconds          = 1

  state_machine_timeout_seconds = local.check_seconds + local.store_seconds
  function_timeout_seconds      = local.state_machine_timeout_seconds + 5
}

module "function" {
  source = "../rust-lambda"

  name    = local.function_name
  package = "${var.packages}/submission-url/bootstrap.zip"

  architecture         = var.architecture
  log_retention_days   = var.log_retention_days
  reserved_concurrency = var.reserved_concurrency
  timeout_seconds      = local.function_timeout_seconds
  tracing              = var.tracing

  environment = {
    STATE_MACHINE_ARN = aws_sfn_state_machine.this.arn
    TABLE_NAME        = aws_dynamodb_table.this.name
  }

  statements = local.function_statements
}

resource "aws_dynamodb_table" "this" {
  name         = local.table_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}
