# Plans against a mocked provider. `override_during = plan` gives computed values at plan time, so
# that policies, the definition and the outputs can be compared whole. What the definition answers
# is tested end to end, on the local AWS.

mock_provider "aws" {
  override_during = plan

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:shop" }
  }

  mock_resource "aws_dynamodb_table" {
    defaults = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-submissions" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/shop" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:shop-submission-url" }
  }

  mock_resource "aws_lambda_function_url" {
    defaults = { function_url = "https://abc123.lambda-url.us-east-1.on.aws/" }
  }

  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:us-east-1:123456789012:stateMachine:shop-submission-flow" }
  }
}

variables {
  name     = "shop"
  packages = "tests/fixtures"
}

run "defaults" {
  command = plan

  assert {
    condition = (
      aws_dynamodb_table.this.name == "shop-submissions"
      && aws_dynamodb_table.this.hash_key == "id"
      && aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.this.deletion_protection_enabled
      && one(aws_dynamodb_table.this.point_in_time_recovery).enabled
      && one(aws_dynamodb_table.this.server_side_encryption).enabled
    )
    error_message = "The table must be on demand, recoverable, encrypted and protected."
  }

  assert {
    condition = (
      aws_sfn_state_machine.this.name == "shop-submission-flow"
      && aws_sfn_state_machine.this.type == "EXPRESS"
      && one(aws_sfn_state_machine.this.tracing_configuration).enabled
      && aws_sfn_state_machine.this.logging_configuration == tolist([{
        level                  = "ERROR"
        include_execution_data = false
        log_destination        = "arn:aws:logs:us-east-1:123456789012:log-group:shop:*"
      }])
      && aws_cloudwatch_log_group.state_machine.retention_in_days == 30
    )
    error_message = "The state machine must be Express, traced, and log errors without personal data."
  }

  assert {
    condition = alltrue([
      for rule in [
        "/^(?:[A-Za-z][A-Za-z0-9]*@[A-Za-z0-9]+\\.com)$/)) ? \"must be letters, then letters or digits, @, letters or digits, .com\"",
        "/^(?:[0-9]{4,6})$/)) ? \"must be 4 to 6 digits\"",
      ] : strcontains(jsondecode(aws_sfn_state_machine.this.definition).States.Validate.Assign.errors, rule)
    ])
    error_message = "The default rules are not in the definition."
  }

  assert {
    condition = (
      jsondecode(aws_sfn_state_machine.this.definition).States.Store.Resource == "arn:aws:states:::dynamodb:updateItem"
      && jsondecode(aws_sfn_state_machine.this.definition).States.Store.Arguments.TableName == "shop-submissions"
      && jsondecode(aws_sfn_state_machine.this.definition).States.Store.Retry[1] == {
        ErrorEquals     = ["States.TaskFailed", "States.Timeout"]
        IntervalSeconds = 1
        BackoffRate     = 2
        MaxAttempts     = 2
        JitterStrategy  = "FULL"
      }
    )
    error_message = "Storing must be an update of the table, tried again with jitter."
  }

  assert {
    condition = alltrue([
      for retry in [jsondecode(aws_sfn_state_machine.this.definition).States.Store.Retry[1]] : (
        (retry.MaxAttempts + 1) * jsondecode(aws_sfn_state_machine.this.definition).States.Store.TimeoutSeconds
        + sum([for n in range(retry.MaxAttempts) : retry.IntervalSeconds * pow(retry.BackoffRate, n)])
        < jsondecode(aws_sfn_state_machine.this.definition).TimeoutSeconds
      )
    ])
    error_message = "All attempts and the longest waits between them must fit into the state machine's time."
  }

  assert {
    condition = (
      jsondecode(aws_sfn_state_machine.this.definition).TimeoutSeconds == 10
      && output.watch.functions["shop-submission-url"].timeout_seconds == 15
    )
    error_message = "The state machine must time out within the function, and so must the function's call to it, which waits 14 s."
  }

  assert {
    condition = jsondecode(aws_iam_role.state_machine.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
    }]
    error_message = "Only Step Functions may assume the role."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.state_machine.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "StoreSubmissions"
          Effect   = "Allow"
          Action   = ["dynamodb:UpdateItem"]
          Resource = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-submissions"]
        },
        {
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
        },
        {
          Sid    = "WriteTraces"
          Effect = "Allow"
          Action = [
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
          ]
          Resource = ["*"]
        },
      ]
    }
    error_message = "The state machine may write to its table, log and trace, no more."
  }

  assert {
    condition = local.function_statements == {
      StartSubmissionFlow = {
        actions   = ["states:StartSyncExecution"]
        resources = ["arn:aws:states:us-east-1:123456789012:stateMachine:shop-submission-flow"]
      }
      ListSubmissions = {
        actions   = ["dynamodb:Scan"]
        resources = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-submissions"]
      }
    }
    error_message = "The function may start the state machine and read the table, no more."
  }

  assert {
    condition = (
      aws_lambda_function_url.this.authorization_type == "AWS_IAM"
      && length(aws_lambda_function_url.this.cors) == 0
      && length(aws_lambda_permission.url) == 0
      && length(aws_cloudformation_stack.invoke_via_url) == 0
    )
    error_message = "By default the URL takes signed requests, and the function admits nobody by itself."
  }

  assert {
    condition = {
      url           = output.url
      function      = output.function
      state_machine = output.state_machine
      table         = output.table
      } == {
      url           = "https://abc123.lambda-url.us-east-1.on.aws/"
      function      = "shop-submission-url"
      state_machine = "arn:aws:states:us-east-1:123456789012:stateMachine:shop-submission-flow"
      table         = "shop-submissions"
    }
    error_message = "The outputs do not name what was created."
  }

  assert {
    condition = output.watch == {
      functions = {
        shop-submission-url = { log_group = "/aws/lambda/shop-submission-url", timeout_seconds = 15 }
      }
      state_machines = {
        shop-submission-flow = {
          arn       = "arn:aws:states:us-east-1:123456789012:stateMachine:shop-submission-flow"
          log_group = "/aws/vendedlogs/states/shop-submission-flow"
        }
      }
      tables = {
        shop-submissions = { arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-submissions" }
      }
    }
    error_message = "watch must name all that was created, by kind and name."
  }
}

run "an_open_url_is_invoked_through_the_url_only" {
  command = plan

  variables {
    authorization_type  = "NONE"
    cors                = { allow_origins = ["https://shop.example"] }
    deletion_protection = false
    log_retention_days  = 1
    tracing             = false
  }

  assert {
    condition = (
      keys(aws_lambda_permission.url) == ["Public"]
      && aws_lambda_permission.url["Public"].statement_id == "FunctionURLAllowPublicAccess"
      && aws_lambda_permission.url["Public"].action == "lambda:InvokeFunctionUrl"
      && aws_lambda_permission.url["Public"].principal == "*"
      && aws_lambda_permission.url["Public"].function_url_auth_type == "NONE"
    )
    error_message = "Anyone may call the URL, while it is open."
  }

  assert {
    condition = jsondecode(one(aws_cloudformation_stack.invoke_via_url).template_body).Resources == {
      InvokePublic = {
        Type = "AWS::Lambda::Permission"
        Properties = {
          FunctionName          = "shop-submission-url"
          Action                = "lambda:InvokeFunction"
          Principal             = "*"
          InvokedViaFunctionUrl = true
        }
      }
    }
    error_message = "The world may invoke the function through its URL only."
  }

  assert {
    condition = (
      one(aws_lambda_function_url.this.cors).allow_origins == toset(["https://shop.example"])
      && one(aws_lambda_function_url.this.cors).allow_methods == toset(["GET", "POST"])
      && one(aws_lambda_function_url.this.cors).allow_headers == toset(["content-type"])
      && one(aws_lambda_function_url.this.cors).expose_headers == toset(["link"])
      && one(aws_lambda_function_url.this.cors).max_age == 300
    )
    error_message = "CORS must let a page send what the function takes, and read the link to the next page."
  }

  assert {
    condition = (
      !aws_dynamodb_table.this.deletion_protection_enabled
      && aws_cloudwatch_log_group.state_machine.retention_in_days == 1
      && length(aws_sfn_state_machine.this.tracing_configuration) == 0
      && [for s in jsondecode(aws_iam_role_policy.state_machine.policy).Statement : s.Sid] == ["StoreSubmissions", "DeliverLogs"]
    )
    error_message = "A setting did not reach what it sets."
  }
}

run "callers_are_admitted_one_by_one" {
  command = plan

  variables {
    callers = {
      Partner = "210987654321"
      Website = "arn:aws:iam::123456789012:role/website"
    }
    cors = { allow_origins = ["*"], max_age_seconds = 0 }
  }

  assert {
    condition = { for caller, permission in aws_lambda_permission.url : caller => [permission.statement_id, permission.action, permission.principal, permission.function_url_auth_type] } == {
      Partner = ["FunctionURLAllowPartnerAccess", "lambda:InvokeFunctionUrl", "210987654321", "AWS_IAM"]
      Website = ["FunctionURLAllowWebsiteAccess", "lambda:InvokeFunctionUrl", "arn:aws:iam::123456789012:role/website", "AWS_IAM"]
    }
    error_message = "Each caller may call the URL, signed."
  }

  assert {
    condition = { for id, resource in jsondecode(one(aws_cloudformation_stack.invoke_via_url).template_body).Resources : id => [resource.Properties.Principal, tostring(resource.Properties.InvokedViaFunctionUrl)] } == {
      InvokePartner = ["210987654321", "true"]
      InvokeWebsite = ["arn:aws:iam::123456789012:role/website", "true"]
    }
    error_message = "Each caller may invoke the function through its URL only."
  }

  assert {
    condition     = one(aws_lambda_function_url.this.cors).allow_headers == toset(["authorization", "content-type", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"])
    error_message = "A page that signs sends the headers of a signature."
  }
}

run "patterns_survive_the_way_into_the_definition" {
  command = plan

  variables {
    email = {
      pattern = "a/b\\/c\\\\/[\"'/]\\d"
      rule    = "of the \"a/b\" kind"
    }
  }

  assert {
    condition = strcontains(
      jsondecode(aws_sfn_state_machine.this.definition).States.Validate.Assign.errors,
      "/^(?:a\\/b\\/c\\\\\\/[\"'\\/]\\d)$/)) ? \"must be of the \\\"a/b\\\" kind\"",
    )
    error_message = "A slash must be escaped exactly once, and quotes must not end a literal."
  }
}

run "every_bad_input_is_refused_by_name" {
  command = plan

  variables {
    name    = "Shop"
    callers = { Website = "*" }
    cors    = { allow_origins = ["https://shop.example/path"] }
    email   = { pattern = "[a-z", rule = "letters" }
    pincode = { pattern = "[0-9", rule = "digits" }
  }

  expect_failures = [var.name, var.callers, var.cors, var.email, var.pincode]
}

run "an_authorization_type_is_one_of_two" {
  command = plan

  variables {
    authorization_type = "ANYONE"
  }

  expect_failures = [var.authorization_type]
}

run "patterns_keep_to_what_engines_share" {
  command = plan

  variables {
    email   = { pattern = "(?i)[a-z]+", rule = "letters" }
    pincode = { pattern = "[[:digit:]]+", rule = "digits" }
  }

  expect_failures = [var.email, var.pincode]
}

run "brackets_in_patterns_are_balanced" {
  command = plan

  variables {
    email   = { pattern = "[(]a", rule = "a bracket and a" }
    pincode = { pattern = "[0-9}]+", rule = "digits or a bracket" }
  }

  expect_failures = [var.email, var.pincode]
}

run "an_empty_address_is_no_key" {
  command = plan

  variables {
    email = { pattern = "[a-z]*", rule = "letters" }
  }

  expect_failures = [var.email]
}

run "rules_say_something" {
  command = plan

  variables {
    email   = { pattern = "[a-z]+", rule = "" }
    pincode = { pattern = "[0-9]+", rule = " " }
  }

  expect_failures = [var.email, var.pincode]
}

run "callers_are_for_signed_requests" {
  command = plan

  variables {
    authorization_type = "NONE"
    callers            = { Website = "arn:aws:iam::123456789012:role/website" }
    cors               = { allow_origins = ["*"], max_age_seconds = 86401 }
  }

  expect_failures = [var.callers, var.cors]
}

run "callers_have_plain_names" {
  command = plan

  variables {
    callers = { "the website" = "arn:aws:iam::123456789012:role/website" }
  }

  expect_failures = [var.callers]
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
    condition     = output.table == "shop-submissions" && strcontains(file("README.md"), file("example/main.tf"))
    error_message = "README.md must show example/main.tf, word for word."
  }
}
