# Who may do what: the API writes and reads comments and reads their number; the function reads the
# stream, counts each event once, and sends away what it cannot count. A transaction needs what its
# writes need and no action of its own. The function's role itself belongs to rust-lambda, which adds
# logs and traces.

locals {
  api_statements = [
    {
      Sid      = "CreateComments"
      Effect   = "Allow"
      Action   = ["dynamodb:PutItem"]
      Resource = [aws_dynamodb_table.comments.arn]
    },
    {
      Sid      = "ListComments"
      Effect   = "Allow"
      Action   = ["dynamodb:Query"]
      Resource = ["${aws_dynamodb_table.comments.arn}/index/pageId-index"]
    },
    {
      Sid      = "GetStats"
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem"]
      Resource = [aws_dynamodb_table.stats.arn]
    },
  ]

  function_statements = {
    ReadStream = {
      actions = [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
      ]
      resources = [aws_dynamodb_table.comments.stream_arn]
    }
    RememberEvents = {
      actions   = ["dynamodb:PutItem"]
      resources = [aws_dynamodb_table.events.arn]
    }
    CountComments = {
      actions   = ["dynamodb:UpdateItem"]
      resources = [aws_dynamodb_table.stats.arn]
    }
    SendFailures = {
      actions   = ["sqs:SendMessage"]
      resources = [aws_sqs_queue.failures.arn]
    }
  }
}

resource "aws_iam_role" "api" {
  name = "${var.name}-comments-api"

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
