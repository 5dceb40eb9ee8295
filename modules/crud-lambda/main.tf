# Orders behind `POST /order`: a REST API (api.yaml) in front of one function that creates, reads,
# updates, deletes and lists the items of one table (tables.tf). What the function may do is in
# iam.tf. Who may call is the caller's own policy (`execute-api:Invoke`) or, with a usage plan, an API
# key besides.

locals {
  function_name = "${var.name}-order-api"
  api_name      = "${var.name}-order-api"
  stage         = "live"

  # API Gateway waits a second longer than the function runs, so that a function that is late gets
  # to say so.
  function_timeout_seconds    = 10
  integration_timeout_seconds = local.function_timeout_seconds + 1

  document = templatefile("${path.module}/api.yaml", {
    authorized     = var.authorization_type == "AWS_IAM"
    invoke_arn     = module.function.invoke_arn
    keyed          = var.usage_plan != null
    timeout_millis = local.integration_timeout_seconds * 1000
    title          = local.api_name
  })
}

module "function" {
  source = "../rust-lambda"

  name    = local.function_name
  package = "${var.packages}/order-api/bootstrap.zip"

  architecture         = var.architecture
  log_retention_days   = var.log_retention_days
  reserved_concurrency = var.reserved_concurrency
  timeout_seconds      = local.function_timeout_seconds
  tracing              = var.tracing

  environment = {
    IDEMPOTENCY_TABLE_NAME = aws_dynamodb_table.idempotency.name
    TABLE_ALIAS            = var.table_alias
    TABLE_NAME             = aws_dynamodb_table.orders.name
  }

  statements = local.function_statements
}

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
}

resource "aws_lambda_permission" "api" {
  statement_id  = "AllowOrderApi"
  function_name = module.function.name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${module.api.execution_arn}/${local.stage}/POST/order"
}
