# The role of the function: its logs, its traces, its on-failure destination and the statements that
# the caller passed; nothing else, and no managed policy.

locals {
  # Not logs:CreateLogGroup: a function that outlives its group for a moment during `destroy` would
  # create it again.
  log_statement = {
    Sid      = "WriteLogs"
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  # X-Ray's put actions know no resource: `*` is the only one they take.
  trace_statement = {
    Sid      = "WriteTraces"
    Effect   = "Allow"
    Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    Resource = ["*"]
  }

  on_failure_statements = var.on_failure == null ? [] : [{
    Sid      = "SendFailures"
    Effect   = "Allow"
    Action   = [strcontains(var.on_failure.arn, ":sns:") ? "sns:Publish" : "sqs:SendMessage"]
    Resource = [var.on_failure.arn]
  }]

  caller_statements = [for sid, statement in var.statements : {
    Sid      = sid
    Effect   = "Allow"
    Action   = sort(statement.actions)
    Resource = sort(statement.resources)
  }]
}

resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "function"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.log_statement],
      var.tracing ? [local.trace_statement] : [],
      local.on_failure_statements,
      local.caller_statements,
    )
  })
}
