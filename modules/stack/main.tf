# The stack: every pattern that an environment asks for, with what environments set differently.
# Local, dev, test and prod apply this same module; what does not differ between them is decided in
# the patterns.

locals {
  known_patterns = toset(["async-sqs", "crud-lambda", "dynamo-proxy", "function-url-ingest"])
  patterns       = coalesce(var.patterns, local.known_patterns)
}

module "async_sqs" {
  source = "../async-sqs"
  count  = contains(local.patterns, "async-sqs") ? 1 : 0

  name     = var.name
  packages = var.packages

  architecture        = var.architecture
  authorization_type  = var.async_sqs.authorization_type
  deletion_protection = var.deletion_protection
  log_retention_days  = var.log_retention_days
  maximum_concurrency = var.async_sqs.maximum_concurrency
  tracing             = var.tracing
  web_acl_arn         = var.async_sqs.web_acl_arn

  throttling = {
    burst               = ceil(2 * var.async_sqs.requests_per_second)
    requests_per_second = var.async_sqs.requests_per_second
  }
  usage_plan = var.async_sqs.key_requests_per_day == null ? null : {
    requests_per_day = var.async_sqs.key_requests_per_day
  }
}

module "crud_lambda" {
  source = "../crud-lambda"
  count  = contains(local.patterns, "crud-lambda") ? 1 : 0

  name     = var.name
  packages = var.packages

  architecture         = var.architecture
  authorization_type   = var.crud_lambda.authorization_type
  deletion_protection  = var.deletion_protection
  log_retention_days   = var.log_retention_days
  reserved_concurrency = var.crud_lambda.reserved_concurrency
  tracing              = var.tracing
  web_acl_arn          = var.crud_lambda.web_acl_arn

  throttling = {
    burst               = ceil(2 * var.crud_lambda.requests_per_second)
    requests_per_second = var.crud_lambda.requests_per_second
  }
  usage_plan = var.crud_lambda.key_requests_per_day == null ? null : {
    requests_per_day = var.crud_lambda.key_requests_per_day
  }
}

module "dynamo_proxy" {
  source = "../dynamo-proxy"
  count  = contains(local.patterns, "dynamo-proxy") ? 1 : 0

  name     = var.name
  packages = var.packages

  architecture        = var.architecture
  authorization_type  = var.dynamo_proxy.authorization_type
  deletion_protection = var.deletion_protection
  log_retention_days  = var.log_retention_days
  tracing             = var.tracing
  web_acl_arn         = var.dynamo_proxy.web_acl_arn

  provisioned_capacity = var.dynamo_proxy.read_units == null && var.dynamo_proxy.write_units == null ? null : {
    read_units  = var.dynamo_proxy.read_units
    write_units = var.dynamo_proxy.write_units
  }
  throttling = {
    burst               = ceil(2 * var.dynamo_proxy.requests_per_second)
    requests_per_second = var.dynamo_proxy.requests_per_second
  }
  usage_plan = var.dynamo_proxy.key_requests_per_day == null ? null : {
    requests_per_day = var.dynamo_proxy.key_requests_per_day
  }
}

module "function_url_ingest" {
  source = "../function-url-ingest"
  count  = contains(local.patterns, "function-url-ingest") ? 1 : 0

  name     = var.name
  packages = var.packages

  architecture         = var.architecture
  authorization_type   = var.function_url_ingest.authorization_type
  callers              = var.function_url_ingest.callers
  deletion_protection  = var.deletion_protection
  log_retention_days   = var.log_retention_days
  reserved_concurrency = var.function_url_ingest.reserved_concurrency
  tracing              = var.tracing
}
