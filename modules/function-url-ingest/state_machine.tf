# The state machine: checks every field, then stores the submission without a Lambda.
#
# Input: {"user_name"?: string, "email"?: string, "pincode"?: string}.
# Output: {"id": "<email>"}, or {"errors": {"<field>": "<rule>"}} with every bad field at once.
#
# Bad input ends SUCCEEDED with `errors`, because it is an answer and not a fault: ExecutionsFailed
# and its alarm then count nothing but faults of ours.

locals {
  # A pattern inside a JSONata literal `/.../`: a slash that is not escaped yet would end it. The
  # pattern is cut into escape sequences and single characters, so that `\\/` and `\/` are told apart.
  patterns = {
    for field, check in { email = var.email, pincode = var.pincode } : field => join("", [
      for token in regexall("(?s)\\\\.|[^\\\\]", check.pattern) : token == "/" ? "\\/" : token
    ])
  }

  # What is wrong with each field; a field that is right has no entry, because JSONata leaves out
  # what is undefined. The text that matched is compared with the value, because `$` also matches
  # before a final newline. 254 characters is the longest address that mail carries (RFC 5321), and
  # more than 2048 bytes DynamoDB would not take as a key.
  errors = trimspace(<<-EOT
    {%
    (
      $check := function($value, $problem) {
        $not($exists($value)) ? 'is missing'
        : $type($value) != 'string' ? 'must be a string'
        : $problem($value)
      };
      $matches := function($text, $pattern) { $match($text, $pattern)[0].match = $text };
      {
        'user_name': $check($states.input.user_name, function($text) {
          $text = '' ? 'is empty'
        }),
        'email': $check($states.input.email, function($text) {
          $length($text) > 254 ? 'must be at most 254 characters'
          : $not($matches($text, /^(?:${local.patterns.email})$/)) ? ${jsonencode("must be ${var.email.rule}")}
        }),
        'pincode': $check($states.input.pincode, function($text) {
          $not($matches($text, /^(?:${local.patterns.pincode})$/)) ? ${jsonencode("must be ${var.pincode.rule}")}
        })
      }
    )
    %}
  EOT
  )

  definition = {
    Comment        = "Validates a submission and stores it."
    QueryLanguage  = "JSONata"
    StartAt        = "Validate"
    TimeoutSeconds = local.state_machine_timeout_seconds

    States = {
      Validate = {
        Type   = "Pass"
        Assign = { errors = local.errors }
        Next   = "Decide"
      }

      Decide = {
        Type = "Choice"
        Choices = [{
          Condition = "{% $count($keys($errors)) > 0 %}"
          Next      = "Refuse"
        }]
        Default = "Store"
      }

      Refuse = {
        Type   = "Pass"
        Output = { errors = "{% $errors %}" }
        End    = true
      }

      # An update and not a put: a submission that is repeated, by a retry or by its sender, keeps
      # its `created_at` and is harmless.
      Store = {
        Type           = "Task"
        Resource       = "arn:aws:states:::dynamodb:updateItem"
        TimeoutSeconds = local.store_attempt_seconds
        Arguments = {
          TableName        = aws_dynamodb_table.this.name
          Key              = { id = { S = "{% $states.input.email %}" } }
          UpdateExpression = "SET user_name = :user_name, pincode = :pincode, updated_at = :now, created_at = if_not_exists(created_at, :now)"
          ExpressionAttributeValues = {
            ":user_name" = { S = "{% $states.input.user_name %}" }
            ":pincode"   = { S = "{% $states.input.pincode %}" }
            ":now"       = { S = "{% $now() %}" }
          }
        }
        # What no second attempt mends fails at once. All else is tried again, not a list of
        # throttling errors: Step Functions reports those that DynamoDB's API does not model under
        # the SDK's general name, and the update may be repeated at will.
        # Jitter only ever shortens a wait.
        Retry = [
          {
            ErrorEquals = ["DynamoDB.AccessDeniedException", "DynamoDB.ResourceNotFoundException", "DynamoDB.ValidationException"]
            MaxAttempts = 0
          },
          {
            ErrorEquals     = ["States.TaskFailed", "States.Timeout"]
            IntervalSeconds = local.store_backoff_seconds
            BackoffRate     = local.store_backoff_rate
            MaxAttempts     = local.store_attempts - 1
            JitterStrategy  = "FULL"
          },
        ]
        Output = { id = "{% $states.input.email %}" }
        End    = true
      }
    }
  }
}

resource "aws_sfn_state_machine" "this" {
  name       = local.state_machine_name
  type       = "EXPRESS"
  role_arn   = aws_iam_role.state_machine.arn
  definition = jsonencode(local.definition)

  # Execution data is personal data (names, addresses): the log says which state failed and why, not
  # for whom.
  logging_configuration {
    level                  = "ERROR"
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.state_machine.arn}:*"
  }

  dynamic "tracing_configuration" {
    for_each = var.tracing ? [true] : []

    content {
      enabled = true
    }
  }

  # Creation fails where the role may not deliver logs yet.
  depends_on = [aws_iam_role_policy.state_machine]
}

# `/aws/vendedlogs/` keeps the group's name out of the account's log resource policy, which holds
# only some 5,000 characters.
resource "aws_cloudwatch_log_group" "state_machine" {
  name              = "/aws/vendedlogs/states/${local.state_machine_name}"
  retention_in_days = var.log_retention_days
}
