# One function on three sources: a table's stream, a queue and a Kinesis stream.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  backend "local" {}
}

provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

variable "name" {
  type = string
}

variable "package" {
  description = "Path of the function's zip."
  type        = string
}

variable "record" {
  description = "Path of the file that the function writes its events to."
  type        = string
}

variable "batch_size" {
  type    = number
  default = 10
}

variable "enabled" {
  type    = bool
  default = true
}

resource "aws_dynamodb_table" "this" {
  name             = var.name
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_kinesis_stream" "this" {
  name        = var.name
  shard_count = 2
}

resource "aws_sqs_queue" "this" {
  name = var.name
}

resource "aws_sqs_queue" "failed" {
  name = "${var.name}-failed"
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
  name = "sources"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
          "dynamodb:ListStreams",
        ]
        Resource = [aws_dynamodb_table.this.stream_arn]
      },
      {
        Effect = "Allow"
        Action = [
          "kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator",
          "kinesis:ListShards", "kinesis:ListStreams",
        ]
        Resource = [aws_kinesis_stream.this.arn]
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        Resource = [aws_sqs_queue.this.arn]
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.failed.arn]
      },
    ]
  })
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  role             = aws_iam_role.this.arn
  runtime          = "python3.12"
  handler          = "function.handler"
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  timeout          = 10

  environment {
    variables = { RECORD = var.record }
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_event_source_mapping" "table" {
  event_source_arn                   = aws_dynamodb_table.this.stream_arn
  function_name                      = aws_lambda_function.this.arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = var.batch_size
  enabled                            = var.enabled
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]
  maximum_batching_window_in_seconds = 1
  maximum_record_age_in_seconds      = 3600
  maximum_retry_attempts             = 1
  parallelization_factor             = 2

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failed.arn
    }
  }

  filter_criteria {
    filter {
      pattern = jsonencode({ eventName = ["INSERT", "MODIFY"] })
    }
  }

  tags = {
    Purpose = "test"
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  event_source_arn = aws_sqs_queue.this.arn
  function_name    = aws_lambda_function.this.function_name

  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_lambda_event_source_mapping" "kinesis" {
  event_source_arn  = aws_kinesis_stream.this.arn
  function_name     = aws_lambda_function.this.arn
  starting_position = "LATEST"
}

output "table_mapping" {
  value = aws_lambda_event_source_mapping.table.uuid
}

output "queue_url" {
  value = aws_sqs_queue.this.url
}

output "failed_url" {
  value = aws_sqs_queue.failed.url
}
