# The function's URL and who may call it. A URL made since October 2025 wants two statements in the
# function's policy for each caller: lambda:InvokeFunctionUrl, and lambda:InvokeFunction. The second,
# given bare, would also let the caller invoke the function directly, past the URL, with any event;
# given bare to `*`, the whole world. So it is granted under `lambda:InvokedViaFunctionUrl` alone.

locals {
  callers = var.authorization_type == "NONE" ? { Public = "*" } : var.callers

  # A browser may send and read what the function takes and gives; signing adds headers of its own.
  cors_headers = concat(
    ["content-type"],
    var.authorization_type == "AWS_IAM" ? ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"] : [],
  )
}

resource "aws_lambda_function_url" "this" {
  function_name      = module.function.name
  authorization_type = var.authorization_type

  dynamic "cors" {
    for_each = var.cors == null ? [] : [var.cors]

    content {
      allow_origins  = cors.value.allow_origins
      allow_methods  = ["GET", "POST"]
      allow_headers  = local.cors_headers
      expose_headers = ["link"]
      max_age        = cors.value.max_age_seconds
    }
  }

  # Provider 5 adds the public statement itself when it makes a URL without authorization, outside
  # the state, unless a statement of that id is there: made first, it is ours, and goes when
  # authorization_type changes.
  depends_on = [aws_lambda_permission.url]
}

resource "aws_lambda_permission" "url" {
  for_each = local.callers

  statement_id           = "FunctionURLAllow${each.key}Access"
  function_name          = module.function.name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = each.value
  function_url_auth_type = var.authorization_type
}

# The provider can set this condition from 6.29 on (`invoked_via_function_url`), CloudFormation can
# today. With that as the floor, this becomes a second aws_lambda_permission.
resource "aws_cloudformation_stack" "invoke_via_url" {
  count = length(local.callers) == 0 ? 0 : 1

  name = "${local.function_name}-permissions"

  template_body = jsonencode({
    Description = "Lets the callers of the function URL of ${local.function_name} invoke it, through the URL only."
    Resources = {
      for caller, principal in local.callers : "Invoke${caller}" => {
        Type = "AWS::Lambda::Permission"
        Properties = {
          FunctionName          = module.function.name
          Action                = "lambda:InvokeFunction"
          Principal             = principal
          InvokedViaFunctionUrl = true
        }
      }
    }
  })
}
