# Who may do what: the function starts the state machine and reads the table, the state machine
# writes to the table. The function's role itself belongs to rust-lambda, which adds logs and traces.

locals {
  function_statements = {
    StartSubmissionFlow = {
      actions   = ["states:StartSyncExecution"]
      resources = [aws_sfn_state_machine.this.arn]
    }
    ListSubmissions = {
      actions   = ["dynamodb:Scan"]
      resources = [aws_dynamodb_table.this.arn]
    }
  }

  store_statement = {
    Sid      = "StoreSubmissions"
    Effect   = "Allow"
    Action   = ["dynamodb:UpdateItem"]
    Resource = [aws_dynamodb_table.this.arn]
  }

  # Step Functions delivers logs through CloudWatch's log deliveries and account-wide resource
  # policy; these actions know no resource but `*`.
  log_statement = {
    Sid    = "DeliverLogs"
    Effect = "Allow"
    Action = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    Resource = ["*"]
  }

  # X-Ray's actions know no resource either.
  trace_statement = {
    Sid    = "WriteTraces"
    Effect = "Allow"
    Action = [
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]
    Resource = ["*"]
  }
}

resource "aws_iam_role" "state_machine" {
  name = local.state_machine_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "state_machine" {
  name = "state-machine"
  role = aws_iam_role.state_machine.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.store_statement, local.log_statement],
      var.tracing ? [local.trace_statement] : [],
    )
  })
}
