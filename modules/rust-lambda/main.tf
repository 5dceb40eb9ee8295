# One Rust function from its zip: `provided.al2023`, JSON logs in a log group of its own, X-Ray, and
# a role that may do exactly what it is told (iam.tf). What calls the function (URL, API, queue) is
# the caller's business, and so are its permissions.

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  runtime       = "provided.al2023"
  architectures = [var.architecture]
  handler       = "bootstrap"

  filename         = var.package
  source_code_hash = filebase64sha256(var.package)

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = coalesce(var.reserved_concurrency, -1)

  dynamic "environment" {
    for_each = length(var.environment) == 0 ? [] : [var.environment]

    content {
      variables = environment.value
    }
  }

  # Naming the group makes Terraform create it before the function: a group that Lambda creates has
  # no retention and outlives `destroy`.
  logging_config {
    log_group             = aws_cloudwatch_log_group.this.name
    log_format            = "JSON"
    application_log_level = var.log_level
    system_log_level      = "INFO"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # Lambda checks at creation that the role may be assumed, and the first invocation may come at
  # once: the policy has to be there by then.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function_event_invoke_config" "this" {
  count = var.on_failure == null ? 0 : 1

  function_name = aws_lambda_function.this.function_name

  destination_config {
    on_failure {
      destination = var.on_failure.arn
    }
  }
}
