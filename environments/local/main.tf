# The stack on the laptop: open to anyone who can reach the port, deleted without asking, and not
# traced, because the local AWS has no X-Ray. Functions run as processes of this machine, so their
# architecture is a label here and stays the default.

module "stack" {
  source = "../../modules/stack"

  name     = var.name
  packages = var.packages
  patterns = var.patterns

  deletion_protection = false
  log_retention_days  = 1
  tracing             = false

  # What a laptop can do is what limits it.
  async_sqs           = { authorization_type = "NONE", requests_per_second = 2500 }
  crud_lambda         = { authorization_type = "NONE", requests_per_second = 2500 }
  dynamo_proxy        = { authorization_type = "NONE", requests_per_second = 2500 }
  function_url_ingest = { authorization_type = "NONE" }
}
