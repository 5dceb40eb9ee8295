# The table, roles, queues, outputs and inputs. Plans against a mocked provider; `override_during =
# plan` gives computed values at plan time, so that policies and outputs can be compared whole.

mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

variables {
  name     = "shop"
  packages = "tests/fixtures"
}

run "table" {
  command = plan

  assert {
    condition = (
      aws_dynamodb_table.users.name == "shop-users"
      && aws_dynamodb_table.users.hash_key == "ID"
      && aws_dynamodb_table.users.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.users.deletion_protection_enabled
      && one(aws_dynamodb_table.users.point_in_time_recovery).enabled
      && one(aws_dynamodb_table.users.server_side_encryption).enabled
    )
    error_message = "The table of users must be on demand, recoverable, encrypted and protected."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.users.global_secondary_index).name == "SQSMessageID-index"
      && one(aws_dynamodb_table.users.global_secondary_index).hash_key == "SQSMessageID"
      && one(aws_dynamodb_table.users.global_secondary_index).projection_type == "INCLUDE"
      && one(aws_dynamodb_table.users.global_secondary_index).non_key_attributes == toset(["Reason"])
    )
    error_message = "The index must hold what a status says, by the message."
  }
}

run "roles_hold_what_is_used" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.api.policy).Statement == [
      {
        Sid      = "SendMessages"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = ["arn:aws:sqs:us-east-1:123456789012:shop-users"]
      },
      {
        Sid      = "GetStatus"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-users/index/SQSMessageID-index"]
      },
      {
        Sid      = "GetUsers"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem"]
        Resource = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-users"]
      },
    ]
    error_message = "The API may do what its three methods do."
  }

  assert {
    condition = jsondecode(aws_iam_role.api.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "apigateway.amazonaws.com" }
      Condition = { StringEqualsIfExists = { "aws:SourceAccount" = "123456789012" } }
    }]
    error_message = "Only API Gateway may assume the API's role, for this account."
  }

  assert {
    condition = local.function_statements == {
      ReceiveMessages = {
        actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        resources = ["arn:aws:sqs:us-east-1:123456789012:shop-users"]
      }
      WriteUsers = {
        actions   = ["dynamodb:PutItem"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-users"]
      }
    }
    error_message = "The function may take messages and write users, no more."
  }
}

run "messages_have_the_time_and_the_tries_they_need" {
  command = plan

  assert {
    condition = (
      aws_sqs_queue.users.name == "shop-users"
      && aws_sqs_queue.users.visibility_timeout_seconds == 60
      && output.watch.functions["shop-user-writer"].timeout_seconds * 6 + aws_lambda_event_source_mapping.users.maximum_batching_window_in_seconds == 60
    )
    error_message = "A message must stay invisible for the window and six times the function's timeout."
  }

  assert {
    condition = (
      jsondecode(aws_sqs_queue.users.redrive_policy) == { deadLetterTargetArn = "arn:aws:sqs:us-east-1:123456789012:shop-users-dead-letters", maxReceiveCount = 5 }
      && local.maximum_receives == 5
      && aws_sqs_queue.dead_letters.name == "shop-users-dead-letters"
      && jsondecode(aws_sqs_queue.dead_letters.redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = ["arn:aws:sqs:us-east-1:123456789012:shop-users"] }
    )
    error_message = "After five receives a message must go to the dead letters, which are this queue's alone."
  }

  assert {
    condition = (
      aws_sqs_queue.dead_letters.message_retention_seconds == 1209600
      && aws_sqs_queue.users.message_retention_seconds == 345600
      && aws_sqs_queue.users.max_message_size == 262144
      && aws_sqs_queue.dead_letters.max_message_size == 262144
      && strcontains(file("templates/create_user.refusal.vtl"), "262144 bytes or less")
    )
    error_message = "Dead letters must be kept for as long as they can, whatever their age and size."
  }

  assert {
    condition = alltrue([
      for queue in [aws_sqs_queue.users, aws_sqs_queue.dead_letters] :
      queue.sqs_managed_sse_enabled && jsondecode(queue.policy).Statement == [{
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:us-east-1:123456789012:${queue.name}"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    ])
    error_message = "Queues must be encrypted, at rest and on the way."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.users.function_name == "arn:aws:lambda:us-east-1:123456789012:function:shop-user-writer"
      && aws_lambda_event_source_mapping.users.event_source_arn == "arn:aws:sqs:us-east-1:123456789012:shop-users"
      && aws_lambda_event_source_mapping.users.batch_size == 10
      && aws_lambda_event_source_mapping.users.function_response_types == toset(["ReportBatchItemFailures"])
      && one(aws_lambda_event_source_mapping.users.scaling_config).maximum_concurrency == 10
    )
    error_message = "The function must get messages in batches, say which failed, and run so many at a time and no more."
  }
}

run "outputs" {
  command = plan

  assert {
    condition = {
      url               = output.url
      api_arn           = output.api_arn
      dead_letter_queue = output.dead_letter_queue
      function          = output.function
      queue             = output.queue
      table             = output.table
      } == {
      url               = "https://abc123.execute-api.us-east-1.amazonaws.com/live"
      api_arn           = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/*"
      dead_letter_queue = "https://sqs.us-east-1.amazonaws.com/123456789012/shop-users-dead-letters"
      function          = "shop-user-writer"
      queue             = "https://sqs.us-east-1.amazonaws.com/123456789012/shop-users"
      table             = "shop-users"
    }
    error_message = "The outputs do not name what was created."
  }

  assert {
    condition = output.watch == {
      apis = {
        shop-users = { log_group = "/aws/apigateway/shop-users", stage = "live" }
      }
      functions = {
        shop-user-writer = { log_group = "/aws/lambda/shop-user-writer", timeout_seconds = 10 }
      }
      queues = {
        shop-users              = { arn = "arn:aws:sqs:us-east-1:123456789012:shop-users", is_dead_letter = false }
        shop-users-dead-letters = { arn = "arn:aws:sqs:us-east-1:123456789012:shop-users-dead-letters", is_dead_letter = true }
      }
      tables = {
        shop-users = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-users" }
      }
    }
    error_message = "watch must name all that was created, by kind and name."
  }
}

run "concurrency_is_as_asked" {
  command = plan

  variables {
    maximum_concurrency = 1000
  }

  assert {
    condition     = one(aws_lambda_event_source_mapping.users.scaling_config).maximum_concurrency == 1000
    error_message = "The mapping must run as many batches at a time as was asked for."
  }
}

run "every_bad_input_is_refused_by_name" {
  command = plan

  variables {
    name                = "Shop"
    authorization_type  = "API_KEY"
    maximum_concurrency = 1
  }

  expect_failures = [var.name, var.authorization_type, var.maximum_concurrency]
}

run "the_example_of_the_readme_plans" {
  command = plan

  module {
    source = "./example"
  }

  providers = {
    aws = aws
  }

  assert {
    condition     = output.table == "shop-users" && strcontains(file("README.md"), file("example/main.tf"))
    error_message = "README.md must show example/main.tf, word for word."
  }
}
