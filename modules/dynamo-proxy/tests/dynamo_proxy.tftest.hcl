# Tables, roles, the stream, outputs and inputs. Plans against a mocked provider; `override_during =
# plan` gives computed values at plan time, so that policies and outputs can be compared whole.

mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

variables {
  name     = "shop"
  packages = "tests/fixtures"
}

run "tables" {
  command = plan

  assert {
    condition = (
      aws_dynamodb_table.comments.name == "shop-comments"
      && aws_dynamodb_table.comments.hash_key == "commentId"
      && aws_dynamodb_table.comments.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.comments.deletion_protection_enabled
      && aws_dynamodb_table.comments.stream_view_type == "NEW_AND_OLD_IMAGES"
      && one(aws_dynamodb_table.comments.point_in_time_recovery).enabled
      && one(aws_dynamodb_table.comments.server_side_encryption).enabled
    )
    error_message = "The table of comments must be on demand, streamed, recoverable, encrypted and protected."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.comments.global_secondary_index).name == "pageId-index"
      && one(aws_dynamodb_table.comments.global_secondary_index).hash_key == "pageId"
      && one(aws_dynamodb_table.comments.global_secondary_index).range_key == "createdAt"
      && one(aws_dynamodb_table.comments.global_secondary_index).non_key_attributes == toset(["message", "userName"])
    )
    error_message = "The index must hold the comments of a page in the order of their times."
  }

  assert {
    condition = (
      aws_dynamodb_table.stats.name == "shop-comment-stats"
      && aws_dynamodb_table.stats.hash_key == "pageId"
      && aws_dynamodb_table.stats.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.stats.deletion_protection_enabled
      && one(aws_dynamodb_table.stats.point_in_time_recovery).enabled
      && one(aws_dynamodb_table.stats.server_side_encryption).enabled
    )
    error_message = "The numbers of comments must be on demand, recoverable, encrypted and protected."
  }

  assert {
    condition = (
      aws_dynamodb_table.events.name == "shop-comment-events"
      && aws_dynamodb_table.events.hash_key == "eventId"
      && aws_dynamodb_table.events.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.events.deletion_protection_enabled
      && one(aws_dynamodb_table.events.ttl).attribute_name == "expiresAt"
      && one(aws_dynamodb_table.events.ttl).enabled
      && one(aws_dynamodb_table.events.server_side_encryption).enabled
    )
    error_message = "The events must be on demand, encrypted, protected, and expire."
  }
}

run "roles_hold_what_is_used" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.api.policy).Statement == [
      {
        Sid      = "CreateComments"
        Effect   = "Allow"
        Action   = ["dynamodb:PutItem"]
        Resource = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-comments"]
      },
      {
        Sid      = "ListComments"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-comments/index/pageId-index"]
      },
      {
        Sid      = "GetStats"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem"]
        Resource = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-comment-stats"]
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
      ReadStream = {
        actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-comments/stream/2026-11-20T00:00:00.000"]
      }
      RememberEvents = {
        actions   = ["dynamodb:PutItem"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-comment-events"]
      }
      CountComments = {
        actions   = ["dynamodb:UpdateItem"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-comment-stats"]
      }
      SendFailures = {
        actions   = ["sqs:SendMessage"]
        resources = ["arn:aws:sqs:us-east-1:123456789012:shop-comment-stream-failures"]
      }
    }
    error_message = "The function may read the stream, count, and send failures, no more."
  }
}

run "the_stream_is_counted" {
  command = plan

  assert {
    condition = (
      aws_lambda_event_source_mapping.comments.function_name == "arn:aws:lambda:us-east-1:123456789012:function:shop-comment-stream"
      && aws_lambda_event_source_mapping.comments.event_source_arn == "arn:aws:dynamodb:us-east-1:123456789012:table/shop-comments/stream/2026-11-20T00:00:00.000"
      && aws_lambda_event_source_mapping.comments.starting_position == "TRIM_HORIZON"
      && aws_lambda_event_source_mapping.comments.batch_size == 100
      && aws_lambda_event_source_mapping.comments.function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.comments.tumbling_window_in_seconds == null
      && jsondecode(one(one(aws_lambda_event_source_mapping.comments.filter_criteria).filter).pattern) == { eventName = ["INSERT", "MODIFY", "REMOVE"] }
    )
    error_message = "Every comment that comes or goes must reach the function, from the table's beginning."
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.comments.bisect_batch_on_function_error
      && aws_lambda_event_source_mapping.comments.maximum_retry_attempts == 10
      && aws_lambda_event_source_mapping.comments.maximum_record_age_in_seconds == 86400
      && one(one(aws_lambda_event_source_mapping.comments.destination_config).on_failure).destination_arn == "arn:aws:sqs:us-east-1:123456789012:shop-comment-stream-failures"
    )
    error_message = "What cannot be counted must be set aside after some attempts, alone."
  }

  assert {
    condition = (
      aws_sqs_queue.failures.name == "shop-comment-stream-failures"
      && aws_sqs_queue.failures.message_retention_seconds == 1209600
      && aws_sqs_queue.failures.sqs_managed_sse_enabled
      && jsondecode(aws_sqs_queue.failures.policy).Statement == [{
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = "arn:aws:sqs:us-east-1:123456789012:shop-comment-stream-failures"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    )
    error_message = "The queue must be encrypted, at rest and on the way, and keep what it has for as long as it can."
  }
}

run "outputs" {
  command = plan

  assert {
    condition = {
      url            = output.url
      api_arn        = output.api_arn
      failures_queue = output.failures_queue
      function       = output.function
      stats_table    = output.stats_table
      table          = output.table
      } == {
      url            = "https://abc123.execute-api.us-east-1.amazonaws.com/live/comments"
      api_arn        = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/*/comments*"
      failures_queue = "https://sqs.us-east-1.amazonaws.com/123456789012/shop-comment-stream-failures"
      function       = "shop-comment-stream"
      stats_table    = "shop-comment-stats"
      table          = "shop-comments"
    }
    error_message = "The outputs do not name what was created."
  }

  assert {
    condition = output.watch == {
      apis = {
        shop-comments = { log_group = "/aws/apigateway/shop-comments", stage = "live" }
      }
      functions = {
        shop-comment-stream = { log_group = "/aws/lambda/shop-comment-stream", timeout_seconds = 30 }
      }
      queues = {
        shop-comment-stream-failures = { arn = "arn:aws:sqs:us-east-1:123456789012:shop-comment-stream-failures", is_dead_letter = true }
      }
      tables = {
        shop-comments       = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-comments" }
        shop-comment-events = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-comment-events" }
        shop-comment-stats  = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-comment-stats" }
      }
    }
    error_message = "watch must name all that was created, by kind and name."
  }
}

run "capacity_is_the_tables_and_the_indexs" {
  command = plan

  variables {
    provisioned_capacity = { read_units = 5, write_units = 20 }
  }

  assert {
    condition = (
      aws_dynamodb_table.comments.billing_mode == "PROVISIONED"
      && aws_dynamodb_table.comments.read_capacity == 5
      && aws_dynamodb_table.comments.write_capacity == 20
      && one(aws_dynamodb_table.comments.global_secondary_index).read_capacity == 5
      && one(aws_dynamodb_table.comments.global_secondary_index).write_capacity == 20
    )
    error_message = "The table and its index must have the capacity that was asked for."
  }
}

run "every_bad_input_is_refused_by_name" {
  command = plan

  variables {
    name                 = "Shop"
    authorization_type   = "API_KEY"
    provisioned_capacity = { read_units = 0.5, write_units = 5 }
  }

  expect_failures = [var.name, var.authorization_type, var.provisioned_capacity]
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
    condition     = output.table == "shop-comments" && strcontains(file("README.md"), file("example/main.tf"))
    error_message = "README.md must show example/main.tf, word for word."
  }
}
