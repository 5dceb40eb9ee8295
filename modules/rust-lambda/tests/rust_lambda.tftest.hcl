# Plans against a mocked provider. `override_during = plan` gives computed values at plan time, so
# that whole policies can be compared.

mock_provider "aws" {
  override_during = plan

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/shop-order-api" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/shop-order-api", id = "shop-order-api" }
  }

  mock_resource "aws_lambda_function" {
    defaults = {
      arn        = "arn:aws:lambda:us-east-1:123456789012:function:shop-order-api"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/shop-order-api/invocations"
    }
  }
}

variables {
  name    = "shop-order-api"
  package = "tests/fixtures/order-api/bootstrap.zip"
}

run "defaults" {
  command = plan

  assert {
    condition = (
      aws_lambda_function.this.function_name == "shop-order-api"
      && aws_lambda_function.this.runtime == "provided.al2023"
      && aws_lambda_function.this.handler == "bootstrap"
      && aws_lambda_function.this.architectures == tolist(["arm64"])
      && aws_lambda_function.this.memory_size == 256
      && aws_lambda_function.this.timeout == 10
      && aws_lambda_function.this.reserved_concurrent_executions == -1
      && length(aws_lambda_function.this.environment) == 0
    )
    error_message = "The function is not what a caller gets who passes a name and a package."
  }

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("tests/fixtures/order-api/bootstrap.zip")
    error_message = "The function must change with the bytes of its package."
  }

  assert {
    condition = aws_lambda_function.this.logging_config == tolist([{
      log_group             = "/aws/lambda/shop-order-api"
      log_format            = "JSON"
      application_log_level = "INFO"
      system_log_level      = "INFO"
    }])
    error_message = "Logs must be JSON, in the group that this module creates."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/shop-order-api" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log group must have a finite retention."
  }

  assert {
    condition     = one(aws_lambda_function.this.tracing_config).mode == "Active"
    error_message = "X-Ray is on unless it is turned off."
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "lambda.amazonaws.com" }
      }]
    }
    error_message = "Only Lambda may assume the role."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/shop-order-api:*"]
        },
        {
          Sid      = "WriteTraces"
          Effect   = "Allow"
          Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
          Resource = ["*"]
        },
      ]
    }
    error_message = "Without statements the role may log and trace, no more."
  }

  assert {
    condition     = length(aws_lambda_function_event_invoke_config.this) == 0
    error_message = "Without on_failure there is no asynchronous configuration."
  }

  assert {
    condition = {
      name       = output.name
      arn        = output.arn
      invoke_arn = output.invoke_arn
      role_name  = output.role_name
      log_group  = output.log_group
      } == {
      name       = "shop-order-api"
      arn        = "arn:aws:lambda:us-east-1:123456789012:function:shop-order-api"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/shop-order-api/invocations"
      role_name  = "shop-order-api"
      log_group  = "/aws/lambda/shop-order-api"
    }
    error_message = "The outputs do not name what was created."
  }
}

run "settings" {
  command = plan

  variables {
    architecture         = "x86_64"
    environment          = { TABLE_NAME = "shop-orders" }
    log_level            = "DEBUG"
    log_retention_days   = 7
    memory_mb            = 1024
    on_failure           = { arn = "arn:aws:sqs:us-east-1:123456789012:shop-failures" }
    reserved_concurrency = 0
    timeout_seconds      = 60
    tracing              = false

    statements = {
      SendJobs = {
        actions   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
        resources = ["arn:aws:sqs:us-east-1:123456789012:shop-jobs"]
      }
      ReadOrders = {
        actions   = ["dynamodb:Query"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders"]
      }
    }
  }

  assert {
    condition = (
      aws_lambda_function.this.architectures == tolist(["x86_64"])
      && aws_lambda_function.this.memory_size == 1024
      && aws_lambda_function.this.timeout == 60
      && aws_lambda_function.this.reserved_concurrent_executions == 0
      && one(aws_lambda_function.this.environment).variables == tomap({ TABLE_NAME = "shop-orders" })
      && one(aws_lambda_function.this.logging_config).application_log_level == "DEBUG"
      && one(aws_lambda_function.this.tracing_config).mode == "PassThrough"
      && aws_cloudwatch_log_group.this.retention_in_days == 7
    )
    error_message = "A setting did not reach the function."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/shop-order-api:*"]
      },
      {
        Sid      = "SendFailures"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = ["arn:aws:sqs:us-east-1:123456789012:shop-failures"]
      },
      {
        Sid      = "ReadOrders"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders"]
      },
      {
        Sid      = "SendJobs"
        Effect   = "Allow"
        Action   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
        Resource = ["arn:aws:sqs:us-east-1:123456789012:shop-jobs"]
      },
    ]
    error_message = "The role must have exactly the statements it was given."
  }

  assert {
    condition     = one(one(one(aws_lambda_function_event_invoke_config.this).destination_config).on_failure).destination == "arn:aws:sqs:us-east-1:123456789012:shop-failures"
    error_message = "Failed asynchronous invocations must go to on_failure."
  }
}

run "failures_go_to_a_topic" {
  command = plan

  variables {
    on_failure = { arn = "arn:aws:sns:us-east-1:123456789012:shop-failures" }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[2] == {
      Sid      = "SendFailures"
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = ["arn:aws:sns:us-east-1:123456789012:shop-failures"]
    }
    error_message = "A topic is published to."
  }
}

run "every_bad_input_is_refused_by_name" {
  command = plan

  variables {
    name                 = "Shop Orders"
    package              = "tests/fixtures/nothing.zip"
    architecture         = "riscv64"
    log_level            = "LOUD"
    log_retention_days   = 0
    memory_mb            = 64
    on_failure           = { arn = "arn:aws:s3:::shop-failures" }
    reserved_concurrency = -1
    timeout_seconds      = 901
  }

  expect_failures = [
    var.name,
    var.package,
    var.architecture,
    var.log_level,
    var.log_retention_days,
    var.memory_mb,
    var.on_failure,
    var.reserved_concurrency,
    var.timeout_seconds,
  ]
}

run "a_statement_is_named_by_a_sid" {
  command = plan

  variables {
    statements = {
      "read orders" = {
        actions   = ["dynamodb:GetItem"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders"]
      }
    }
  }

  expect_failures = [var.statements]
}

run "a_statement_names_exact_actions" {
  command = plan

  variables {
    statements = {
      ReadOrders = {
        actions   = ["dynamodb:Get*"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders"]
      }
    }
  }

  expect_failures = [var.statements]
}

run "a_statement_names_arns" {
  command = plan

  variables {
    statements = {
      ReadOrders = {
        actions   = ["dynamodb:GetItem"]
        resources = ["*"]
      }
    }
  }

  expect_failures = [var.statements]
}

run "the_example_of_the_readme_plans" {
  command = plan

  module {
    source = "./example"
  }

  providers = {
    aws = aws
  }

  variables {
    packages = "tests/fixtures"
  }

  assert {
    condition     = output.function == "shop-order-api" && strcontains(file("README.md"), file("example/main.tf"))
    error_message = "README.md must show example/main.tf, word for word."
  }
}
