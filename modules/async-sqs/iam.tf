# Who may do what: the API puts messages on the queue, and reads what became of them and the users; the
# function takes messages from the queue and writes users. The function's role itself belongs to
# rust-lambda, which adds logs and traces.

locals {
  api_statements = [
    {
      Sid      = "SendMessages"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = [aws_sqs_queue.users.arn]
    },
    {
      Sid      = "GetStatus"
      Effect   = "Allow"
      Action   = ["dynamodb:Query"]
      Resource = ["${aws_dynamodb_table.users.arn}/index/SQSMessageID-index"]
    },
    {
      Sid      = "GetUsers"
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem"]
      Resource = [aws_dynamodb_table.users.arn]
    },
  ]

  function_statements = {
    ReceiveMessages = {
      actions = [
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
      ]
      resources = [aws_sqs_queue.users.arn]
    }
    WriteUsers = {
      actions   = ["dynamodb:PutItem"]
      resources = [aws_dynamodb_table.users.arn]
    }
  }
}

resource "aws_iam_role" "api" {
  name = "${var.name}-users-api"

  # The account is compared where API Gateway names one: whether it always does is not documented, and
  # a role can be passed to APIs of its own account only. The API itself cannot be named, because its
  # document names the role.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "apigateway.amazonaws.com" }
      Condition = { StringEqualsIfExists = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "api" {
  name = "api"
  role = aws_iam_role.api.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.api_statements
  })
}
