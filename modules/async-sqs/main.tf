# Users that are taken at once and written later: a REST API (api.yaml) that puts what it accepts on a
# queue, a function that makes users of it, and two methods that ask the table what became of a message
# and who a user is. What is asked and answered is in templates/, the queue and the function in
# queue.tf, the table in tables.tf, and who may do what in iam.tf. Who may call is the caller's own
# policy (`execute-api:Invoke`) or, with a usage plan, an API key besides.

locals {
  api_name = "${var.name}-users"
  stage    = "live"

  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.name

  security = merge(
    var.authorization_type == "AWS_IAM" ? { sigv4 = [] } : {},
    var.usage_plan == null ? {} : { api_key = [] },
  )

  document = templatefile("${path.module}/api.yaml", {
    dynamodb   = "arn:${local.partition}:apigateway:${local.region}:dynamodb"
    queue_path = "${local.account_id}/${local.queue_name}"
    role_arn   = aws_iam_role.api.arn
    security   = length(local.security) == 0 ? "" : jsonencode([local.security])
    sqs        = "arn:${local.partition}:apigateway:${local.region}:sqs"
    title      = local.api_name

    # A template as a JSON string, which YAML takes as it is.
    templates = {
      for file in fileset("${path.module}/templates", "*.vtl") :
      trimsuffix(file, ".vtl") => jsonencode(file("${path.module}/templates/${file}"))
    }
  })
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

module "api" {
  source = "../rest-api"

  name = local.api_name
  body = local.document

  log_retention_days = var.log_retention_days
  stage              = local.stage
  throttling         = var.throttling
  tracing            = var.tracing
  usage_plan         = var.usage_plan
  web_acl_arn        = var.web_acl_arn

  # The templates are deployed as they are, and learn from the stage which table is theirs.
  stage_variables = {
    usersTable = aws_dynamodb_table.users.name
  }
}
